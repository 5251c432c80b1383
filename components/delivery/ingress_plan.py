"""How the AWS load balancer in front of a service is set up, in the annotations its controller reads."""

import json
from collections.abc import Mapping

from components.delivery.manifest import Manifest

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
CONTROLLER_CHOOSES = "use-annotation"
"""Backend port by which the load balancer controller looks for the weights that Argo Rollouts writes."""


def load_balancer_attributes(log_bucket: str, *, deletion_protection: bool) -> str:
    """Attributes of the load balancer, `key=value` with commas between."""
    attributes = {
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": log_bucket,
        "access_logs.s3.prefix": "load-balancer",
        "deletion_protection.enabled": str(deletion_protection).lower(),
        "routing.http.drop_invalid_header_fields.enabled": "true",
    }
    return _pairs(attributes)


def annotations(health_path: str, tags: Mapping[str, str], security_group: str, attributes: str) -> dict[str, str]:
    """Annotations of the Ingress. The certificate is found by the host's name."""
    settings = {
        "scheme": "internet-facing",
        "target-type": "instance",
        "listen-ports": json.dumps([{"HTTP": 80}, {"HTTPS": 443}]),
        "ssl-redirect": "443",
        "ssl-policy": TLS_POLICY,
        "healthcheck-path": health_path,
        "security-groups": security_group,
        "manage-backend-security-group-rules": "false",
        "load-balancer-attributes": attributes,
        "tags": _pairs(tags),
    }
    return {f"alb.ingress.kubernetes.io/{key}": value for key, value in settings.items()}


def ingress_spec(host: str, root_service: str) -> Manifest:
    """One host, all paths, to the service whose weights Argo Rollouts sets."""
    backend = {"service": {"name": root_service, "port": {"name": CONTROLLER_CHOOSES}}}
    return {
        "ingressClassName": "alb",
        "tls": [{"hosts": [host]}],
        "rules": [{"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}],
    }


def _pairs(values: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in values.items())
