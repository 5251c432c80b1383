"""Security groups and their rules, inline and as separate resources."""

from collections.abc import Callable
from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase, Values

ANYWHERE = "0.0.0.0/0"


def rule(low: int, high: int, **sources: Any) -> dict[str, Any]:
    return {"protocol": "tcp", "fromPort": low, "toPort": high, **sources}


def own_rule(deps: Any, low: int, cidr: str, text: str) -> dict[str, Any]:
    return {
        "securityGroupId": deps.security_groups[0],
        "ipProtocol": "tcp",
        "fromPort": low,
        "toPort": low,
        "cidrIpv4": cidr,
        "description": text,
    }


SOURCES: dict[str, Callable[[Any], tuple[str, str]]] = {
    "cidrIpv6": lambda _deps: ("2001:db8::/32", "2001:db9::/32"),
    "prefixListId": lambda deps: deps.prefix_lists,
    "referencedSecurityGroupId": lambda deps: (deps.security_groups[1], deps.security_groups[0]),
}
"""Source of a rule → two sources of this kind."""


def source(name: str) -> Callable[[Any], dict[str, Any]]:
    """Return the inputs of a rule for all protocols with one source."""
    rule_of_all = {"ipProtocol": "-1"}
    return lambda deps: {**rule_of_all, "securityGroupId": deps.security_groups[0], name: SOURCES[name](deps)[0]}


def sources_of(name: str) -> Callable[[Any], Values]:
    return lambda deps: {name: SOURCES[name](deps)}


CASES = [
    LifecycleCase(
        "aws:ec2/securityGroup:SecurityGroup",
        lambda deps: {
            "vpcId": deps.vpc,
            "ingress": [
                rule(80, 80, cidrBlocks=["10.0.0.0/8"], description="web"),
                rule(443, 443, cidrBlocks=["10.0.0.0/8"]),
                rule(443, 443, securityGroups=[deps.security_groups[0]]),
                rule(22, 22, self=True),
            ],
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": [ANYWHERE]}],
            "tags": OLD,
        },
        lambda deps: {
            "vpcId": deps.vpc,
            "ingress": [rule(80, 80, cidrBlocks=["10.0.0.0/8", "11.0.0.0/8"], description="web")],
            "egress": [rule(443, 443, cidrBlocks=[ANYWHERE])],
            "tags": NEW,
        },
        drifts=lambda _deps: {
            "ingress": tuple([rule(80, port, cidrBlocks=["10.0.0.0/8"], description="web")] for port in (80, 81))
        },
    ),
    LifecycleCase(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        lambda deps: {"vpcId": deps.vpc, "tags": OLD},
        lambda deps: {"vpcId": deps.vpc, "ingress": [rule(1, 2, self=True)], "tags": NEW},
        drifts=lambda _deps: {
            "egress": ([rule(1, 2, cidrBlocks=["10.0.0.0/8"])], [rule(1, 3, cidrBlocks=["10.0.0.0/8"])]),
            "ingress": ([rule(1, 2, self=True)], [rule(1, 3, self=True)]),
        },
        replacing=lambda deps: {"vpcId": deps.other_vpc},
        remains=True,
    ),
    *(
        LifecycleCase(
            f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule",
            lambda deps: {**own_rule(deps, 443, "10.0.0.0/8", "old"), "tags": OLD},
            lambda deps: {**own_rule(deps, 444, "10.1.0.0/16", "new"), "tags": NEW},
            replacing=lambda deps: {"securityGroupId": deps.security_groups[1]},
        )
        for way in ("Ingress", "Egress")
    ),
    *(
        LifecycleCase(
            f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule",
            source(name),
            drifts=sources_of(name),
        )
        for way in ("Ingress", "Egress")
        for name in SOURCES
    ),
    LifecycleCase(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        lambda deps: {
            **rule(443, 443, cidrBlocks=["10.5.0.0/16"]),
            "securityGroupId": deps.security_groups[0],
            "type": "ingress",
        },
        replacing=lambda _deps: {"fromPort": 444, "toPort": 444},
    ),
    LifecycleCase(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        lambda deps: {
            **rule(443, 443, sourceSecurityGroupId=deps.security_groups[1]),
            "securityGroupId": deps.security_groups[0],
            "type": "egress",
        },
    ),
]


def test_merged_rules_are_returned_as_written(engine: Any, deps: Any) -> None:
    apart = [rule(443, 443, cidrBlocks=["10.1.0.0/16"]), rule(443, 443, cidrBlocks=["10.2.0.0/16"])]
    group = engine.create("aws:ec2/securityGroup:SecurityGroup", vpcId=deps.vpc, ingress=apart)
    assert engine.refresh(group).inputs["ingress"] == apart


def test_new_group_has_no_egress_rules_by_default(engine: Any, deps: Any) -> None:
    group = engine.create("aws:ec2/securityGroup:SecurityGroup", vpcId=deps.vpc)
    assert group.outputs["egress"] == []
