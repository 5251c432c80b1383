"""How a service comes through the load balancer, in the annotations that the load balancer's controller reads."""

import json
from collections.abc import Mapping, Sequence

from components.delivery.manifest import Manifest

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.3 and 1.2, nothing older. Source: Elastic Load Balancing user guide, "Security policies"."""
CONTROLLER_CHOOSES = "use-annotation"
"""Backend port by which the load balancer controller looks for the weights that Argo Rollouts writes."""


def annotations(
    health_path: str, group: str, tags: Mapping[str, str], security_group: str, certificate_arn: str
) -> dict[str, str]:
    """Annotations of an Ingress that comes through a load balancer made elsewhere.

    Nothing of the load balancer itself is here, neither attributes nor firewall: the controller leaves alone what no
    annotation names. Scheme, security group and tags are repeated, for it would set those back.
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
    """All paths of these hosts, to the service whose weights Argo Rollouts sets."""
    backend = {"service": {"name": root_service, "port": {"name": CONTROLLER_CHOOSES}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    return {
        "ingressClassName": "alb",
        "tls": [{"hosts": list(hosts)}],
        "rules": [{"host": host, "http": {"paths": paths}} for host in hosts],
    }


def _pairs(values: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in values.items())
