"""What somebody changes behind the program's back is seen by a refresh, and only that."""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.providers.protocol import PartiallyCreatedError

Change = Callable[[Any, Any], None]


def retag(client: Any, resource: Any) -> None:
    client("ec2").create_tags(Resources=[resource.id], Tags=[{"Key": "Name", "Value": "hacked"}])


def add_tag(client: Any, resource: Any) -> None:
    client("ec2").create_tags(Resources=[resource.id], Tags=[{"Key": "who", "Value": "me"}])


def drop_default_tag(client: Any, resource: Any) -> None:
    client("ec2").delete_tags(Resources=[resource.id], Tags=[{"Key": "environment"}])


def disable_dns(client: Any, resource: Any) -> None:
    client("ec2").modify_vpc_attribute(VpcId=resource.id, EnableDnsSupport={"Value": False})


VPC = ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "main"}})


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        (retag, {"tags.Name", "tagsAll.Name"}),
        (add_tag, {"tags.who", "tagsAll.who"}),
        (drop_default_tag, {"tagsAll.environment"}),
        (disable_dns, {"enableDnsSupport"}),
    ],
)
def test_drift_of_a_vpc_is_seen(world: Any, client: Any, change: Change, paths: set[str]) -> None:
    vpc = world.make(VPC[0], **VPC[1])
    change(client, vpc)
    assert set(world.drift(vpc)) == paths


def test_an_update_after_a_refresh_undoes_drift(world: Any, client: Any) -> None:
    vpc = world.make(VPC[0], **VPC[1])
    retag(client, vpc)
    add_tag(client, vpc)
    restored = world.update(world.refreshed(vpc), **VPC[1])
    assert world.drift(restored) == []
    assert restored.outputs["tagsAll"] == {"environment": "dev", "Name": "main"}


def test_a_rule_opened_by_hand_is_seen_and_closed(world: Any, client: Any, ground: Any) -> None:
    rule = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/16"]}
    group = world.make("aws:ec2/securityGroup:SecurityGroup", vpcId=ground.vpc, ingress=[rule])
    opened = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client("ec2").authorize_security_group_ingress(GroupId=group.id, IpPermissions=[opened])
    assert world.drift(group) == ["ingress"]
    closed = world.update(world.refreshed(group), vpcId=ground.vpc, ingress=[rule])
    assert closed.outputs["ingress"] == [rule]


def test_a_rule_opened_on_a_group_without_inline_rules_is_seen_but_its_own_rules_are_not(
    world: Any, client: Any, ground: Any
) -> None:
    group = world.make("aws:ec2/securityGroup:SecurityGroup", vpcId=ground.vpc)
    own = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    world.make("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", **own, cidrIpv4="10.0.0.0/8")
    assert world.drift(group) == []
    opened = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client("ec2").authorize_security_group_ingress(GroupId=group.id, IpPermissions=[opened])
    assert world.drift(group) == ["ingress"]
    closed = world.update(world.refreshed(group), vpcId=ground.vpc)
    assert closed.outputs["ingress"] == []


def test_a_removed_public_access_block_is_gone(world: Any, client: Any, ground: Any) -> None:
    block = world.make("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket=ground.bucket)
    client("s3").delete_public_access_block(Bucket=ground.bucket)
    assert world.read(block) is None


def test_a_loosened_public_access_block_is_seen(world: Any, client: Any, ground: Any) -> None:
    kind = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    block = world.make(kind, bucket=ground.bucket, blockPublicAcls=True, blockPublicPolicy=True)
    loose = {"BlockPublicAcls": True, "BlockPublicPolicy": False}
    client("s3").put_public_access_block(Bucket=ground.bucket, PublicAccessBlockConfiguration=loose)
    assert world.drift(block) == ["blockPublicPolicy"]


def test_changed_backup_retention_is_seen(world: Any, client: Any, ground: Any) -> None:
    client("rds").modify_db_instance(DBInstanceIdentifier=ground.database.id, BackupRetentionPeriod=1)
    assert world.drift(ground.database) == ["backupRetentionPeriod"]


def test_a_raised_budget_is_seen(world: Any, client: Any) -> None:
    plain = {"budgetType": "COST", "timeUnit": "MONTHLY", "limitUnit": "USD"}
    budget = world.make("aws:budgets/budget:Budget", limitAmount="100", **plain)
    raised = {
        "BudgetName": budget.outputs["name"],
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "5000", "Unit": "USD"},
    }
    client("budgets").update_budget(AccountId="123456789012", NewBudget=raised)
    assert world.drift(budget) == ["limitAmount"]


def test_disabled_key_rotation_is_seen(world: Any, client: Any) -> None:
    key = world.make("aws:kms/key:Key", enableKeyRotation=True)
    client("kms").disable_key_rotation(KeyId=key.id)
    assert world.drift(key) == ["enableKeyRotation"]


def test_a_widened_role_is_seen(world: Any, client: Any, ground: Any) -> None:
    policy = [{"name": "read", "policy": ground.allow("s3:Get*")}]
    role = world.make("aws:iam/role:Role", assumeRolePolicy=ground.policy(), inlinePolicies=policy)
    client("iam").put_role_policy(RoleName=role.id, PolicyName="read", PolicyDocument=ground.allow("*"))
    assert world.drift(role) == ["inlinePolicies[0].policy"]


def test_a_deleted_resource_is_gone(world: Any, client: Any) -> None:
    vpc = world.make(VPC[0], **VPC[1])
    client("ec2").delete_vpc(VpcId=vpc.id)
    assert world.read(vpc) is None


def test_endpoints_come_from_what_aws_says_now(world: Any, ground: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They move when a data plane is started again."""
    database = ground.database
    call = world.configured._connection.call

    def moved(service: str, region: str, operation: str, args: Any, *, pages: bool = False) -> Any:
        answer = call(service, region, operation, args, pages=pages)
        for instance in answer.get("DBInstances", []):
            instance["Endpoint"] = {"Address": "127.0.0.1", "Port": 6543}
        return answer

    monkeypatch.setattr(world.configured._connection, "call", moved)
    outputs = world.read(database).outputs
    assert (outputs["address"], outputs["port"], outputs["endpoint"]) == ("127.0.0.1", 6543, "127.0.0.1:6543")


def test_what_fails_after_creation_leaves_the_resource_in_state(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.providers.aws.operations.READY_TIMEOUT", 0.2)
    certificate = world.make("aws:acm/certificate:Certificate", domainName="campus.example", validationMethod="DNS")
    with pytest.raises(PartiallyCreatedError) as caught:
        world.make("aws:acm/certificateValidation:CertificateValidation", certificateArn=certificate.id)
    assert caught.value.id == certificate.id
    assert caught.value.outputs["certificateArn"] == certificate.id
    assert "isn't ready in time" in caught.value.reasons[0]
