"""The deployer's policies allow handler permissions and dependent actions."""

import pytest

from operations.bootstrap.boundary import BILLING_VIEW_DATA, SERVICE_LINKED_ROLE_ACTIONS
from operations.bootstrap.context import AccountContext
from operations.bootstrap.dependent_actions import dependent_permissions, with_dependent_actions
from operations.bootstrap.handler_permissions import (
    TYPES_WITHOUT_SCHEMA,
    HandlerException,
    HandlerPermission,
    NeededPermission,
    exceptions,
    handler_permissions,
    program_types,
    stale,
    unexplained,
)
from operations.bootstrap.pipeline_permissions import deployer_policies, preview_permissions
from operations.bootstrap.program_actions import needed_actions
from operations.bootstrap.service_authorization import load
from operations.bootstrap.statements import Document


@pytest.fixture(scope="module")
def needed() -> tuple[HandlerPermission, ...]:
    return tuple(handler_permissions())


@pytest.fixture
def granted(prod: AccountContext) -> list[str]:
    return _allowed_actions(*deployer_policies(prod))


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
    assert unexplained(reads, granted, exceptions()) == ()


def test_every_dependent_action_is_granted_or_excepted(granted: list[str]) -> None:
    needed = tuple(dependent_permissions(needed_actions(), load().dependent))
    assert {"iam:PassRole", "ec2:CreateTags", BILLING_VIEW_DATA} <= {each.action for each in needed}
    assert unexplained(needed, granted, exceptions()) == ()


@pytest.mark.parametrize(
    ("action", "users"),
    [
        (BILLING_VIEW_DATA, {"budgets:ViewBudget"}),
        ("iam:CreateServiceLinkedRole", {"access-analyzer:CreateAnalyzer", "cloudtrail:CreateTrail", "kms:CreateKey"}),
        ("iam:PassRole", {"backup:CreateBackupPlan", "config:PutConfigurationRecorder", "ec2:CreateFlowLogs"}),
    ],
)
def test_a_missing_dependent_action_is_noticed_with_its_users(granted: list[str], action: str, users: set[str]) -> None:
    needed = dependent_permissions(needed_actions(), load().dependent)
    remaining = [each for each in granted if each not in {action, *SERVICE_LINKED_ROLE_ACTIONS}]
    missing = unexplained(needed, remaining, exceptions())
    assert users <= {each.needed_by for each in missing if each.action == action}


def test_dependent_actions_of_dependent_actions_are_needed_too() -> None:
    dependent = {"s3:A": ("s3:B", "s3:X"), "s3:B": ("s3:C", "s3:A"), "s3:X": ("s3:Y",)}
    assert with_dependent_actions(["s3:A"], lambda action: action != "s3:X", dependent) == {"s3:A", "s3:B", "s3:C"}


def _allowed_actions(*documents: Document) -> list[str]:
    statements = [each for document in documents for each in document["Statement"]]
    return [action for each in statements if each["Effect"] == "Allow" for action in each["Action"]]


def _is_read(action: str) -> bool:
    return action.partition(":")[2].startswith(("Describe", "Get", "List"))


def test_no_exception_is_stale(needed: tuple[HandlerPermission, ...]) -> None:
    reference = load()
    actions = needed_actions() | {each.action for each in needed}
    every: tuple[NeededPermission, ...] = (*needed, *dependent_permissions(actions, reference.dependent))
    assert stale(every, exceptions()) == ()
    assert stale(every, [HandlerException(("ec2:NoSuchAction",), "No reason.")]) == ("ec2:NoSuchAction",)


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
