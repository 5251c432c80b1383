"""Ingress annotations and spec that connect a service to the load balancer."""

import json
from collections.abc import Mapping, Sequence

from components.delivery.manifest import Manifest

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS policy that allows only TLS 1.2 and 1.3.

Source: Elastic Load Balancing user guide, "Security policies".
"""
CONTROLLER_CHOOSES = "use-annotation"
"""Backend port that tells the controller to use Argo Rollouts' traffic weights."""


def annotations(
    health_path: str, group: str, tags: Mapping[str, str], security_group: str, certificate_arn: str
) -> dict[str, str]:
    """Return the annotations of an Ingress whose load balancer is created elsewhere.

    The load balancer's attributes and web firewall have no annotations, so the controller leaves them unchanged. The
    scheme, security group and tags are repeated, because the controller would reset them otherwise.
    """
    settings = {
        "group.name": group,
        "scheme": "internet-facing",
        "target-type": "instance",
        "listen-ports": json.dumps([{"HTTP": 80}, {"HTTPS": 443}]),
        "ssl-redirect": "443",
        "ssl-policy": TLS_POLICY,
        "certificate-arn": certificate_arn,
        "healthcheck-path": health_path,
        "security-groups": security_group,
        "manage-backend-security-group-rules": "false",
        "tags": _pairs(tags),
    }
    return {f"alb.ingress.kubernetes.io/{key}": value for key, value in settings.items()}


def ingress_spec(hosts: Sequence[str], root_service: str) -> Manifest:
    """Return a spec that routes all paths of these hosts to the weighted service."""
    backend = {"service": {"name": root_service, "port": {"name": CONTROLLER_CHOOSES}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    return {
        "ingressClassName": "alb",
        "tls": [{"hosts": list(hosts)}],
        "rules": [{"host": host, "http": {"paths": paths}} for host in hosts],
    }


def _pairs(values: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in values.items())
