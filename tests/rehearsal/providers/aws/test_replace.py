"""Previews show the inputs that force a replacement, and the order of its steps."""

from typing import Any

import pytest

from rehearsal.providers.aws.compiled import CompiledType
from rehearsal.providers.aws.table import RecordedType
from rehearsal.providers.aws.types import TABLE
from rehearsal.providers.values import UNKNOWN

VPC = {"cidrBlock": "10.0.0.0/16"}


def replaced(difference: Any) -> set[str]:
    return {change.path for change in difference.changes if change.replace}


@pytest.mark.parametrize("token", sorted(TABLE))
def test_declared_type_exists_in_the_sdk_and_compiles(aws_provider: Any, token: str) -> None:
    compiled = aws_provider.compiled(token)
    if isinstance(compiled, RecordedType):
        return
    assert isinstance(compiled, CompiledType)
    properties = set(compiled.schema.inputs) | set(compiled.schema.outputs)
    declared = {
        *compiled.declaration.outputs,
        *compiled.declaration.state_only,
        *compiled.declaration.force_new,
        *compiled.declaration.defaults,
    }
    v2 = token.endswith("V2")  # some V2 names differ, although both tokens share one declaration
    assert v2 or declared <= properties | {"expectedBucketOwner"}, declared - properties
    assert set(compiled.schema.required) <= compiled.supported_inputs, "a required input that no call sends"


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
def test_inputs_that_replace_in_the_real_provider_replace_here(aws_provider: Any, token: str, inputs: set[str]) -> None:
    assert inputs | {"region"} <= aws_provider.compiled(token).force_new


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
def test_inputs_that_change_in_place_in_the_real_provider_do_so_here(
    aws_provider: Any, token: str, inputs: set[str]
) -> None:
    assert not inputs & aws_provider.compiled(token).force_new


@pytest.mark.parametrize(
    ("token", "replacing", "in_place"),
    [
        (
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"replicationGroupId", "kmsKeyId", "port", "subnetGroupName", "atRestEncryptionEnabled"},
            {"nodeType", "numCacheClusters", "engineVersion", "userGroupIds", "snapshotRetentionLimit", "authToken"},
        ),
        ("aws:elasticache/user:User", {"userId", "userName"}, {"accessString", "authenticationMode"}),
        ("aws:backup/vault:Vault", {"name", "kmsKeyArn"}, {"forceDestroy"}),
        ("aws:backup/selection:Selection", {"name", "planId", "iamRoleArn", "resources"}, set()),
        ("aws:backup/plan:Plan", set(), {"rules"}),
    ],
)
def test_replacing_and_mutable_inputs_of_data_stores_match_the_real_provider(
    aws_provider: Any, token: str, replacing: set[str], in_place: set[str]
) -> None:
    force_new = aws_provider.compiled(token).force_new
    assert replacing <= force_new
    assert not in_place & force_new


def test_changed_retention_replaces_replicated_backups(engine: Any, deps: Any) -> None:
    token = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
    source = {"sourceDbInstanceArn": deps.database.outputs["arn"], "region": "us-west-2"}
    copies = engine.create(token, **source, kmsKeyId=deps.western_key)
    source |= {"kmsKeyId": deps.western_key}
    assert replaced(engine.diff(copies, **source, retentionPeriod=14)) == {"retentionPeriod"}


def test_changed_region_replaces(engine: Any) -> None:
    vpc = engine.create("aws:ec2/vpc:Vpc", **VPC)
    assert replaced(engine.diff(vpc, **VPC, region="us-west-2")) == {"region"}


def test_unknown_value_of_a_force_new_input_replaces(engine: Any, deps: Any) -> None:
    subnet = engine.create("aws:ec2/subnet:Subnet", vpcId=deps.vpc, cidrBlock="10.0.9.0/24")
    assert replaced(engine.diff(subnet, vpcId=UNKNOWN, cidrBlock="10.0.9.0/24")) == {"vpcId"}


def test_resource_with_an_explicit_name_is_deleted_before_its_replacement(engine: Any, deps: Any) -> None:
    token, group = "aws:ec2/securityGroup:SecurityGroup", {"name": "database", "vpcId": deps.vpc}
    named = engine.create(token, "named", **group)
    assert engine.diff(named, **group, description="new").delete_before_replace
    unnamed = engine.create(token, "unnamed", vpcId=deps.vpc)
    assert not engine.diff(unnamed, vpcId=deps.vpc, description="new").delete_before_replace


def test_order_of_a_list_is_not_a_change(engine: Any, deps: Any) -> None:
    token = "aws:rds/subnetGroup:SubnetGroup"
    group = engine.create(token, subnetIds=deps.subnets)
    assert not engine.diff(group, subnetIds=deps.subnets[::-1]).changes


def test_removing_a_computed_input_is_not_a_change(engine: Any) -> None:
    vpc = engine.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", enableDnsHostnames=True)
    assert not engine.diff(vpc, cidrBlock="10.0.0.0/16").changes


def test_removing_an_input_with_a_default_restores_the_default(engine: Any) -> None:
    vpc = engine.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", enableDnsSupport=False)
    assert [change.path for change in engine.diff(vpc, **VPC).changes] == ["enableDnsSupport"]
    assert engine.update(vpc, **VPC).outputs["enableDnsSupport"] is True


def test_removed_tags_are_removed_from_the_resource(engine: Any) -> None:
    vpc = engine.create("aws:ec2/vpc:Vpc", **VPC, tags={"Name": "main", "team": "ops"})
    assert engine.update(vpc, **VPC, tags={"team": "ops"}).outputs["tagsAll"] == {"environment": "dev", "team": "ops"}
    assert "tags" not in engine.update(vpc, **VPC).outputs
