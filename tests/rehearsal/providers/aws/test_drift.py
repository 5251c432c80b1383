"""A refresh detects changes made outside the program, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.providers.protocol import PartiallyCreatedError

Change = Callable[[Any, Any], None]


def retag(client: Any, resource: Any) -> None:
    client("ec2").create_tags(Resources=[resource.id], Tags=[{"Key": "Name", "Value": "changed"}])


def add_tag(client: Any, resource: Any) -> None:
    client("ec2").create_tags(Resources=[resource.id], Tags=[{"Key": "extra", "Value": "1"}])


def drop_default_tag(client: Any, resource: Any) -> None:
    client("ec2").delete_tags(Resources=[resource.id], Tags=[{"Key": "environment"}])


def disable_dns(client: Any, resource: Any) -> None:
    client("ec2").modify_vpc_attribute(VpcId=resource.id, EnableDnsSupport={"Value": False})


VPC = ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "main"}})


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        (retag, {"tags.Name", "tagsAll.Name"}),
        (add_tag, {"tags.extra", "tagsAll.extra"}),
        (drop_default_tag, {"tagsAll.environment"}),
        (disable_dns, {"enableDnsSupport"}),
    ],
)
def test_vpc_drift_is_detected(engine: Any, client: Any, change: Change, paths: set[str]) -> None:
    vpc = engine.create(VPC[0], **VPC[1])
    change(client, vpc)
    assert set(engine.drift(vpc)) == paths


def test_update_after_a_refresh_reverts_drift(engine: Any, client: Any) -> None:
    vpc = engine.create(VPC[0], **VPC[1])
    retag(client, vpc)
    add_tag(client, vpc)
    restored = engine.update(engine.refresh(vpc), **VPC[1])
    assert engine.drift(restored) == []
    assert restored.outputs["tagsAll"] == {"environment": "dev", "Name": "main"}


def test_added_ingress_rule_is_detected_and_removed(engine: Any, client: Any, deps: Any) -> None:
    rule = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/16"]}
    group = engine.create("aws:ec2/securityGroup:SecurityGroup", vpcId=deps.vpc, ingress=[rule])
    opened = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client("ec2").authorize_security_group_ingress(GroupId=group.id, IpPermissions=[opened])
    assert engine.drift(group) == ["ingress"]
    closed = engine.update(engine.refresh(group), vpcId=deps.vpc, ingress=[rule])
    assert closed.outputs["ingress"] == [rule]


def test_added_rule_is_drift_on_a_group_without_inline_rules_but_rule_resources_are_not(
    engine: Any, client: Any, deps: Any
) -> None:
    group = engine.create("aws:ec2/securityGroup:SecurityGroup", vpcId=deps.vpc)
    own = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    engine.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", **own, cidrIpv4="10.0.0.0/8")
    assert engine.drift(group) == []
    opened = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client("ec2").authorize_security_group_ingress(GroupId=group.id, IpPermissions=[opened])
    assert engine.drift(group) == ["ingress"]
    closed = engine.update(engine.refresh(group), vpcId=deps.vpc)
    assert closed.outputs["ingress"] == []


def test_removed_public_access_block_is_gone(engine: Any, client: Any, deps: Any) -> None:
    block = engine.create("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket=deps.bucket)
    client("s3").delete_public_access_block(Bucket=deps.bucket)
    assert engine.read(block) is None


def test_loosened_public_access_block_is_detected(engine: Any, client: Any, deps: Any) -> None:
    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    block = engine.create(token, bucket=deps.bucket, blockPublicAcls=True, blockPublicPolicy=True)
    loose = {"BlockPublicAcls": True, "BlockPublicPolicy": False}
    client("s3").put_public_access_block(Bucket=deps.bucket, PublicAccessBlockConfiguration=loose)
    assert engine.drift(block) == ["blockPublicPolicy"]


def test_changed_backup_retention_is_detected(engine: Any, client: Any, deps: Any) -> None:
    client("rds").modify_db_instance(DBInstanceIdentifier=deps.database.id, BackupRetentionPeriod=1)
    assert engine.drift(deps.database) == ["backupRetentionPeriod"]


def test_raised_budget_is_detected(engine: Any, client: Any) -> None:
    plain = {"budgetType": "COST", "timeUnit": "MONTHLY", "limitUnit": "USD"}
    budget = engine.create("aws:budgets/budget:Budget", limitAmount="100", **plain)
    raised = {
        "BudgetName": budget.outputs["name"],
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "5000", "Unit": "USD"},
    }
    client("budgets").update_budget(AccountId="123456789012", NewBudget=raised)
    assert engine.drift(budget) == ["limitAmount"]


def test_disabled_key_rotation_is_detected(engine: Any, client: Any) -> None:
    key = engine.create("aws:kms/key:Key", enableKeyRotation=True)
    client("kms").disable_key_rotation(KeyId=key.id)
    assert engine.drift(key) == ["enableKeyRotation"]


def test_broadened_role_policy_is_detected(engine: Any, client: Any, deps: Any) -> None:
    policy = [{"name": "read", "policy": deps.allow("s3:Get*")}]
    role = engine.create("aws:iam/role:Role", assumeRolePolicy=deps.policy(), inlinePolicies=policy)
    client("iam").put_role_policy(RoleName=role.id, PolicyName="read", PolicyDocument=deps.allow("*"))
    assert engine.drift(role) == ["inlinePolicies[0].policy"]


def test_another_member_of_a_union_is_detected(engine: Any, client: Any) -> None:
    visibility = {"cloudwatchMetricsEnabled": True, "metricName": "edge", "sampledRequestsEnabled": True}
    settings = {"scope": "REGIONAL", "visibilityConfig": visibility}
    acl = engine.create("aws:wafv2/webAcl:WebAcl", defaultAction={"block": {}}, **settings)
    key = {"Name": acl.outputs["name"], "Scope": "REGIONAL", "Id": acl.id}
    live = client("wafv2").get_web_acl(**key)
    opened = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": live["WebACL"]["VisibilityConfig"]}
    client("wafv2").update_web_acl(**key, LockToken=live["LockToken"], **opened)
    assert set(engine.drift(acl)) == {"defaultAction.allow", "defaultAction.block"}
    assert engine.drift(engine.update(engine.refresh(acl), defaultAction={"block": {}}, **settings)) == []


def test_deleted_resource_is_gone(engine: Any, client: Any) -> None:
    vpc = engine.create(VPC[0], **VPC[1])
    client("ec2").delete_vpc(VpcId=vpc.id)
    assert engine.read(vpc) is None


def test_endpoints_are_read_from_aws_on_refresh(engine: Any, deps: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Endpoints are outputs that change when a data plane restarts."""
    database = deps.database
    call = engine.configured._connection.call

    def moved(service: str, region: str, operation: str, args: Any, *, pages: bool = False) -> Any:
        response = call(service, region, operation, args, pages=pages)
        for instance in response.get("DBInstances", []):
            instance["Endpoint"] = {"Address": "127.0.0.1", "Port": 6543}
        return response

    monkeypatch.setattr(engine.configured._connection, "call", moved)
    outputs = engine.read(database).outputs
    assert (outputs["address"], outputs["port"], outputs["endpoint"]) == ("127.0.0.1", 6543, "127.0.0.1:6543")


def test_resource_that_fails_after_creation_stays_in_state(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.providers.aws.operations.READY_TIMEOUT", 0.2)
    certificate = engine.create("aws:acm/certificate:Certificate", domainName="campus.example", validationMethod="DNS")
    with pytest.raises(PartiallyCreatedError) as caught:
        engine.create("aws:acm/certificateValidation:CertificateValidation", certificateArn=certificate.id)
    assert caught.value.id == certificate.id
    assert caught.value.outputs["certificateArn"] == certificate.id
    assert "did not become ready within" in caught.value.reasons[0]
