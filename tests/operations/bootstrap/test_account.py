"""Plans carried out in an emulated account, with the real boto3."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from operations.bootstrap.account import carry_out, look
from operations.bootstrap.cloud import BootstrapError, Cloud
from operations.bootstrap.desired import pieces
from operations.bootstrap.place import Place
from operations.bootstrap.plan import Action, Verb, conflicts, plan, to_do

STATE, COPY, LEASES = "campus-prod-pulumi-state", "campus-prod-pulumi-state-dr", "campus-prod-leases"


def _plan(cloud: Cloud, place: Place) -> tuple[Action, ...]:
    wanted = pieces(place)
    return plan(wanted, look(cloud, wanted))


def _execute(cloud: Cloud, place: Place) -> list[str]:
    steps: list[str] = []
    for action in to_do(_plan(cloud, place)):
        carry_out(cloud, action, steps.append)
    return steps


def _wrong(cloud: Cloud, place: Place) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(action.verb, action.piece.label, action.aspects) for action in _plan(cloud, place) if action.aspects]


def test_an_empty_account_needs_everything(cloud: Cloud, prod: Place) -> None:
    assert {action.verb for action in _plan(cloud, prod)} == {Verb.CREATE}


def test_afterwards_nothing_is_left_to_do(cloud: Cloud, prod: Place) -> None:
    assert _execute(cloud, prod)
    assert _wrong(cloud, prod) == []
    assert _execute(cloud, prod) == []


def test_an_environment_in_one_region_is_complete_too(cloud: Cloud, single: Place) -> None:
    _execute(cloud, single)
    assert _wrong(cloud, single) == []
    assert [bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]] == [STATE]


def test_looking_changes_nothing(cloud: Cloud, prod: Place) -> None:
    _plan(cloud, prod)
    assert cloud.client("s3").list_buckets()["Buckets"] == []
    assert cloud.client("iam").list_roles()["Roles"] == []
    assert cloud.client("dynamodb").list_tables()["TableNames"] == []


def test_what_one_region_encrypted_can_be_read_in_the_other(cloud: Cloud, prod: Place) -> None:
    _execute(cloud, prod)
    metadata = [cloud.client("kms", region).describe_key(KeyId=prod.alias)["KeyMetadata"] for region in prod.regions]
    assert metadata[0]["KeyId"] == metadata[1]["KeyId"]
    assert [each["MultiRegionConfiguration"]["MultiRegionKeyType"] for each in metadata] == ["PRIMARY", "REPLICA"]


def test_state_is_copied_to_the_dr_region_under_its_key(cloud: Cloud, prod: Place) -> None:
    _execute(cloud, prod)
    s3 = cloud.client("s3")
    (rule,) = s3.get_bucket_replication(Bucket=STATE)["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{COPY}"
    key = rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"]
    assert key == "arn:aws:kms:us-west-2:123456789012:alias/campus-prod-pulumi"
    assert s3.get_bucket_location(Bucket=COPY)["LocationConstraint"] == "us-west-2"


def test_leases_cannot_be_lost_and_run_out(cloud: Cloud, prod: Place) -> None:
    _execute(cloud, prod)
    dynamodb = cloud.client("dynamodb")
    with pytest.raises(ClientError, match=r"(?i)deletion"):
        dynamodb.delete_table(TableName=LEASES)
    assert dynamodb.describe_time_to_live(TableName=LEASES)["TimeToLiveDescription"]["AttributeName"] == "expiresAt"


def _spoil_versioning(cloud: Cloud) -> None:
    cloud.client("s3").put_bucket_versioning(Bucket=STATE, VersioningConfiguration={"Status": "Suspended"})


def _spoil_trust(cloud: Cloud) -> None:
    document = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
    )
    cloud.client("iam").update_assume_role_policy(RoleName="campus-prod-deployer", PolicyDocument=document)


def _spoil_permissions(cloud: Cloud) -> None:
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    cloud.client("iam").put_role_policy(RoleName="campus-prod-preview", PolicyName="more", PolicyDocument=document)


def _spoil_boundary(cloud: Cloud) -> None:
    """Five times, so that there is no room for another version."""
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    for _ in range(4):
        cloud.client("iam").create_policy_version(
            PolicyArn="arn:aws:iam::123456789012:policy/campus-prod-boundary",
            PolicyDocument=document,
            SetAsDefault=True,
        )


def _spoil_recovery(cloud: Cloud) -> None:
    off = {"PointInTimeRecoveryEnabled": False}
    cloud.client("dynamodb").update_continuous_backups(TableName=LEASES, PointInTimeRecoverySpecification=off)


def _spoil_tags(cloud: Cloud) -> None:
    tags = [{"Key": "team", "Value": "nobody"}, {"Key": "their-own", "Value": "stays"}]
    cloud.client("s3").put_bucket_tagging(Bucket=STATE, Tagging={"TagSet": tags})


DRIFT: dict[str, tuple[Callable[[Cloud], Any], str, str]] = {
    "versioning off": (_spoil_versioning, f"S3 bucket {STATE}", "versioning"),
    "public access open": (
        lambda cloud: cloud.client("s3").delete_public_access_block(Bucket=STATE),
        f"S3 bucket {STATE}",
        "public access block",
    ),
    "plain HTTP let in": (
        lambda cloud: cloud.client("s3").delete_bucket_policy(Bucket=STATE),
        f"S3 bucket {STATE}",
        "policy",
    ),
    "encryption of the copy gone": (
        lambda cloud: cloud.client("s3", "us-west-2").delete_bucket_encryption(Bucket=COPY),
        f"S3 bucket {COPY}",
        "encryption",
    ),
    "copies stopped": (
        lambda cloud: cloud.client("s3").delete_bucket_replication(Bucket=STATE),
        f"S3 bucket {STATE}",
        "replication",
    ),
    "old versions kept for ever": (
        lambda cloud: cloud.client("s3").delete_bucket_lifecycle(Bucket=STATE),
        f"S3 bucket {STATE}",
        "lifecycle",
    ),
    "tags changed": (_spoil_tags, f"S3 bucket {STATE}", "tags"),
    "key not rotated": (
        lambda cloud: cloud.client("kms").disable_key_rotation(
            KeyId=cloud.client("kms").describe_key(KeyId="alias/campus-prod-pulumi")["KeyMetadata"]["KeyId"]
        ),
        "KMS key alias/campus-prod-pulumi",
        "rotation",
    ),
    "leases not backed up": (_spoil_recovery, f"DynamoDB table {LEASES}", "point-in-time recovery"),
    "leases unprotected": (
        lambda cloud: cloud.client("dynamodb").update_table(TableName=LEASES, DeletionProtectionEnabled=False),
        f"DynamoDB table {LEASES}",
        "deletion protection",
    ),
    "anybody deploys": (_spoil_trust, "IAM role campus-prod-deployer", "trust"),
    "preview may do more": (_spoil_permissions, "IAM role campus-prod-preview", "permissions"),
    "deployer unbound": (
        lambda cloud: cloud.client("iam").delete_role_permissions_boundary(RoleName="campus-prod-deployer"),
        "IAM role campus-prod-deployer",
        "boundary",
    ),
    "boundary opened": (_spoil_boundary, "IAM policy campus-prod-boundary", "document"),
    "longer sessions": (
        lambda cloud: cloud.client("iam").update_role(RoleName="campus-prod-deployer", MaxSessionDuration=43200),
        "IAM role campus-prod-deployer",
        "session seconds",
    ),
}


@pytest.mark.parametrize("case", DRIFT.values(), ids=DRIFT)
def test_drift_shows_as_a_change_and_is_mended(cloud: Cloud, prod: Place, case: Any) -> None:
    spoil, label, aspect = case
    _execute(cloud, prod)
    spoil(cloud)
    assert _wrong(cloud, prod) == [(Verb.CHANGE, label, (aspect,))]
    assert _execute(cloud, prod) == [f"set {aspect} of {label}"]
    assert _wrong(cloud, prod) == []


def test_tags_that_somebody_added_stay(cloud: Cloud, prod: Place) -> None:
    _execute(cloud, prod)
    _spoil_tags(cloud)
    _execute(cloud, prod)
    tags = {tag["Key"]: tag["Value"] for tag in cloud.client("s3").get_bucket_tagging(Bucket=STATE)["TagSet"]}
    assert tags["their-own"] == "stays"
    assert tags["team"] == "student-safety"


def test_an_interrupted_run_is_taken_up_wherever_it_stopped(cloud: Cloud, prod: Place) -> None:
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
            for action in to_do(_plan(cloud, prod)):
                carry_out(cloud, action, tell)
        except InterruptedRunError:
            total += 1
            continue
        break
    assert total > 10
    assert _wrong(cloud, prod) == []
    keys = cloud.client("kms").list_keys()["Keys"]
    assert len(keys) == 1, "an interruption leaves no second key behind"


def test_a_key_of_one_region_cannot_be_made_right(cloud: Cloud, prod: Place) -> None:
    kms = cloud.client("kms")
    made = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=prod.alias, TargetKeyId=made)
    (action,) = conflicts(_plan(cloud, prod))
    assert (action.piece.label, action.aspects) == ("KMS key alias/campus-prod-pulumi", ("multi-region",))


def test_a_state_bucket_in_another_region_cannot_be_made_right(cloud: Cloud, prod: Place) -> None:
    where = {"LocationConstraint": "eu-west-1"}
    cloud.client("s3", "eu-west-1").create_bucket(Bucket=STATE, CreateBucketConfiguration=where)
    assert [action.aspects for action in conflicts(_plan(cloud, prod))] == [("region",)]


def test_a_key_that_is_being_deleted_is_told_with_the_way_back(cloud: Cloud, prod: Place) -> None:
    _execute(cloud, prod)
    kms = cloud.client("kms", "us-west-2")
    kms.schedule_key_deletion(KeyId=kms.describe_key(KeyId=prod.alias)["KeyMetadata"]["KeyId"])
    with pytest.raises(
        BootstrapError, match=r"could never be read again.*aws kms cancel-key-deletion --region us-west-2"
    ):
        _plan(cloud, prod)
