"""Resources that Pulumi needs, and permissions of the pipeline."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from operations.bootstrap import policies
from operations.bootstrap.context import AccountContext
from operations.bootstrap.desired import desired_resources
from operations.bootstrap.plan import ResourceKind
from operations.bootstrap.run import PLATFORM, context_from
from tests.operations.bootstrap.conftest import TAGS

LONGEST_MANAGED, LONGEST_INLINE = 6144, 10240
"""Maximum number of characters without white space. Source: IAM User Guide, "IAM and AWS STS quotas"."""


def _by_sid(document: dict[str, Any]) -> dict[str, Any]:
    return {statement["Sid"]: statement for statement in document["Statement"]}


def _allowed(document: dict[str, Any], action: str) -> bool:
    """Return True if a statement allows an action on any resource."""
    return any(
        fnmatchcase(action, pattern)
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for pattern in statement["Action"]
    )


def test_an_environment_in_two_regions_needs_these_resources_in_this_order(prod: AccountContext) -> None:
    assert [(resource.label, resource.region) for resource in desired_resources(prod)] == [
        ("KMS key alias/campus-prod-pulumi", "us-east-1"),
        ("KMS replica key alias/campus-prod-pulumi", "us-west-2"),
        ("IAM role campus-prod-state-replication", ""),
        ("S3 bucket campus-prod-pulumi-state-dr", "us-west-2"),
        ("S3 bucket campus-prod-pulumi-state", "us-east-1"),
        ("DynamoDB table campus-prod-leases", "us-east-1"),
        ("OIDC provider token.actions.githubusercontent.com", ""),
        ("IAM policy campus-prod-boundary", ""),
        ("IAM role campus-prod-preview", ""),
        ("IAM role campus-prod-deployer", ""),
    ]


def test_an_environment_in_one_region_needs_no_copies(single: AccountContext) -> None:
    assert [resource.kind for resource in desired_resources(single)] == [
        ResourceKind.KEY,
        ResourceKind.BUCKET,
        ResourceKind.TABLE,
        ResourceKind.PROVIDER,
        ResourceKind.POLICY,
        ResourceKind.ROLE,
        ResourceKind.ROLE,
    ]
    assert (
        "replication"
        not in next(
            resource for resource in desired_resources(single) if resource.kind is ResourceKind.BUCKET
        ).attributes
    )


def test_everything_has_all_seven_tags(prod: AccountContext) -> None:
    for resource in desired_resources(prod):
        assert TAGS.items() <= resource.attributes["tags"].items(), resource.label


def test_labels_are_unique(prod: AccountContext) -> None:
    labels = [resource.label for resource in desired_resources(prod)]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("environment", ["dev", "staging", "preprod", "prod"])
def test_the_context_comes_from_the_settings(environment: str) -> None:
    context = context_from(PLATFORM, environment)
    assert context.recovery_region == ("us-west-2" if environment in {"preprod", "prod"} else "")
    assert context.repository == "campus-safety/platform"
    assert dict(context.tags)["environment"] == environment


@pytest.mark.parametrize(
    ("trust", "subject"),
    [(policies.preview_trust, "pull_request"), (policies.deployer_trust, "environment:prod")],
)
def test_only_jobs_of_the_repository_can_assume_a_role(prod: AccountContext, trust: Any, subject: str) -> None:
    (statement,) = trust(prod)["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": f"repo:campus-safety/platform:{subject}",
        }
    }
    assert "*" not in json.dumps(statement)


WRITES = [
    *("s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy", "dynamodb:PutItem", "dynamodb:UpdateItem"),
    *("iam:CreateRole", "iam:PutRolePolicy", "kms:Encrypt", "kms:ScheduleKeyDeletion", "ec2:RunInstances"),
    *("rds:ModifyDBInstance", "eks:UpdateClusterConfig", "sts:AssumeRole", "iam:PassRole"),
]
DATA = [
    *("dynamodb:GetItem", "dynamodb:Query", "secretsmanager:GetSecretValue", "ssm:GetParameter", "logs:GetLogEvents"),
    *("sqs:ReceiveMessage", "rds:DownloadDBLogFilePortion", "ecr:GetAuthorizationToken", "ec2:GetPasswordData"),
]


@pytest.mark.parametrize("action", [*WRITES, *DATA])
def test_the_preview_role_neither_writes_nor_reads_data(prod: AccountContext, action: str) -> None:
    assert not _allowed(policies.preview_permissions(prod), action)


def test_the_preview_role_reads_objects_of_the_state_bucket_only(prod: AccountContext) -> None:
    statement = _by_sid(policies.preview_permissions(prod))["ReadState"]
    assert statement["Resource"] == ["arn:aws:s3:::campus-prod-pulumi-state/*"]
    reading = [s for s in policies.preview_permissions(prod)["Statement"] if "s3:GetObject" in s["Action"]]
    assert reading == [statement]


@pytest.mark.parametrize("action", ["kms:Decrypt", "s3:ListBucket", "ec2:DescribeVpcs", "iam:GetRole"])
def test_the_preview_role_can_read_resource_settings(prod: AccountContext, action: str) -> None:
    assert _allowed(policies.preview_permissions(prod), action)


def test_the_deployer_manages_only_roles_of_its_environment(prod: AccountContext) -> None:
    statements = _by_sid(policies.deployer_permissions(prod))
    assert statements["OwnRoles"]["Resource"] == [
        "arn:aws:iam::123456789012:role/campus-prod-*",
        "arn:aws:iam::123456789012:policy/campus-prod-*",
        "arn:aws:iam::123456789012:instance-profile/campus-prod-*",
        "arn:aws:iam::123456789012:oidc-provider/oidc.eks.*",
    ]
    assert "iam:*" not in statements["Estate"]["Action"]


def test_the_deployer_reads_no_objects_except_state(prod: AccountContext) -> None:
    statement = _by_sid(policies.deployer_permissions(prod))["NoData"]
    assert statement["Effect"] == "Deny"
    assert statement["NotResource"] == [
        "arn:aws:s3:::campus-prod-pulumi-state/*",
        "arn:aws:s3:::campus-prod-pulumi-state-dr/*",
    ]


def test_the_boundary_denies_other_regions(prod: AccountContext) -> None:
    statement = _by_sid(policies.boundary(prod))["OwnRegions"]
    assert statement["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"]}}
    assert "iam:*" in statement["NotAction"]
    assert not [action for action in statement["NotAction"] if action.startswith(("ec2:", "rds:", "eks:"))]


@pytest.mark.parametrize(
    "action",
    ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "guardduty:DeleteDetector", "securityhub:DisableSecurityHub"],
)
def test_the_boundary_denies_disabling_audit_services(prod: AccountContext, action: str) -> None:
    statement = _by_sid(policies.boundary(prod))["KeepsWatching"]
    assert statement["Effect"] == "Deny"
    assert action in statement["Action"]
    assert "Condition" not in statement


def test_the_boundary_denies_other_accounts(prod: AccountContext) -> None:
    statement = _by_sid(policies.boundary(prod))["OwnAccount"]
    assert statement["Condition"]["StringNotEquals"] == {"aws:ResourceAccount": "123456789012"}
    assert not _allowed(policies.boundary(prod), "sts:AssumeRole")


def test_the_boundary_denies_roles_without_it_and_its_removal(prod: AccountContext) -> None:
    statements = _by_sid(policies.boundary(prod))
    bound = {"StringNotEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/campus-prod-boundary"}}
    assert statements["RolesAreBound"]["Condition"] == bound
    assert "iam:CreateRole" in statements["RolesAreBound"]["Action"]
    assert statements["BoundsStay"]["Action"] == ["iam:DeleteRolePermissionsBoundary"]
    assert "arn:aws:iam::123456789012:policy/campus-prod-boundary" in statements["NotItself"]["Resource"]
    assert "arn:aws:iam::123456789012:role/campus-prod-deployer" in statements["NotItself"]["Resource"]


def test_the_boundary_allows_everything_that_the_deployer_may_do(prod: AccountContext) -> None:
    within = _by_sid(policies.boundary(prod))["Estate"]["Action"]
    for statement in policies.deployer_permissions(prod)["Statement"]:
        if statement["Effect"] == "Allow":
            assert all(f"{action.split(':')[0]}:*" in within for action in statement["Action"]), statement["Sid"]


def test_documents_are_within_iams_size_limits(prod: AccountContext) -> None:
    def length(document: Any) -> int:
        return len(json.dumps(document, separators=(",", ":")).replace(" ", ""))

    assert length(policies.boundary(prod)) <= LONGEST_MANAGED
    assert length(policies.deployer_permissions(prod)) <= LONGEST_INLINE
    assert length(policies.preview_permissions(prod)) <= LONGEST_INLINE
