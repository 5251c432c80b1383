"""WAF web ACLs."""

from policy_packs.kernel.registry import Findings, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.references import companions

WEB_ACL = "aws:wafv2/webAcl:WebAcl"
WEB_ACL_LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
"""AWS's rule group against known attacks, including those on Log4j."""


@rule("waf-must-stop-known-attacks", on=WEB_ACL, covers=["CKV2_AWS_76"])
def known_attacks(firewall: Resource) -> Findings:
    """Attackers exploited Log4j within hours of its disclosure. AWS maintains a rule group against such attacks."""
    for entry in firewall.each("rules"):
        if entry["statement.managedRuleGroupStatement.name"] == KNOWN_BAD_INPUTS and "count" not in entry.fields(
            "overrideAction"
        ):
            return
    yield (
        f"The web ACL does not block with {KNOWN_BAD_INPUTS}. Add that rule group, and do not override its action to "
        "count."
    )


@stack_rule("waf-must-log", covers=["CKV_AWS_176", "CKV2_AWS_31"])
def firewall_log(stack: Stack) -> StackFindings:
    """Blocked requests show what attackers will try next."""
    for firewall in stack.of_type(WEB_ACL):
        if not companions(firewall, stack.of_type(WEB_ACL_LOGGING), "resourceArn", "arn"):
            yield firewall, f"Web ACL {firewall.name} does not log. Add a WebAclLoggingConfiguration."
