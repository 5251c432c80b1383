"""Plans applied to an emulated account, with the real boto3."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from operations.bootstrap.account import apply_action, read_account
from operations.bootstrap.cloud import AwsClients, BootstrapError
from operations.bootstrap.context import AccountContext
from operations.bootstrap.desired import desired_resources
from operations.bootstrap.plan import Action, Change, conflicts, plan, to_do

STATE, COPY, LEASES = "campus-prod-pulumi-state", "campus-prod-pulumi-state-dr", "campus-prod-leases"
BOUNDARY = "arn:aws:iam::123456789012:policy/campus-prod-boundary"
READS = "arn:aws:iam::123456789012:policy/campus-prod-deployer-reads"


def _plan(clients: AwsClients, context: AccountContext) -> tuple[Action, ...]:
    resources = desired_resources(context)
    return plan(resources, read_account(clients, resources))


def _execute(clients: AwsClients, context: AccountContext) -> list[str]:
    steps: list[str] = []
    for action in to_do(_plan(clients, context)):
        apply_action(clients, action, steps.append)
    return steps


def _wrong(clients: AwsClients, context: AccountContext) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (action.change, action.resource.label, action.attributes)
        for action in _plan(clients, context)
        if action.attributes
    ]


def test_an_empty_account_needs_everything(clients: AwsClients, prod: AccountContext) -> None:
    assert {action.change for action in _plan(clients, prod)} == {Change.CREATE}


def test_afterwards_nothing_is_left_to_do(clients: AwsClients, prod: AccountContext) -> None:
    assert _execute(clients, prod)
    assert _wrong(clients, prod) == []
    assert _execute(clients, prod) == []


def test_an_environment_in_one_region_is_complete_too(clients: AwsClients, single: AccountContext) -> None:
    _execute(clients, single)
    assert _wrong(clients, single) == []
    assert [bucket["Name"] for bucket in clients.client("s3").list_buckets()["Buckets"]] == [STATE]


def test_reading_the_account_changes_nothing(clients: AwsClients, prod: AccountContext) -> None:
    _plan(clients, prod)
    assert clients.client("s3").list_buckets()["Buckets"] == []
    assert clients.client("iam").list_roles()["Roles"] == []
    assert clients.client("dynamodb").list_tables()["TableNames"] == []


def test_data_encrypted_in_one_region_can_be_decrypted_in_the_other(clients: AwsClients, prod: AccountContext) -> None:
    _execute(clients, prod)
    metadata = [clients.client("kms", region).describe_key(KeyId=prod.alias)["KeyMetadata"] for region in prod.regions]
    assert metadata[0]["KeyId"] == metadata[1]["KeyId"]
    assert [each["MultiRegionConfiguration"]["MultiRegionKeyType"] for each in metadata] == ["PRIMARY", "REPLICA"]


def test_state_is_replicated_to_the_dr_region_under_its_key(clients: AwsClients, prod: AccountContext) -> None:
    _execute(clients, prod)
    s3 = clients.client("s3")
    (rule,) = s3.get_bucket_replication(Bucket=STATE)["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{COPY}"
    key = rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"]
    assert key == "arn:aws:kms:us-west-2:123456789012:alias/campus-prod-pulumi"
    assert s3.get_bucket_location(Bucket=COPY)["LocationConstraint"] == "us-west-2"


def test_leases_are_protected_and_expire(clients: AwsClients, prod: AccountContext) -> None:
    _execute(clients, prod)
    dynamodb = clients.client("dynamodb")
    with pytest.raises(ClientError, match=r"(?i)deletion"):
        dynamodb.delete_table(TableName=LEASES)
    assert dynamodb.describe_time_to_live(TableName=LEASES)["TimeToLiveDescription"]["AttributeName"] == "expiresAt"


def _spoil_versioning(clients: AwsClients) -> None:
    clients.client("s3").put_bucket_versioning(Bucket=STATE, VersioningConfiguration={"Status": "Suspended"})


def _spoil_trust(clients: AwsClients) -> None:
    document = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
    )
    clients.client("iam").update_assume_role_policy(RoleName="campus-prod-deployer", PolicyDocument=document)


def _spoil_permissions(clients: AwsClients) -> None:
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    clients.client("iam").put_role_policy(RoleName="campus-prod-preview", PolicyName="more", PolicyDocument=document)


def _spoil_boundary(clients: AwsClients) -> None:
    """Create as many wrong versions as IAM allows, so that the oldest must be deleted."""
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    for _ in range(4):
        clients.client("iam").create_policy_version(
            PolicyArn="arn:aws:iam::123456789012:policy/campus-prod-boundary",
            PolicyDocument=document,
            SetAsDefault=True,
        )


def _spoil_recovery(clients: AwsClients) -> None:
    off = {"PointInTimeRecoveryEnabled": False}
    clients.client("dynamodb").update_continuous_backups(TableName=LEASES, PointInTimeRecoverySpecification=off)


def _spoil_tags(clients: AwsClients) -> None:
    tags = [{"Key": "team", "Value": "nobody"}, {"Key": "their-own", "Value": "stays"}]
    clients.client("s3").put_bucket_tagging(Bucket=STATE, Tagging={"TagSet": tags})


DRIFT: dict[str, tuple[Callable[[AwsClients], Any], str, str]] = {
    "versioning off": (_spoil_versioning, f"S3 bucket {STATE}", "versioning"),
    "public access open": (
        lambda clients: clients.client("s3").delete_public_access_block(Bucket=STATE),
        f"S3 bucket {STATE}",
        "public access block",
    ),
    "plain HTTP allowed": (
        lambda clients: clients.client("s3").delete_bucket_policy(Bucket=STATE),
        f"S3 bucket {STATE}",
        "policy",
    ),
    "encryption of the copy removed": (
        lambda clients: clients.client("s3", "us-west-2").delete_bucket_encryption(Bucket=COPY),
        f"S3 bucket {COPY}",
        "encryption",
    ),
    "replication stopped": (
        lambda clients: clients.client("s3").delete_bucket_replication(Bucket=STATE),
        f"S3 bucket {STATE}",
        "replication",
    ),
    "old versions never expire": (
        lambda clients: clients.client("s3").delete_bucket_lifecycle(Bucket=STATE),
        f"S3 bucket {STATE}",
        "lifecycle",
    ),
    "tags changed": (_spoil_tags, f"S3 bucket {STATE}", "tags"),
    "key not rotated": (
        lambda clients: clients.client("kms").disable_key_rotation(
            KeyId=clients.client("kms").describe_key(KeyId="alias/campus-prod-pulumi")["KeyMetadata"]["KeyId"]
        ),
        "KMS key alias/campus-prod-pulumi",
        "rotation",
    ),
    "leases not backed up": (_spoil_recovery, f"DynamoDB table {LEASES}", "point-in-time recovery"),
    "leases unprotected": (
        lambda clients: clients.client("dynamodb").update_table(TableName=LEASES, DeletionProtectionEnabled=False),
        f"DynamoDB table {LEASES}",
        "deletion protection",
    ),
    "trust open to everyone": (_spoil_trust, "IAM role campus-prod-deployer", "trust"),
    "preview may do more": (_spoil_permissions, "IAM role campus-prod-preview", "permissions"),
    "deployer unbound": (
        lambda clients: clients.client("iam").delete_role_permissions_boundary(RoleName="campus-prod-deployer"),
        "IAM role campus-prod-deployer",
        "boundary",
    ),
    "boundary opened": (_spoil_boundary, "IAM policy campus-prod-boundary", "document"),
    "deployer without its reads": (
        lambda clients: clients.client("iam").detach_role_policy(RoleName="campus-prod-deployer", PolicyArn=READS),
        "IAM role campus-prod-deployer",
        "policies",
    ),
    "deployer with another policy": (
        lambda clients: clients.client("iam").attach_role_policy(RoleName="campus-prod-deployer", PolicyArn=BOUNDARY),
        "IAM role campus-prod-deployer",
        "permissions",
    ),
    "longer sessions": (
        lambda clients: clients.client("iam").update_role(RoleName="campus-prod-deployer", MaxSessionDuration=43200),
        "IAM role campus-prod-deployer",
        "session seconds",
    ),
}


@pytest.mark.parametrize("case", DRIFT.values(), ids=DRIFT)
def test_drift_shows_as_a_change_and_is_repaired(clients: AwsClients, prod: AccountContext, case: Any) -> None:
    spoil, label, attribute = case
    _execute(clients, prod)
    spoil(clients)
    assert _wrong(clients, prod) == [(Change.CHANGE, label, (attribute,))]
    assert _execute(clients, prod) == [f"set {attribute} of {label}"]
    assert _wrong(clients, prod) == []


def test_tags_that_others_added_are_kept(clients: AwsClients, prod: AccountContext) -> None:
    _execute(clients, prod)
    _spoil_tags(clients)
    _execute(clients, prod)
    tags = {tag["Key"]: tag["Value"] for tag in clients.client("s3").get_bucket_tagging(Bucket=STATE)["TagSet"]}
    assert tags["their-own"] == "stays"
    assert tags["team"] == "student-safety"


def test_an_interrupted_run_resumes_at_any_step(clients: AwsClients, prod: AccountContext) -> None:
    class InterruptedRunError(Exception):
        pass

    total = 0
    while True:
        allowed = 2

        def tell(_sentence: str) -> None:
            nonlocal allowed
            allowed -= 1
            if allowed < 0:
                raise InterruptedRunError

        try:
            for action in to_do(_plan(clients, prod)):
                apply_action(clients, action, tell)
        except InterruptedRunError:
            total += 1
            continue
        break
    assert total > 10
    assert _wrong(clients, prod) == []
    keys = clients.client("kms").list_keys()["Keys"]
    assert len(keys) == 1, "an interruption leaves no second key behind"


def test_a_key_of_one_region_is_a_conflict(clients: AwsClients, prod: AccountContext) -> None:
    kms = clients.client("kms")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=prod.alias, TargetKeyId=key_id)
    (action,) = conflicts(_plan(clients, prod))
    assert (action.resource.label, action.attributes) == ("KMS key alias/campus-prod-pulumi", ("multi-region",))


def test_a_state_bucket_in_another_region_is_a_conflict(clients: AwsClients, prod: AccountContext) -> None:
    where = {"LocationConstraint": "eu-west-1"}
    clients.client("s3", "eu-west-1").create_bucket(Bucket=STATE, CreateBucketConfiguration=where)
    assert [action.attributes for action in conflicts(_plan(clients, prod))] == [("region",)]


def test_a_key_scheduled_for_deletion_is_reported_with_a_remedy(clients: AwsClients, prod: AccountContext) -> None:
    _execute(clients, prod)
    kms = clients.client("kms", "us-west-2")
    kms.schedule_key_deletion(KeyId=kms.describe_key(KeyId=prod.alias)["KeyMetadata"]["KeyId"])
    with pytest.raises(
        BootstrapError, match=r"would make the state unreadable.*aws kms cancel-key-deletion --region us-west-2"
    ):
        _plan(clients, prod)
