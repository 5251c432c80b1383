"""Classic load balancers."""

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource

CLASSIC_LOAD_BALANCER = "aws:elb/loadBalancer:LoadBalancer"


@rule("elb-listener-must-use-tls", on=CLASSIC_LOAD_BALANCER, covers=["CKV_AWS_376"])
def classic_listeners(balancer: Resource) -> Findings:
    """A classic load balancer cannot redirect, so all of its listeners must use TLS."""
    for listener in balancer.each("listeners"):
        protocol = listener.text("lbProtocol") or ""
        if protocol.upper() not in {"HTTPS", "SSL"}:
            yield (
                f"A listener uses {protocol or 'an unknown protocol'}, without TLS. Set lb_protocol to https or ssl, "
                "with a certificate."
            )
