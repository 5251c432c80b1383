"""A preview says truly what is replaced, and in which order."""

from typing import Any

import pytest

from rehearsal.providers.aws.plan import Plan
from rehearsal.providers.aws.table import RecordedType
from rehearsal.providers.aws.types import TABLE
from rehearsal.providers.values import UNKNOWN

VPC = {"cidrBlock": "10.0.0.0/16"}


def replaced(difference: Any) -> set[str]:
    return {change.path for change in difference.changes if change.replace}


@pytest.mark.parametrize("token", sorted(TABLE))
def test_every_declared_type_is_one_of_the_sdks_and_compiles(provider: Any, token: str) -> None:
    plan = provider.plan(token)
    if isinstance(plan, RecordedType):
        return
    assert isinstance(plan, Plan)
    known = set(plan.schema.inputs) | set(plan.schema.outputs)
    declared = {*plan.declared.outputs, *plan.declared.local, *plan.declared.force, *plan.declared.defaults}
    v2 = token.endswith("V2")  # some of their names differ, and both names share one declaration
    assert v2 or declared <= known | {"expectedBucketOwner"}, declared - known
    assert set(plan.schema.required) <= plan.implemented, "a required input that can't be given"


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:ec2/vpc:Vpc", {"cidrBlock"}),
        ("aws:ec2/subnet:Subnet", {"vpcId", "cidrBlock", "availabilityZone"}),
        ("aws:ec2/securityGroup:SecurityGroup", {"name", "description", "vpcId"}),
        ("aws:eks/cluster:Cluster", {"name", "roleArn", "encryptionConfig"}),
        ("aws:eks/nodeGroup:NodeGroup", {"instanceTypes", "subnetIds", "nodeRoleArn", "capacityType"}),
        ("aws:iam/role:Role", {"name", "path"}),
        ("aws:kms/key:Key", {"keyUsage", "multiRegion"}),
        ("aws:rds/instance:Instance", {"engine", "username", "dbName", "storageEncrypted", "kmsKeyId"}),
        ("aws:s3/bucket:Bucket", {"bucket", "objectLockEnabled"}),
        ("aws:s3/bucketVersioning:BucketVersioning", {"bucket"}),
        ("aws:dynamodb/table:Table", {"name", "hashKey", "rangeKey"}),
        ("aws:lb/loadBalancer:LoadBalancer", {"name", "internal", "loadBalancerType"}),
    ],
)
def test_what_replaces_in_the_real_provider_replaces_here(provider: Any, token: str, inputs: set[str]) -> None:
    assert inputs | {"region"} <= provider.plan(token).replacing


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:ec2/vpc:Vpc", {"enableDnsHostnames", "tags"}),
        ("aws:ec2/securityGroup:SecurityGroup", {"ingress", "egress"}),
        ("aws:eks/cluster:Cluster", {"version", "vpcConfig", "enabledClusterLogTypes"}),
        (
            "aws:rds/instance:Instance",
            {"instanceClass", "multiAz", "backupRetentionPeriod", "engineVersion", "password"},
        ),
        ("aws:iam/role:Role", {"assumeRolePolicy", "description"}),
        ("aws:kms/key:Key", {"policy", "enableKeyRotation", "deletionWindowInDays"}),
        ("aws:budgets/budget:Budget", {"limitAmount", "notifications"}),
    ],
)
def test_what_changes_in_place_in_the_real_provider_does_so_here(provider: Any, token: str, inputs: set[str]) -> None:
    assert not inputs & provider.plan(token).replacing


def test_backups_that_are_copied_elsewhere_are_copied_anew_for_another_retention(world: Any, ground: Any) -> None:
    kind = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
    source = {"sourceDbInstanceArn": ground.database.outputs["arn"], "region": "us-west-2"}
    copies = world.make(kind, **source, kmsKeyId=ground.western_key)
    source |= {"kmsKeyId": ground.western_key}
    assert replaced(world.diff(copies, **source, retentionPeriod=14)) == {"retentionPeriod"}


def test_a_changed_region_replaces(world: Any) -> None:
    vpc = world.make("aws:ec2/vpc:Vpc", **VPC)
    assert replaced(world.diff(vpc, **VPC, region="us-west-2")) == {"region"}


def test_an_unknown_value_of_a_replacing_input_replaces(world: Any, ground: Any) -> None:
    subnet = world.make("aws:ec2/subnet:Subnet", vpcId=ground.vpc, cidrBlock="10.0.9.0/24")
    assert replaced(world.diff(subnet, vpcId=UNKNOWN, cidrBlock="10.0.9.0/24")) == {"vpcId"}


def test_a_resource_with_a_given_name_is_deleted_before_it_is_replaced(world: Any, ground: Any) -> None:
    kind, group = "aws:ec2/securityGroup:SecurityGroup", {"name": "database", "vpcId": ground.vpc}
    named = world.make(kind, "named", **group)
    assert world.diff(named, **group, description="new").delete_before_replace
    unnamed = world.make(kind, "unnamed", vpcId=ground.vpc)
    assert not world.diff(unnamed, vpcId=ground.vpc, description="new").delete_before_replace


def test_the_same_things_in_another_order_are_no_change(world: Any, ground: Any) -> None:
    kind = "aws:rds/subnetGroup:SubnetGroup"
    group = world.make(kind, subnetIds=ground.subnets)
    assert not world.diff(group, subnetIds=ground.subnets[::-1]).changes


def test_leaving_out_what_aws_computes_is_no_change(world: Any) -> None:
    vpc = world.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", enableDnsHostnames=True)
    assert not world.diff(vpc, cidrBlock="10.0.0.0/16").changes


def test_leaving_out_what_has_a_default_goes_back_to_it(world: Any) -> None:
    vpc = world.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", enableDnsSupport=False)
    assert [change.path for change in world.diff(vpc, **VPC).changes] == ["enableDnsSupport"]
    assert world.update(vpc, **VPC).outputs["enableDnsSupport"] is True


def test_removed_tags_are_removed(world: Any) -> None:
    vpc = world.make("aws:ec2/vpc:Vpc", **VPC, tags={"Name": "main", "team": "ops"})
    assert world.update(vpc, **VPC, tags={"team": "ops"}).outputs["tagsAll"] == {"environment": "dev", "team": "ops"}
    assert "tags" not in world.update(vpc, **VPC).outputs
