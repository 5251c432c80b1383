"""Ingress annotations and spec."""

import json

from components.delivery.ingress_plan import annotations, ingress_spec

PREFIX = "alb.ingress.kubernetes.io"


def test_annotations_set_no_load_balancer_attributes() -> None:
    actual = annotations("/healthz", "edge", {"team": "a", "Name": "campus-dev-edge"}, "sg-1", "arn:certificate")
    assert {key.removeprefix(f"{PREFIX}/"): value for key, value in actual.items()} == {
        "group.name": "edge",
        "scheme": "internet-facing",
        "target-type": "instance",
        "listen-ports": json.dumps([{"HTTP": 80}, {"HTTPS": 443}]),
        "ssl-redirect": "443",
        "ssl-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "certificate-arn": "arn:certificate",
        "healthcheck-path": "/healthz",
        "security-groups": "sg-1",
        "manage-backend-security-group-rules": "false",
        "tags": "team=a,Name=campus-dev-edge",
    }


def test_every_host_routes_to_the_weighted_service() -> None:
    spec = ingress_spec(["alerts.x.example", "alerts-us-east-1.x.example"], "alerts")
    assert [rule["host"] for rule in spec["rules"]] == spec["tls"][0]["hosts"]
    backends = [path["backend"]["service"] for rule in spec["rules"] for path in rule["http"]["paths"]]
    assert backends == [{"name": "alerts", "port": {"name": "use-annotation"}}] * 2
