"""The resources in the emulated cloud are compared with those in the state."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws

from rehearsal.cloud import backend, inventory, moto_patches
from rehearsal.cloud.comparison import ALIASES, IMPLICIT, compare
from rehearsal.cloud.inventory_parts import NOT_FOUND, PART_LISTINGS, aws_client
from rehearsal.providers.aws.table import EmulatedType
from rehearsal.providers.aws.types import TABLE

ACCOUNT = "123456789012"
VPC = "aws:ec2/vpc:Vpc"
POLICIES = "aws:s3/bucketPolicy:BucketPolicy"
NOT_MODELLED = {
    "s3": frozenset(
        {
            "NoSuchBucketPolicy",
            "NoSuchLifecycleConfiguration",
            "NoSuchPublicAccessBlockConfiguration",
            "ObjectLockConfigurationNotFoundError",
            "OwnershipControlsNotFoundError",
            "ReplicationConfigurationNotFoundError",
            "ServerSideEncryptionConfigurationNotFoundError",
        }
    )
}
"""Error codes that botocore's service model does not have. Source: Amazon S3 API Reference, "Error responses"."""


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws(), moto_patches.apply():
        yield


def test_a_new_account_holds_nothing_but_the_state() -> None:
    backend.create("dev")
    backend.create_roles(["deployer"])
    boto3.client("ec2", "eu-west-1").describe_vpcs()
    listed = {token: found for token, found in inventory.take("dev", ACCOUNT).resources.items() if found}
    assert set(listed) <= IMPLICIT, listed
    assert inventory.take("dev", ACCOUNT).unreadable == {}


def test_resources_of_every_region_are_found() -> None:
    vpcs = [
        boto3.client("ec2", region).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for region in ("us-east-1", "us-west-2")
    ]
    assert sorted(inventory.take("dev", ACCOUNT).resources[VPC] or []) == sorted([vpc] for vpc in vpcs)


def test_roles_of_the_program_are_found() -> None:
    iam = boto3.client("iam", "us-east-1")
    trust = '{"Version": "2012-10-17", "Statement": []}'
    iam.create_role(RoleName="plain", AssumeRolePolicyDocument=trust)
    iam.create_role(RoleName="described", AssumeRolePolicyDocument=trust, Description="A role of the program.")
    assert sorted(inventory.take("dev", ACCOUNT).resources["aws:iam/role:Role"] or []) == [["described"], ["plain"]]


def test_resources_on_one_side_only_are_reported() -> None:
    mismatch = compare(
        {VPC: [["vpc-1"], ["vpc-2"]], "aws:rds/instance:Instance": [["records", "db-ABC"]]},
        [
            {"type": VPC, "id": "vpc-1"},
            {"type": VPC, "id": "vpc-3"},
            {"type": "aws:rds/instance:Instance", "id": "db-ABC"},
            {"type": "aws:route53/zone:Zone", "id": "not listed, so not compared"},
        ],
    )
    assert mismatch.only_in_cloud == (f"{VPC} vpc-2",)
    assert mismatch.only_in_state == (f"{VPC} vpc-3",)
    assert not mismatch.none


@contextmanager
def refused(service: str, operation: str, code: str) -> Iterator[None]:
    """Answer every call of an operation with an error."""
    client = aws_client(service, "us-east-1")
    event = f"before-call.{service}.{operation}"

    def refuse(**_: object) -> tuple[AWSResponse, dict[str, object]]:
        error = {"Code": code, "Message": "no"}
        return AWSResponse("", 400, HTTPHeaders(), None), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}

    client.meta.events.register(event, refuse)
    try:
        yield
    finally:
        client.meta.events.unregister(event, refuse)


@pytest.mark.parametrize(
    ("token", "service", "operation"),
    [
        (POLICIES, "s3", "GetBucketPolicy"),
        ("aws:iam/accountPasswordPolicy:AccountPasswordPolicy", "iam", "GetAccountPasswordPolicy"),
        ("aws:iam/instanceProfile:InstanceProfile", "iam", "ListInstanceProfiles"),
    ],
)
def test_a_type_that_cannot_be_read_is_reported_and_never_taken_for_empty(
    token: str, service: str, operation: str
) -> None:
    boto3.client("s3", "us-east-1").create_bucket(Bucket="files")
    with refused(service, operation, "AccessDenied"):
        taken = inventory.take("dev", ACCOUNT)
    assert taken.unreadable == {token: f"An error occurred (AccessDenied) when calling the {operation} operation: no"}
    mismatch = compare(taken.resources, [])
    assert (mismatch.unreadable, mismatch.none) == ((token,), False)


def test_only_codes_of_the_same_service_mean_that_a_resource_does_not_exist() -> None:
    boto3.client("s3", "us-east-1").create_bucket(Bucket="files")
    with refused("s3", "GetBucketPolicy", "NoSuchBucketPolicy"):
        assert inventory.take("dev", ACCOUNT).resources[POLICIES] == []
    with refused("s3", "GetBucketPolicy", "NoSuchEntity"):
        assert POLICIES in inventory.take("dev", ACCOUNT).unreadable


def test_parents_without_parts_and_settings_are_read() -> None:
    trust = '{"Version": "2012-10-17", "Statement": []}'
    vpc = boto3.client("ec2", "us-east-1").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = boto3.client("ec2", "us-east-1").create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    boto3.client("s3", "us-east-1").create_bucket(Bucket="files")
    boto3.client("backup", "us-east-1").create_backup_vault(BackupVaultName="vault")
    boto3.client("iam", "us-east-1").create_role(RoleName="plain", AssumeRolePolicyDocument=trust)
    boto3.client("elbv2", "us-east-1").create_load_balancer(Name="edge", Subnets=[subnet], Type="network")
    boto3.client("ecr", "us-east-1").create_repository(repositoryName="images")
    boto3.client("guardduty", "us-east-1").create_detector(Enable=True)
    boto3.client("secretsmanager", "us-east-1").create_secret(Name="empty")
    boto3.client("route53", "us-east-1").create_hosted_zone(Name="campus.example", CallerReference="1")
    taken = inventory.take("dev", ACCOUNT)
    assert taken.unreadable == {}
    for token in ("aws:backup/vaultPolicy:VaultPolicy", "aws:ecr/lifecyclePolicy:LifecyclePolicy", POLICIES):
        assert taken.resources[token] == [], token


def test_codes_of_missing_resources_are_errors_of_their_service() -> None:
    for service, codes in NOT_FOUND.items():
        model = boto3.client(service, "us-east-1").meta.service_model  # type: ignore[call-overload]  # a variable
        modelled = {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}
        assert codes - modelled <= NOT_MODELLED.get(service, frozenset()), service


def test_every_emulated_type_is_listed_or_has_a_reason() -> None:
    emulated = {token for token, declaration in TABLE.items() if isinstance(declaration, EmulatedType)}
    without_listing = {token for token in emulated if inventory.listing(token) is None}
    assert without_listing == {"aws:ec2/securityGroupRule:SecurityGroupRule"}, "AWS has no identifier of such a rule"


def test_types_that_exist_without_a_resource_are_compared_in_one_direction() -> None:
    default_group = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    assert compare({default_group: [["sg-1"]]}, []).none
    missing = compare({default_group: [["sg-1"]]}, [{"type": default_group, "id": "sg-2"}])
    assert missing.only_in_state == (f"{default_group} sg-2",)


def test_other_tokens_of_a_type_are_compared() -> None:
    group = {"type": "aws:alb/targetGroup:TargetGroup", "id": "arn"}
    assert compare({"aws:lb/targetGroup:TargetGroup": [["arn"]]}, [group]).none
    assert not compare({"aws:lb/targetGroup:TargetGroup": []}, [group]).none


def test_only_emulated_types_are_listed() -> None:
    listings = (*inventory.LISTINGS, *PART_LISTINGS)
    assert {each.type for each in listings} <= set(TABLE)
    assert {*IMPLICIT, *ALIASES.values()} <= {each.type for each in listings}
    assert len({each.type for each in listings}) == len(listings)


def test_every_listing_is_an_operation_of_its_service() -> None:
    for listing in inventory.LISTINGS:
        client = boto3.client(listing.service, "us-east-1")  # type: ignore[call-overload]  # the service is a variable
        assert hasattr(client, listing.operation), listing
