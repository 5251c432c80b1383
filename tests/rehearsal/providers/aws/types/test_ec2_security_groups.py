"""Security groups and their rules, inline and as separate resources."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase

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
    ),
    LifecycleCase(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        lambda deps: {"vpcId": deps.vpc, "tags": OLD},
        lambda deps: {"vpcId": deps.vpc, "ingress": [rule(1, 2, self=True)], "tags": NEW},
        remains=True,
    ),
    *(
        LifecycleCase(
            f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule",
            lambda deps: {**own_rule(deps, 443, "10.0.0.0/8", "old"), "tags": OLD},
            lambda deps: {**own_rule(deps, 444, "10.1.0.0/16", "new"), "tags": NEW},
        )
        for way in ("Ingress", "Egress")
    ),
    LifecycleCase(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        lambda deps: {
            "securityGroupId": deps.security_groups[0],
            "ipProtocol": "-1",
            "referencedSecurityGroupId": deps.security_groups[1],
        },
        None,
    ),
    LifecycleCase(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        lambda deps: {
            **rule(443, 443, cidrBlocks=["10.5.0.0/16"]),
            "securityGroupId": deps.security_groups[0],
            "type": "ingress",
        },
        None,
    ),
    LifecycleCase(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        lambda deps: {
            **rule(443, 443, sourceSecurityGroupId=deps.security_groups[1]),
            "securityGroupId": deps.security_groups[0],
            "type": "egress",
        },
        None,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)


def test_merged_rules_are_returned_as_written(engine: Any, deps: Any) -> None:
    apart = [rule(443, 443, cidrBlocks=["10.1.0.0/16"]), rule(443, 443, cidrBlocks=["10.2.0.0/16"])]
    group = engine.create("aws:ec2/securityGroup:SecurityGroup", vpcId=deps.vpc, ingress=apart)
    assert engine.refresh(group).inputs["ingress"] == apart


def test_new_group_has_no_egress_rules_by_default(engine: Any, deps: Any) -> None:
    group = engine.create("aws:ec2/securityGroup:SecurityGroup", vpcId=deps.vpc)
    assert group.outputs["egress"] == []
