"""Annotations of the load balancer."""

from components.delivery.ingress_plan import annotations, load_balancer_attributes


def test_a_load_balancer_logs_and_is_protected_where_wanted() -> None:
    attributes = load_balancer_attributes("logs", deletion_protection=True).split(",")
    assert "access_logs.s3.bucket=logs" in attributes
    assert "deletion_protection.enabled=true" in attributes
    assert "deletion_protection.enabled=false" in load_balancer_attributes("logs", deletion_protection=False)


def test_plain_http_is_redirected() -> None:
    made = annotations("/healthz", {"team": "a"}, "sg-1", "x=y")
    assert made["alb.ingress.kubernetes.io/ssl-redirect"] == "443"
    assert made["alb.ingress.kubernetes.io/tags"] == "team=a"
