"""The way in: load balancers and their firewall, which see every request and speak to nobody without TLS."""

from policy_packs.kernel.registry import Findings, Level, Levels, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.pairs import companions
from policy_packs.security.rules_traffic import MODERN as MODERN_OF_INGRESSES
from policy_packs.security.settings import setting

BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
CLASSIC = "aws:elb/loadBalancer:LoadBalancer"
LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
TARGETS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
FIREWALL = "aws:wafv2/webAcl:WebAcl"
FIREWALL_LOG = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
KNOWN_BAD = "AWSManagedRulesKnownBadInputsRuleSet"
"""AWS's group of rules against known attacks, Log4j's among them."""
MODERN = (*MODERN_OF_INGRESSES, "ELBSecurityPolicy-TLS-1-2-")
"""How the names of security policies begin that take TLS 1.2 at least; of an Ingress less is taken."""
REMOVABLE = Levels(dev=Level.DISABLED, staging=Level.DISABLED)
"""Development and staging are taken down and made anew."""

invalid_headers = setting(
    "lb-must-drop-invalid-headers",
    on=BALANCERS,
    path="dropInvalidHeaderFields",
    right=(True,),
    covers=["CKV_AWS_131"],
    why="A header that the balancer and the service read differently smuggles a request past the firewall.",
    fix="set drop_invalid_header_fields=True",
)
kept = setting(
    "lb-must-not-be-deleted",
    on=BALANCERS,
    path="enableDeletionProtection",
    right=(True,),
    covers=["CKV_AWS_150", "AWSGuard elb-deletion-protection-enabled"],
    level=REMOVABLE,
    why="Its address is what the world knows of the service; gone with one wrong click, it comes back as another.",
    fix="set enable_deletion_protection=True",
)


@rule("lb-must-log-access", on=(*BALANCERS, CLASSIC), covers=["CKV_AWS_91", "AWSGuard elb-logging-enabled"])
def access_log(balancer: Resource) -> Findings:
    """Who asked for what, and from where, is what an investigation begins with."""
    # A classic balancer logs as soon as it is told where to, the others only when told that they should.
    classic = balancer.kind == CLASSIC and "accessLogs" in balancer
    enabled = balancer.flag("accessLogs.enabled")
    if enabled is False or (enabled is None and not classic):
        yield "access_logs are not on; name a bucket and set enabled=True"


@rule("lb-must-be-strict-about-requests", on=BALANCERS, covers=["CKV_AWS_328"], severity=Severity.MEDIUM)
def desync(balancer: Resource) -> Findings:
    """An ambiguous request that is passed on hides a second one in it."""
    if balancer["desyncMitigationMode"] == "monitor":
        yield "desync_mitigation_mode is 'monitor', which only counts; set 'defensive' or 'strictest'"


@rule("lb-must-cross-zones", on=BALANCERS, covers=["CKV_AWS_152"], severity=Severity.MEDIUM)
def across_zones(balancer: Resource) -> Findings:
    """When the targets of one zone are gone, its balancer still answers, if it may pass requests to the others."""
    # An application load balancer always does.
    if balancer["loadBalancerType"] in {"network", "gateway"} and not balancer.flag("enableCrossZoneLoadBalancing"):
        yield "enable_cross_zone_load_balancing is not on; set it to True"


@rule("waf-must-not-fail-open", on=BALANCERS)
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
def encrypted(listener: Resource) -> Findings:
    """Students' reports do not travel in the open: plain HTTP is answered with the way to HTTPS, and nothing else."""
    if listener["protocol"] == "TCP" or listener["protocol"] == "UDP":
        yield f"listens to {listener['protocol']} without TLS; use TLS and a certificate"
    elif listener["protocol"] not in {"HTTPS", "TLS"}:
        for action in listener.each("defaultActions"):
            if action["type"] != "redirect" or action["redirect.protocol"] != "HTTPS":
                yield "answers plain HTTP; redirect to protocol HTTPS as the only default action"


@rule("lb-listener-must-use-modern-tls", on=LISTENERS, covers=["CKV_AWS_103", "CKV2_AWS_74"])
def modern(listener: Resource) -> Findings:
    """TLS 1.0 and 1.1 have known weaknesses, and AWS's default policy still speaks them."""
    policy = listener.text("sslPolicy") or ""
    if listener["protocol"] in {"HTTPS", "TLS"} and not policy.startswith(MODERN):
        yield f"ssl_policy is {policy or 'not set'}; set one of TLS 1.2 or later, such as {MODERN[0]}2021-06"


@rule("elb-listener-must-use-tls", on=CLASSIC, covers=["CKV_AWS_376"])
def classic_listeners(balancer: Resource) -> Findings:
    """A classic load balancer cannot redirect: it listens to TLS or to nothing."""
    for listener in balancer.each("listeners"):
        protocol = listener.text("lbProtocol") or ""
        if protocol.upper() not in {"HTTPS", "SSL"}:
            yield f"listens to {protocol or 'nothing known'}; set lb_protocol to https or ssl, with a certificate"


@rule("lb-targets-must-be-watched", on=TARGETS, covers=["CKV_AWS_261"], severity=Severity.MEDIUM)
def health(targets: Resource) -> Findings:
    """A target that is down and not noticed answers a part of all requests with an error."""
    if targets["protocol"] in {"HTTP", "HTTPS"} and not targets["healthCheck.path"]:
        yield "no path is asked for the targets' health; set health_check.path"


@rule("lb-targets-must-use-tls", on=TARGETS, covers=["CKV_AWS_378"])
def to_targets(targets: Resource) -> Findings:
    """Behind the load balancer the way is ours, but not ours alone."""
    if targets["protocol"] == "HTTP":
        yield "speaks plain HTTP to its targets; set protocol to HTTPS"


@rule("waf-must-stop-known-attacks", on=FIREWALL, covers=["CKV2_AWS_76"])
def known_attacks(firewall: Resource) -> Findings:
    """Within hours of its discovery everybody was asked for Log4j's weakness; AWS keeps the list, we turn it on."""
    for entry in firewall.each("rules"):
        if entry["statement.managedRuleGroupStatement.name"] == KNOWN_BAD and "count" not in entry.fields(
            "overrideAction"
        ):
            return
    yield f"does not block what {KNOWN_BAD} knows; add that group without an override to count"


@stack_rule("lb-must-have-waf", covers=["CKV2_AWS_28"], severity=Severity.CRITICAL)
def behind_firewall(stack: Stack) -> StackFindings:
    """What the internet reaches, it attacks: each way in has the firewall before it."""
    for balancer in stack.of(*BALANCERS):
        # A web ACL reads requests, which a network or gateway load balancer does not.
        if balancer["loadBalancerType"] not in {None, "application"} or balancer.flag("internal"):
            continue
        if not companions(balancer, stack.of(ASSOCIATION), "resourceArn", "arn"):
            yield balancer, f"load balancer {balancer.name} has no web ACL; add a WebAclAssociation"


@stack_rule("waf-must-log", covers=["CKV_AWS_176", "CKV2_AWS_31"])
def firewall_log(stack: Stack) -> StackFindings:
    """What was stopped tells what will be tried next."""
    for firewall in stack.of(FIREWALL):
        if not companions(firewall, stack.of(FIREWALL_LOG), "resourceArn", "arn"):
            yield firewall, f"web ACL {firewall.name} does not log; add a WebAclLoggingConfiguration"
