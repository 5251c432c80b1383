"""Application and network load balancers: TLS, access logs, WAF and health checks."""

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.elb import CLASSIC_LOAD_BALANCER
from policy_packs.security.levels import PRODUCTION_LIKE
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
TARGET_GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
WEB_ACL_ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
MODERN_TLS = (*MODERN_TLS_PREFIXES, "ELBSecurityPolicy-TLS-1-2-")
"""How the names of security policies begin that take TLS 1.2 at least; of an Ingress less is taken."""
invalid_headers = value_rule(
    "lb-must-drop-invalid-headers",
    on=LOAD_BALANCERS,
    path="dropInvalidHeaderFields",
    right=(True,),
    covers=["CKV_AWS_131"],
    why="A header that the balancer and the service read differently smuggles a request past the firewall.",
    fix="set drop_invalid_header_fields=True",
)
protected_from_deletion = value_rule(
    "lb-must-not-be-deleted",
    on=LOAD_BALANCERS,
    path="enableDeletionProtection",
    right=(True,),
    covers=["CKV_AWS_150", "AWSGuard elb-deletion-protection-enabled"],
    level=PRODUCTION_LIKE,
    why="Its address is what the world knows of the service; gone with one wrong click, it comes back as another.",
    fix="set enable_deletion_protection=True",
)


@rule(
    "lb-must-log-access",
    on=(*LOAD_BALANCERS, CLASSIC_LOAD_BALANCER),
    covers=["CKV_AWS_91", "AWSGuard elb-logging-enabled"],
)
def access_log(balancer: Resource) -> Findings:
    """Who asked for what, and from where, is what an investigation begins with."""
    # A classic balancer logs as soon as it is told where to, the others only when told that they should.
    classic = balancer.type == CLASSIC_LOAD_BALANCER and "accessLogs" in balancer
    enabled = balancer.flag("accessLogs.enabled")
    if enabled is False or (enabled is None and not classic):
        yield "access_logs are not on; name a bucket and set enabled=True"


@rule("lb-must-be-strict-about-requests", on=LOAD_BALANCERS, covers=["CKV_AWS_328"], severity=Severity.MEDIUM)
def desync(balancer: Resource) -> Findings:
    """An ambiguous request that is passed on hides a second one in it."""
    if balancer["desyncMitigationMode"] == "monitor":
        yield "desync_mitigation_mode is 'monitor', which only counts; set 'defensive' or 'strictest'"


@rule("lb-must-cross-zones", on=LOAD_BALANCERS, covers=["CKV_AWS_152"], severity=Severity.MEDIUM)
def across_zones(balancer: Resource) -> Findings:
    """When the targets of one zone are gone, its balancer still answers, if it may pass requests to the others."""
    # An application load balancer always does.
    if balancer["loadBalancerType"] in {"network", "gateway"} and not balancer.flag("enableCrossZoneLoadBalancing"):
        yield "enable_cross_zone_load_balancing is not on; set it to True"


@rule("waf-must-not-fail-open", on=LOAD_BALANCERS)
def fails_closed(balancer: Resource) -> Findings:
    """When the firewall does not answer, requests wait; else an attack begins by silencing it."""
    if balancer.flag("enableWafFailOpen"):
        yield "enable_waf_fail_open is on; turn it off"


@rule(
    "lb-listener-must-use-tls",
    on=LISTENERS,
    covers=["CKV_AWS_2", "CKV2_AWS_20", "AWSGuard alb-http-to-https-redirection"],
    severity=Severity.CRITICAL,
)
def encrypted_listeners(listener: Resource) -> Findings:
    """Students' reports do not travel in the open: plain HTTP is answered with the way to HTTPS, and nothing else."""
    if listener["protocol"] == "TCP" or listener["protocol"] == "UDP":
        yield f"listens to {listener['protocol']} without TLS; use TLS and a certificate"
    elif listener["protocol"] not in {"HTTPS", "TLS"}:
        for action in listener.each("defaultActions"):
            if action["type"] != "redirect" or action["redirect.protocol"] != "HTTPS":
                yield "answers plain HTTP; redirect to protocol HTTPS as the only default action"


@rule("lb-listener-must-use-modern-tls", on=LISTENERS, covers=["CKV_AWS_103", "CKV2_AWS_74"])
def modern_tls(listener: Resource) -> Findings:
    """TLS 1.0 and 1.1 have known weaknesses, and AWS's default policy still speaks them."""
    policy = listener.text("sslPolicy") or ""
    if listener["protocol"] in {"HTTPS", "TLS"} and not policy.startswith(MODERN_TLS):
        yield f"ssl_policy is {policy or 'not set'}; set one of TLS 1.2 or later, such as {MODERN_TLS[0]}2021-06"


@rule("lb-targets-must-be-watched", on=TARGET_GROUPS, covers=["CKV_AWS_261"], severity=Severity.MEDIUM)
def health_checks(targets: Resource) -> Findings:
    """A target that is down and not noticed answers a part of all requests with an error."""
    if targets["protocol"] in {"HTTP", "HTTPS"} and not targets["healthCheck.path"]:
        yield "no path is asked for the targets' health; set health_check.path"


@rule("lb-targets-must-use-tls", on=TARGET_GROUPS, covers=["CKV_AWS_378"])
def encrypted_targets(targets: Resource) -> Findings:
    """Behind the load balancer the way is ours, but not ours alone."""
    if targets["protocol"] == "HTTP":
        yield "speaks plain HTTP to its targets; set protocol to HTTPS"


@stack_rule("lb-must-have-waf", covers=["CKV2_AWS_28"], severity=Severity.CRITICAL)
def behind_firewall(stack: Stack) -> StackFindings:
    """What the internet reaches, it attacks: each way in has the firewall before it."""
    for balancer in stack.of_type(*LOAD_BALANCERS):
        # A web ACL reads requests, which a network or gateway load balancer does not.
        if balancer["loadBalancerType"] not in {None, "application"} or balancer.flag("internal"):
            continue
        if not companions(balancer, stack.of_type(WEB_ACL_ASSOCIATION), "resourceArn", "arn"):
            yield balancer, f"load balancer {balancer.name} has no web ACL; add a WebAclAssociation"
