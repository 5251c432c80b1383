"""Invalid principals, and roles that a service can't assume, are refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.cloud.principals import invalid_principal, key_administrators, trusts_service
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


def trusting(*more: Any) -> str:
    allow = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:Assume*"}
    return json.dumps({"Statement": [allow, *more]})


@pytest.mark.parametrize(
    "denial",
    [
        {"Effect": "Deny", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": "*", "Action": "*"},
        {"Effect": "Deny", "Principal": {"Service": ["eks.amazonaws.com", "ec2.amazonaws.com"]}, "Action": "sts:*"},
        {"Effect": "Deny", "Principal": "*", "NotAction": "sts:TagSession"},
        {"Effect": "Deny", "NotPrincipal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
)
def test_a_denied_service_is_not_trusted(denial: Any) -> None:
    assert not trusts_service(trusting(denial), "ec2.amazonaws.com")


@pytest.mark.parametrize(
    "denial",
    [
        {"Effect": "Deny", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"},
        {"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Effect": "Deny", "NotPrincipal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
)
def test_a_denial_of_something_else_leaves_the_trust(denial: Any) -> None:
    assert trusts_service(trusting(denial), "ec2.amazonaws.com")


@pytest.mark.parametrize("service", ["ec2.amazonaws.co", "ec2.amazonaws.com.cn", "ec2.amazonaws.com.example", "ec2"])
def test_a_service_under_another_name_is_not_trusted(service: str) -> None:
    assert not trusts_service(trust(Service=service), "ec2.amazonaws.com")


def key(*more: Any, **changes: Any) -> str:
    allow = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*", **changes}
    return json.dumps({"Statement": [allow, *more]})


ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"
VIA = {"StringEquals": {"kms:ViaService": "rds.us-east-1.amazonaws.com"}}


def denied(**changes: Any) -> Any:
    return {"Effect": "Deny", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*", **changes}


@pytest.mark.parametrize(
    "document",
    [
        key(Action="kms:Encrypt"),
        key(Condition=VIA),
        key(Principal={"AWS": "arn:aws:iam::555566667777:root"}),
        key(Principal={"Service": "logs.amazonaws.com"}),
        key(Effect="Deny"),
        key(denied()),
        key(denied(Principal="*")),
        key(denied(Principal={"AWS": ACCOUNT}), Principal={"AWS": ADMIN}),
        key(denied(Principal={"AWS": ADMIN}), Principal={"AWS": ADMIN}),
        key(denied(Action="kms:Put*")),
        json.dumps({"Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}),
    ],
)
def test_a_key_policy_without_an_administrator(document: str) -> None:
    assert key_administrators(document, ACCOUNT) == frozenset()


@pytest.mark.parametrize(
    ("document", "administrator"),
    [
        (key(), ROOT),
        (key(Principal={"AWS": ACCOUNT}), ACCOUNT),
        (key(Principal={"AWS": ADMIN}), ADMIN),
        (key(Principal="*"), "*"),
        (key(denied(Condition=VIA)), ROOT),
        (key(denied(Principal={"AWS": ADMIN})), ROOT),
        (key(denied(Principal={"AWS": "arn:aws:iam::555566667777:root"}), Principal={"AWS": ADMIN}), ADMIN),
        (key(denied(Action="kms:Decrypt")), ROOT),
        (key({"Effect": "Deny", "NotPrincipal": {"AWS": ROOT}, "Action": "kms:*"}), ROOT),
    ],
)
def test_the_administrators_of_a_key_policy(document: str, administrator: str) -> None:
    assert key_administrators(document, ACCOUNT) == {administrator}


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
        with pytest.raises(ClientError, match=message):
            aws("kms").create_key(Policy=key(denied()))
