"""Web ACLs, their associations and logging."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

ACL = "aws:wafv2/webAcl:WebAcl"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"


def visible(name: str) -> dict[str, Any]:
    return {"cloudwatchMetricsEnabled": True, "metricName": name, "sampledRequestsEnabled": True}


def acl(limit: int, tags: dict[str, str]) -> dict[str, Any]:
    counted = [{"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}]
    managed = {"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet", "ruleActionOverrides": counted}
    return {
        "scope": "REGIONAL",
        "description": "edge",
        "defaultAction": {"allow": {}},
        "visibilityConfig": visible("edge"),
        "rules": [
            {
                "name": "rate",
                "priority": 0,
                "action": {"block": {}},
                "statement": {
                    "rateBasedStatement": {"limit": limit, "aggregateKeyType": "IP", "evaluationWindowSec": 300}
                },
                "visibilityConfig": visible("rate"),
            },
            {
                "name": "common",
                "priority": 1,
                "overrideAction": {"none": {}},
                "statement": {"managedRuleGroupStatement": managed},
                "visibilityConfig": visible("common"),
            },
        ],
        "tags": tags,
    }


def logging(acl_arn: str, log_group_arn: str, header: str) -> dict[str, Any]:
    """Return inputs that log only blocked requests, without the value of a header."""
    return {
        "resourceArn": acl_arn,
        "logDestinationConfigs": [log_group_arn],
        "redactedFields": [{"singleHeader": {"name": header}}],
        "loggingFilter": log_filter("BLOCK"),
    }


def log_filter(action: str) -> dict[str, Any]:
    """Return a filter that logs only requests for which the ACL took this action."""
    conditions = [{"actionCondition": {"action": action}}]
    kept = {"behavior": "KEEP", "requirement": "MEETS_ANY", "conditions": conditions}
    return {"defaultBehavior": "DROP", "filters": [kept]}


CASES = [
    LifecycleCase(ACL, lambda _deps: acl(1000, OLD), lambda _deps: acl(2000, NEW)),
    LifecycleCase(
        ASSOCIATION,
        lambda deps: {"webAclArn": deps.web_acls[0], "resourceArn": deps.load_balancer},
        replacing=lambda deps: {"webAclArn": deps.web_acls[1]},
        delete_first=True,
    ),
    LifecycleCase(
        LOGGING,
        lambda deps: logging(deps.web_acls[0], deps.waf_log_groups[0], "authorization"),
        lambda deps: logging(deps.web_acls[0], deps.waf_log_groups[0], "cookie"),
        drifts=lambda deps: {
            "logDestinationConfigs": ([deps.waf_log_groups[0]], [deps.waf_log_groups[1]]),
            "loggingFilter": (log_filter("BLOCK"), log_filter("COUNT")),
        },
        replacing=lambda deps: {"resourceArn": deps.web_acls[1]},
    ),
]


def test_changed_rules_are_drift(engine: Any, client: Any) -> None:
    created = engine.create(ACL, **acl(1000, OLD))
    wafv2 = client("wafv2")
    key = {"Name": created.outputs["name"], "Scope": "REGIONAL", "Id": created.id}
    live = wafv2.get_web_acl(**key)
    rules = [rule for rule in live["WebACL"]["Rules"] if rule["Name"] == "rate"]
    for rule in rules:
        rule["Statement"]["RateBasedStatement"]["Limit"] = 999_999
    wafv2.update_web_acl(
        **key,
        LockToken=live["LockToken"],
        Rules=[{key: value for key, value in rule.items() if value is not None} for rule in rules],
        DefaultAction=live["WebACL"]["DefaultAction"],
        VisibilityConfig=live["WebACL"]["VisibilityConfig"],
    )
    assert engine.drift(created) == ["rules"]


def test_association_is_gone_after_disassociation(engine: Any, deps: Any, client: Any) -> None:
    created = engine.create(ACL, **acl(1000, OLD))
    association = engine.create(ASSOCIATION, webAclArn=created.outputs["arn"], resourceArn=deps.load_balancer)
    assert engine.drift(association) == []
    client("wafv2").disassociate_web_acl(ResourceArn=deps.load_balancer)
    assert engine.read(association) is None
    engine.delete(association)
