"""The resources in the emulated cloud are compared with those in the state."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from rehearsal.cloud import backend, inventory, moto_patches
from rehearsal.cloud.comparison import compare

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
    assert all(listed == [] for listed in inventory.take("dev", ACCOUNT).values())


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


def test_every_listing_is_an_operation_of_its_service() -> None:
    for listing in inventory.LISTINGS:
        client = boto3.client(listing.service, "us-east-1")  # type: ignore[call-overload]  # the service is a variable
        assert hasattr(client, listing.operation), listing
