"""Invalid principals, and roles that a service can't assume, are refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.cloud.principals import invalid_principal, trusts_service
from tests.rehearsal.cloud.clients import ACCOUNT, aws, cloud, database, network, role, trust

NOBODY = f"arn:aws:iam::{ACCOUNT}:role/nobody"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def policy(principal: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}]})


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": ACCOUNT},
        {"AWS": ROOT},
        {"AWS": ["*", f"arn:aws:iam::{ACCOUNT}:role/known"]},
        {"AWS": "arn:aws:iam::555566667777:role/of/another/account"},
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/nobody/session"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef"},
        {"Service": "ec2.amazonaws.com"},
        {"Federated": "cognito-identity.amazonaws.com"},
    ],
)
def test_valid_principals(principal: Any) -> None:
    assert invalid_principal(policy(principal), ACCOUNT, lambda arn: arn.endswith("role/known")) is None


@pytest.mark.parametrize(
    "principal",
    [
        NOBODY,
        f"arn:aws:iam::{ACCOUNT}:user/nobody",
        f"arn:aws:iam::{ACCOUNT}:role/*",
        f"arn:aws:iam::{ACCOUNT}:group/admins",
        "12345678901",
        "AROARZPUZDIKIJ7FHHQYO",
        "",
    ],
)
@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_invalid_principals(principal: str, element: str) -> None:
    document = json.dumps({"Statement": {element: {"AWS": [ROOT, principal]}}})
    assert invalid_principal(document, ACCOUNT, lambda _arn: False) == principal


@given(st.text())
def test_any_text_is_a_document(document: str) -> None:
    assert invalid_principal(document, ACCOUNT, lambda _arn: False) is None


def test_trust_needs_the_service_and_the_action() -> None:
    assert trusts_service(trust(Service="ec2.amazonaws.com"), "ec2.amazonaws.com")
    assert not trusts_service(trust(Service="ec2.amazonaws.com"), "eks.amazonaws.com")
    assert not trusts_service(trust(AWS="ec2.amazonaws.com"), "ec2.amazonaws.com")
    tagged = trust(Service="ec2.amazonaws.com").replace("sts:AssumeRole", "sts:TagSession")
    assert not trusts_service(tagged, "ec2.amazonaws.com")


def vault_policy() -> Any:
    aws("backup").create_backup_vault(BackupVaultName="daily")
    return aws("backup").put_backup_vault_access_policy(BackupVaultName="daily", Policy=policy({"AWS": NOBODY}))


def key_policy() -> Any:
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    return aws("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy({"AWS": [ROOT, NOBODY]}))


def repository_policy() -> Any:
    aws("ecr").create_repository(repositoryName="campus")
    return aws("ecr").set_repository_policy(repositoryName="campus", policyText=policy({"AWS": NOBODY}))


def secret_policy() -> Any:
    aws("secretsmanager").create_secret(Name="password", SecretString="one")
    return aws("secretsmanager").put_resource_policy(SecretId="password", ResourcePolicy=policy({"AWS": NOBODY}))


def topic_policy() -> Any:
    arn = aws("sns").create_topic(Name="alarms")["TopicArn"]
    document = policy({"AWS": NOBODY})
    return aws("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document)


def queue_policy() -> Any:
    url = aws("sqs").create_queue(QueueName="work")["QueueUrl"]
    return aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy({"AWS": NOBODY})})


def trust_policy() -> Any:
    return aws("iam").create_role(RoleName="people", AssumeRolePolicyDocument=trust(AWS=NOBODY))


POLICIES: dict[str, tuple[Callable[[], Any], str]] = {
    "backup": (vault_policy, "InvalidParameterValueException"),
    "ecr": (repository_policy, "InvalidParameterException"),
    "iam": (trust_policy, "MalformedPolicyDocument"),
    "kms": (key_policy, "MalformedPolicyDocumentException"),
    "secretsmanager": (secret_policy, "MalformedPolicyDocumentException"),
    "sns": (topic_policy, "InvalidParameter"),
    "sqs": (queue_policy, "InvalidAttributeValue"),
}


@pytest.mark.parametrize(("write", "code"), POLICIES.values(), ids=POLICIES)
def test_core_principals(write: Callable[[], Any], code: str) -> None:
    if write is not vault_policy:  # moto lacks the operation
        with cloud(patched=False):
            write()
    with cloud(patched=True):
        with pytest.raises(ClientError) as refused:
            write()
        assert refused.value.response["Error"]["Code"] == code
    with cloud(patched=True):
        role("ec2", "nobody")
        write()


def test_s3_policy_principals() -> None:
    def write() -> None:
        aws("s3").create_bucket(Bucket="evidence")
        aws("s3").put_bucket_policy(Bucket="evidence", Policy=policy({"AWS": NOBODY}))

    with cloud(patched=False):
        write()
    with cloud(patched=True), pytest.raises(ClientError, match=r"MalformedPolicy.*Invalid principal in policy"):
        write()


def make_cluster(arn: str) -> Any:
    settings = {"name": "main", "roleArn": arn, "resourcesVpcConfig": {"subnetIds": network()[1]}}
    return aws("eks").create_cluster(**settings)


def make_nodes(arn: str) -> Any:
    subnets = make_cluster(role("eks"))["cluster"]["resourcesVpcConfig"]["subnetIds"]
    return aws("eks").create_nodegroup(clusterName="main", nodegroupName="n", subnets=subnets, nodeRole=arn)


def make_database(arn: str) -> Any:
    return database(MonitoringInterval=60, MonitoringRoleArn=arn)


def make_selection(arn: str) -> Any:
    aws("backup").create_backup_vault(BackupVaultName="daily")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "daily"}
    plan = aws("backup").create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule]})["BackupPlanId"]
    selection = {"SelectionName": "all", "IamRoleArn": arn, "Resources": ["*"]}
    return aws("backup").create_backup_selection(BackupPlanId=plan, BackupSelection=selection)


def make_flow_log(arn: str) -> Any:
    settings = {"ResourceType": "VPC", "TrafficType": "ALL", "LogGroupName": "flows", "DeliverLogsPermissionArn": arn}
    return aws("ec2").create_flow_logs(ResourceIds=[network()[0]], **settings)


ROLES: dict[str, tuple[Callable[[str], Any], str, str]] = {
    "eks": (make_cluster, "InvalidParameterException", "does not exist or the trusted entity is not correct"),
    "ec2": (make_nodes, "InvalidParameterException", r"service principals \[ec2.amazonaws.com\] were not found"),
    "monitoring.rds": (make_database, "InvalidParameterValue", "ENHANCED_MONITORING"),
    "backup": (make_selection, "InvalidParameterValueException", "cannot be assumed by AWS Backup"),
    "vpc-flow-logs": (make_flow_log, "InvalidParameter", "Unable to assume given IAM role"),
}


@pytest.mark.parametrize(("service", "case"), ROLES.items(), ids=ROLES)
def test_core_service_roles(service: str, case: tuple[Callable[[str], Any], str, str]) -> None:
    make, code, message = case
    if service not in ("vpc-flow-logs", "backup"):  # moto refuses an unknown role of a flow log, and lacks selections
        with cloud(patched=False):
            make(NOBODY)
    for arn in (NOBODY, "of another service"):
        with cloud(patched=True):
            with pytest.raises(ClientError, match=message) as refused:
                make(role("lambda") if arn != NOBODY else arn)
            assert refused.value.response["Error"]["Code"] == code
    with cloud(patched=True):
        make(role(service))


def test_core_access_entry_principal() -> None:
    with cloud(patched=True):
        settings = {"accessConfig": {"authenticationMode": "API"}, "resourcesVpcConfig": {"subnetIds": network()[1]}}
        aws("eks").create_cluster(name="main", roleArn=role("eks"), **settings)
        with pytest.raises(ClientError, match=r"InvalidParameterException.*invalid principal"):
            aws("eks").create_access_entry(clusterName="main", principalArn=NOBODY)
        aws("eks").create_access_entry(clusterName="main", principalArn=role("ec2", "nobody"))


def test_core_key_policy_lockout() -> None:
    document = policy({"AWS": ROOT}).replace('"*", "Resource"', '"kms:Encrypt", "Resource"')
    with cloud(patched=False):
        aws("kms").create_key(Policy=document)
    with cloud(patched=True):
        message = r"MalformedPolicyDocumentException.*not allow you to update the key policy in the future"
        with pytest.raises(ClientError, match=message):
            aws("kms").create_key(Policy=document)
        aws("kms").create_key(Policy=document, BypassPolicyLockoutSafetyCheck=True)
        aws("kms").create_key(Policy=document.replace("kms:Encrypt", "kms:Put*"))
