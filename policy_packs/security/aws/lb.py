"""Application and network load balancers: TLS, access logs, WAF and health checks."""

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.elb import CLASSIC_LOAD_BALANCER
from policy_packs.security.levels import DELETION_PROTECTION
from policy_packs.security.property_rules import value_rule
from policy_packs.security.references import companions
from policy_packs.security.tls_policies import MODERN_TLS_PREFIXES

LOAD_BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
EVERY_LOAD_BALANCER = (
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
)
LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
ENCRYPTED_PROTOCOLS = frozenset({"HTTPS", "TLS", "QUIC"})
"""Protocols that are always encrypted. QUIC has TLS 1.3 built in (RFC 9001), and the targets terminate it."""
GATEWAY = ":loadbalancer/gwy/"
"""Part of the ARN of every Gateway Load Balancer."""
UDP_PROTOCOLS = frozenset({"UDP", "TCP_UDP"})
"""Protocols without encryption by the load balancer: it does not support DTLS, and TLS needs TCP."""
TARGET_GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
WEB_ACL_ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
MODERN_TLS = (*MODERN_TLS_PREFIXES, "ELBSecurityPolicy-TLS-1-2-")
"""Name prefixes of security policies that require TLS 1.2. An Ingress may use only `MODERN_TLS_PREFIXES`."""

invalid_headers = value_rule(
    "lb-must-drop-invalid-headers",
    on=LOAD_BALANCERS,
    path="dropInvalidHeaderFields",
    allowed=(True,),
    covers=["CKV_AWS_131"],
    rationale=(
        "A header that the load balancer and the service read differently can smuggle a request past the firewall."
    ),
    fix="Set drop_invalid_header_fields=True.",
)
protected_from_deletion = value_rule(
    "lb-must-not-be-deleted",
    on=LOAD_BALANCERS,
    path="enableDeletionProtection",
    allowed=(True,),
    covers=["CKV_AWS_150", "AWSGuard elb-deletion-protection-enabled"],
    level=DELETION_PROTECTION,
    rationale="Clients know the load balancer's address, and a replacement after a deletion has a new address.",
    fix="Set enable_deletion_protection=True.",
)


@rule(
    "lb-must-log-access",
    on=(*LOAD_BALANCERS, CLASSIC_LOAD_BALANCER),
    covers=["CKV_AWS_91", "AWSGuard elb-logging-enabled"],
)
def access_log(balancer: Resource) -> Findings:
    """An investigation starts with the question of who requested what, and from where."""
    # A classic load balancer logs as soon as a bucket is set. The others must be enabled too.
    classic = balancer.type == CLASSIC_LOAD_BALANCER and "accessLogs" in balancer
    enabled = balancer.flag("accessLogs.enabled")
    if enabled is False or (enabled is None and not classic):
        yield "Access logging is not on. Set access_logs with a bucket and enabled=True."


@rule("lb-must-be-strict-about-requests", on=LOAD_BALANCERS, covers=["CKV_AWS_328"], severity=Severity.MEDIUM)
def desync(balancer: Resource) -> Findings:
    """An ambiguous HTTP request can hide a second request from the firewall."""
    if balancer["desyncMitigationMode"] == "monitor":
        yield "desync_mitigation_mode 'monitor' forwards ambiguous requests. Set it to 'defensive' or 'strictest'."


@rule("lb-must-cross-zones", on=LOAD_BALANCERS, covers=["CKV_AWS_152"], severity=Severity.MEDIUM)
def across_zones(balancer: Resource) -> Findings:
    """If all targets of one zone fail, the load balancer's address in that zone must still reach other zones."""
    # An application load balancer always balances across zones.
    if balancer["loadBalancerType"] in {"network", "gateway"} and not balancer.flag("enableCrossZoneLoadBalancing"):
        yield "enable_cross_zone_load_balancing is not on. Set it to True."


@rule("waf-must-not-fail-open", on=LOAD_BALANCERS)
def fails_closed(balancer: Resource) -> Findings:
    """If the firewall does not answer, requests must fail. Otherwise attackers only need to overload the firewall."""
    if balancer.flag("enableWafFailOpen"):
        yield "enable_waf_fail_open is on, so requests pass while the firewall does not answer. Turn it off."


@rule(
    "lb-listener-must-use-tls",
    on=LISTENERS,
    covers=["CKV_AWS_2", "CKV2_AWS_20", "AWSGuard alb-http-to-https-redirection"],
    severity=Severity.CRITICAL,
)
def encrypted_listeners(listener: Resource) -> Findings:
    """Student reports must not travel unencrypted. Plain HTTP may only redirect to HTTPS."""
    protocol = listener["protocol"]
    if protocol in ENCRYPTED_PROTOCOLS or (protocol is None and _is_of_gateway(listener)):
        return
    if protocol == "TCP":
        yield "The listener uses TCP without TLS. Set `protocol` to TLS, and name a certificate."
    elif protocol == "TCP_QUIC":
        yield (
            "The listener uses TCP_QUIC, and its TCP connections have no TLS. Set `protocol` to QUIC, and serve TCP "
            "clients on another port with a TLS listener."
        )
    elif protocol in UDP_PROTOCOLS:
        yield (
            f"The listener uses {protocol}, and a load balancer cannot encrypt UDP. Serve clients over TCP with a TLS "
            "listener. If clients and targets encrypt the traffic themselves, such as with DTLS, add an exemption."
        )
    elif protocol in {None, "HTTP"}:
        for action in listener.each("defaultActions"):
            if action["type"] != "redirect" or action["redirect.protocol"] != "HTTPS":
                yield "The listener answers plain HTTP. Make a redirect to HTTPS its only default action."
    else:
        yield (
            f"The listener uses {protocol}, which is not known to be encrypted. Set `protocol` to HTTPS or TLS, and "
            "name a certificate."
        )


def _is_of_gateway(listener: Resource) -> bool:
    """Return True for a listener of a Gateway Load Balancer.

    It has no port, and passes packets between clients and servers unchanged, so it can neither add nor remove TLS.
    """
    return listener["port"] is None and GATEWAY in (listener.text("loadBalancerArn") or "")


@rule("lb-listener-must-use-modern-tls", on=LISTENERS, covers=["CKV_AWS_103", "CKV2_AWS_74"])
def modern_tls(listener: Resource) -> Findings:
    """TLS 1.0 and 1.1 have known weaknesses, and AWS's default policy still accepts them."""
    policy = listener.text("sslPolicy") or ""
    if listener["protocol"] in {"HTTPS", "TLS"} and not policy.startswith(MODERN_TLS):
        yield f"ssl_policy is {policy or 'not set'}. Set one that requires TLS 1.2, such as {MODERN_TLS[0]}2021-06."


@rule("lb-targets-must-be-watched", on=TARGET_GROUPS, covers=["CKV_AWS_261"], severity=Severity.MEDIUM)
def health_checks(targets: Resource) -> Findings:
    """Without health checks, a failed target still gets its share of the requests and answers with errors."""
    if targets["protocol"] in {"HTTP", "HTTPS"} and not targets["healthCheck.path"]:
        yield "The health check of the targets has no path. Set health_check.path."


@rule("lb-targets-must-use-tls", on=TARGET_GROUPS, covers=["CKV_AWS_378"])
def encrypted_targets(targets: Resource) -> Findings:
    """Other workloads share the network behind the load balancer, so requests must be encrypted there too."""
    if targets["protocol"] == "HTTP":
        yield "The load balancer sends plain HTTP to its targets. Set `protocol` to HTTPS."


@stack_rule("lb-must-have-waf", covers=["CKV2_AWS_28"], severity=Severity.CRITICAL)
def behind_firewall(stack: Stack) -> StackFindings:
    """Everything that the internet can reach is attacked, so each public load balancer needs a firewall."""
    for balancer in stack.of_type(*LOAD_BALANCERS):
        # Network and gateway load balancers do not read requests, so AWS does not support a web ACL on them.
        if balancer["loadBalancerType"] not in {None, "application"} or balancer.flag("internal"):
            continue
        if not companions(balancer, stack.of_type(WEB_ACL_ASSOCIATION), "resourceArn", "arn"):
            yield balancer, f"Load balancer {balancer.name} has no web ACL. Add a WebAclAssociation."
