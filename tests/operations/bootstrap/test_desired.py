"""Resources that Pulumi needs, and permissions of the pipeline."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from operations.bootstrap import policies
from operations.bootstrap.boundary import boundary
from operations.bootstrap.context import AccountContext
from operations.bootstrap.desired import desired_resources
from operations.bootstrap.pipeline_permissions import (
    deployer_permissions,
    deployer_policies,
    deployer_reads,
    preview_permissions,
)
from operations.bootstrap.plan import ResourceKind
from operations.bootstrap.run import PLATFORM, context_from
from policy_packs.security.iam_actions import CREDENTIAL_ACTIONS
from policy_packs.security.iam_data_actions import DATA_ACTIONS
from stacks.requirements import Environment
from tests.operations.bootstrap.conftest import TAGS

LONGEST_MANAGED, LONGEST_INLINE = 6144, 10240
"""Maximum size of a managed policy and of a role's inline policies, in characters without white space.

Source: IAM User Guide, "IAM and AWS STS quotas".
"""


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
        ("IAM policy campus-prod-deployer-reads", ""),
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


def test_only_jobs_of_the_protected_environment_get_credentials(prod: AccountContext) -> None:
    (statement,) = policies.pipeline_trust(prod)["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:campus-safety/platform:environment:prod",
        }
    }
    assert "*" not in json.dumps(statement)


def test_no_role_trusts_pull_requests(prod: AccountContext) -> None:
    trusts = [each.attributes["trust"] for each in desired_resources(prod) if each.kind is ResourceKind.ROLE]
    assert len(trusts) == 3
    assert "pull_request" not in json.dumps(trusts)


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
    assert not _allowed(preview_permissions(prod), action)


def test_the_preview_role_reads_objects_of_the_state_bucket_only(prod: AccountContext) -> None:
    statement = _by_sid(preview_permissions(prod))["State"]
    assert statement["Resource"] == "arn:aws:s3:::campus-prod-pulumi-state/*"
    reading = [s for s in preview_permissions(prod)["Statement"] if "s3:GetObject" in s["Action"]]
    assert reading == [statement]


@pytest.mark.parametrize("action", ["kms:Decrypt", "s3:ListBucket", "ec2:DescribeVpcs", "iam:GetRole"])
def test_the_preview_role_can_read_resource_settings(prod: AccountContext, action: str) -> None:
    assert _allowed(preview_permissions(prod), action)


def test_the_deployer_creates_only_roles_of_its_environment(prod: AccountContext) -> None:
    statements = _by_sid(deployer_permissions(prod))
    assert statements["OwnRoles"]["Resource"] == "arn:aws:iam::123456789012:role/campus-prod-*"
    assert not [action for action in statements["Program"]["Action"] if action.startswith("iam:")]


def test_the_deployer_reads_no_objects_except_state(prod: AccountContext) -> None:
    statement = _by_sid(deployer_permissions(prod))["NoData"]
    assert statement["Effect"] == "Deny"
    assert "s3:GetObject" in statement["Action"]
    assert statement["NotResource"] == [
        "arn:aws:s3:::campus-prod-pulumi-state*",
        "arn:aws:dynamodb:*:123456789012:table/campus-prod-leases",
    ]


def test_the_boundary_denies_other_regions(prod: AccountContext) -> None:
    statement = _by_sid(boundary(prod))["OwnRegions"]
    assert statement["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"]}}
    assert "iam:*" in statement["NotAction"]
    assert not [action for action in statement["NotAction"] if action.startswith(("ec2:", "rds:", "eks:"))]


@pytest.mark.parametrize(
    "action",
    ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "guardduty:DeleteDetector", "securityhub:DisableSecurityHub"],
)
def test_the_boundary_denies_disabling_audit_services(prod: AccountContext, action: str) -> None:
    statement = _by_sid(boundary(prod))["Watched"]
    assert statement["Effect"] == "Deny"
    assert any(fnmatchcase(action, pattern) for pattern in statement["Action"])
    assert "Condition" not in statement


def test_the_boundary_denies_other_accounts(prod: AccountContext) -> None:
    statement = _by_sid(boundary(prod))["OwnAccount"]
    assert statement["Condition"]["StringNotEquals"] == {"aws:ResourceAccount": "123456789012"}
    assert not _allowed(boundary(prod), "sts:AssumeRole")


def test_the_boundary_denies_roles_without_it_and_its_removal(prod: AccountContext) -> None:
    statements = _by_sid(boundary(prod))
    bound = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/campus-prod-boundary"}}
    assert statements["OwnRoles"]["Condition"] == bound
    assert "iam:CreateRole" in statements["OwnRoles"]["Action"]
    assert not _allowed(boundary(prod), "iam:DeleteRolePermissionsBoundary")
    assert "arn:aws:iam::123456789012:policy/campus-prod-boundary" in statements["NotItself"]["Resource"]
    assert "arn:aws:iam::123456789012:role/campus-prod-deployer" in statements["NotItself"]["Resource"]


def test_the_boundary_allows_everything_that_the_deployer_may_do(prod: AccountContext) -> None:
    statements = [each for each in boundary(prod)["Statement"] if each["Effect"] == "Allow"]
    within = [pattern for each in statements for pattern in each["Action"]]
    for statement in [each for document in deployer_policies(prod) for each in document["Statement"]]:
        if statement["Effect"] == "Allow":
            for action in statement["Action"]:
                assert any(fnmatchcase(action, pattern) for pattern in [*within, "sts:GetCallerIdentity"]), action


@pytest.mark.parametrize("environment", list(Environment))
def test_documents_are_within_iams_size_limits(environment: Environment) -> None:
    def length(document: Any) -> int:
        return len(json.dumps(document, separators=(",", ":")).replace(" ", ""))

    context = context_from(PLATFORM, environment)
    assert length(boundary(context)) <= LONGEST_MANAGED
    assert length(deployer_reads(context)) <= LONGEST_MANAGED
    assert length(deployer_permissions(context)) <= LONGEST_INLINE
    assert length(preview_permissions(context)) <= LONGEST_INLINE


PRIVATE = {*DATA_ACTIONS, *CREDENTIAL_ACTIONS} - {"elasticache:CreateSnapshot", "rds:CreateDBSnapshot"}
"""Actions that read data or credentials.

RDS and ElastiCache take a snapshot before they delete a database or a cache, and keep it themselves.
"""


@pytest.mark.parametrize("action", sorted(PRIVATE))
def test_the_pipeline_reads_data_only_in_its_state_and_leases(prod: AccountContext, action: str) -> None:
    state = ("arn:aws:s3:::campus-prod-pulumi-state", "arn:aws:dynamodb:*:123456789012:table/campus-prod-leases")
    allowed = [
        resource
        for document in (*deployer_policies(prod), preview_permissions(prod))
        for statement in document["Statement"]
        if statement["Effect"] == "Allow" and any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        for resource in ([statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"])
    ]
    assert [each for each in allowed if not each.startswith(state)] == []


def test_a_read_of_data_is_in_no_pattern_of_the_deployer(prod: AccountContext) -> None:
    (settings, billing) = deployer_reads(prod)["Statement"]
    assert billing["Resource"] == "arn:aws:billing::123456789012:billingview/primary"
    assert [each for each in PRIVATE if any(fnmatchcase(each, pattern) for pattern in settings["Action"])] == []
