"""The resources in the emulated cloud are compared with those in the state."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from rehearsal.cloud import backend, inventory, moto_patches
from rehearsal.cloud.comparison import ALIASES, IMPLICIT, compare
from rehearsal.cloud.inventory_parts import PART_LISTINGS
from rehearsal.providers.aws.table import EmulatedType
from rehearsal.providers.aws.types import TABLE

ACCOUNT = "123456789012"
VPC = "aws:ec2/vpc:Vpc"


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
    listed = {token: found for token, found in inventory.take("dev", ACCOUNT).items() if found}
    assert set(listed) <= IMPLICIT, listed


def test_resources_of_every_region_are_found() -> None:
    vpcs = [
        boto3.client("ec2", region).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for region in ("us-east-1", "us-west-2")
    ]
    assert sorted(inventory.take("dev", ACCOUNT)[VPC]) == sorted([vpc] for vpc in vpcs)


def test_roles_of_the_program_are_found() -> None:
    iam = boto3.client("iam", "us-east-1")
    trust = '{"Version": "2012-10-17", "Statement": []}'
    iam.create_role(RoleName="plain", AssumeRolePolicyDocument=trust)
    iam.create_role(RoleName="described", AssumeRolePolicyDocument=trust, Description="A role of the program.")
    assert sorted(inventory.take("dev", ACCOUNT)["aws:iam/role:Role"]) == [["described"], ["plain"]]


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
