"""Comparison of the deployer's policy with CloudFormation's handler permissions."""

import pytest

from operations.bootstrap.context import AccountContext
from operations.bootstrap.handler_permissions import (
    TYPES_WITHOUT_SCHEMA,
    HandlerException,
    HandlerPermission,
    exceptions,
    handler_permissions,
    program_types,
    stale,
    unexplained,
)
from operations.bootstrap.pipeline_permissions import deployer_permissions, preview_permissions
from operations.bootstrap.statements import Document

SEPARATE_TYPES = frozenset(
    {
        "ec2:GetVerifiedAccessInstanceWebAcl",
        "logs:GetDataProtectionPolicy",
        "s3:GetAnalyticsConfiguration",
        "s3:GetIntelligentTieringConfiguration",
        "s3:GetInventoryConfiguration",
        "s3:GetMetricsConfiguration",
        "sns:GetDataProtectionPolicy",
    }
)
"""Read actions for properties that are separate types in the AWS provider. The program does not use these types."""


@pytest.fixture(scope="module")
def needed() -> tuple[HandlerPermission, ...]:
    return tuple(handler_permissions())


@pytest.fixture
def granted(prod: AccountContext) -> list[str]:
    return _allowed_actions(deployer_permissions(prod))


def test_every_permission_of_a_handler_is_granted_or_excepted(
    needed: tuple[HandlerPermission, ...], granted: list[str]
) -> None:
    assert len(needed) > 1000
    assert unexplained(needed, granted, exceptions()) == ()


def test_preview_may_make_every_read_of_a_read_handler(
    needed: tuple[HandlerPermission, ...], prod: AccountContext
) -> None:
    granted = _allowed_actions(preview_permissions(prod))
    reads = [each for each in needed if each.handler == "read" and _is_read(each.action)]
    missing = {each.action for each in unexplained(reads, granted, exceptions())}
    assert missing == SEPARATE_TYPES


def _allowed_actions(document: Document) -> list[str]:
    return [action for each in document["Statement"] if each["Effect"] == "Allow" for action in each["Action"]]


def _is_read(action: str) -> bool:
    return action.partition(":")[2].startswith(("Describe", "Get", "List"))


def test_no_exception_is_stale(needed: tuple[HandlerPermission, ...]) -> None:
    assert stale(needed, exceptions()) == ()
    assert stale(needed, [HandlerException(("ec2:NoSuchAction",), "No reason.")]) == ("ec2:NoSuchAction",)


def test_types_without_schema_are_types_of_the_program_without_a_handler(
    needed: tuple[HandlerPermission, ...],
) -> None:
    with_handler = {each.type for each in needed}
    assert set(program_types()) >= TYPES_WITHOUT_SCHEMA
    assert with_handler.isdisjoint(TYPES_WITHOUT_SCHEMA)
    assert with_handler | TYPES_WITHOUT_SCHEMA == set(program_types())


@pytest.mark.parametrize(
    "action",
    [
        *("backup-storage:MountCapsule", "ec2:CreateVpc", "eks:CreateCluster", "elasticloadbalancing:SetWebAcl"),
        *("iam:CreateRole", "kms:CreateKey"),
    ],
)
def test_a_dropped_action_is_noticed(needed: tuple[HandlerPermission, ...], granted: list[str], action: str) -> None:
    remaining = [each for each in granted if each != action]
    assert len(remaining) < len(granted)
    missing = {each.action.lower() for each in unexplained(needed, remaining, exceptions())}
    assert missing == {action.lower()}


def test_case_of_an_action_is_ignored() -> None:
    permission = HandlerPermission("wafv2:WebAclAssociation", "create", "elasticloadbalancing:SetWebACL")
    assert unexplained([permission], ["elasticloadbalancing:SetWebAcl"], []) == ()
    assert unexplained([permission], ["elasticloadbalancing:SetSubnets"], []) == (permission,)
