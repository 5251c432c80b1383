"""WAF web ACLs."""

from policy_packs.kernel.registry import Findings, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.references import companions

WEB_ACL = "aws:wafv2/webAcl:WebAcl"
WEB_ACL_LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
"""AWS's group of rules against known attacks, Log4j's among them."""


@rule("waf-must-stop-known-attacks", on=WEB_ACL, covers=["CKV2_AWS_76"])
def known_attacks(firewall: Resource) -> Findings:
    """Within hours of its discovery everybody was asked for Log4j's weakness; AWS keeps the list, we turn it on."""
    for entry in firewall.each("rules"):
        if entry["statement.managedRuleGroupStatement.name"] == KNOWN_BAD_INPUTS and "count" not in entry.fields(
            "overrideAction"
        ):
            return
    yield f"does not block what {KNOWN_BAD_INPUTS} knows; add that group without an override to count"


@stack_rule("waf-must-log", covers=["CKV_AWS_176", "CKV2_AWS_31"])
def firewall_log(stack: Stack) -> StackFindings:
    """What was stopped tells what will be tried next."""
    for firewall in stack.of_type(WEB_ACL):
        if not companions(firewall, stack.of_type(WEB_ACL_LOGGING), "resourceArn", "arn"):
            yield firewall, f"web ACL {firewall.name} does not log; add a WebAclLoggingConfiguration"
