"""Caches, backup vaults and plans, bucket notifications and replicated backups live through create, change, delete."""

import json
from typing import Any

import pytest

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}
CACHE, BACKUP = "aws:elasticache", "aws:backup"
DENIED = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}


class Parts:
    """What caches and backups stand on, made when asked for."""

    def __init__(self, world: Any, ground: Any) -> None:
        self.world, self.ground = world, ground

    def user(self, name: str, **more: Any) -> str:
        wanted = {
            "userId": name,
            "userName": name,
            "engine": "redis",
            "accessString": "on ~* +@all",
            "authenticationMode": {"type": "iam"},
        }
        return str(self.world.make(f"{CACHE}/user:User", name, **{**wanted, **more}).id)

    def nobody(self) -> str:
        return self.user("nobody", userName="default", authenticationMode={"type": "no-password-required"})

    def users(self) -> str:
        kind = f"{CACHE}/userGroup:UserGroup"
        made = self.world.make(kind, userGroupId="all", engine="redis", userIds=[self.nobody()])
        return str(made.id)

    def subnets(self) -> str:
        kind = f"{CACHE}/subnetGroup:SubnetGroup"
        return str(self.world.make(kind, name="data", subnetIds=self.ground.subnets).id)

    def parameters(self) -> str:
        return str(self.world.make(f"{CACHE}/parameterGroup:ParameterGroup", name="own", family="redis7").id)

    def vault(self) -> str:
        return str(self.world.make(f"{BACKUP}/vault:Vault", name="ground").id)

    def plan(self) -> str:
        rules = [{"ruleName": "daily", "targetVaultName": "ground"}]
        return str(self.world.make(f"{BACKUP}/plan:Plan", name="ground", rules=rules).id)


def cache(p: Parts, **more: Any) -> dict[str, Any]:
    return {
        "replicationGroupId": "sessions",
        "description": "sessions",
        "engine": "redis",
        "engineVersion": "7.1",
        "nodeType": "cache.t4g.micro",
        "numCacheClusters": 2,
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "port": 6379,
        "atRestEncryptionEnabled": True,
        "kmsKeyId": p.ground.key,
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "securityGroupIds": p.ground.groups[:1],
        "maintenanceWindow": "sun:08:30-sun:09:30",
        "snapshotWindow": "07:00-08:00",
        "snapshotRetentionLimit": 7,
        "tags": OLD,
        **more,
    }


def log(group: str) -> dict[str, str]:
    return {"logType": "slow-log", "logFormat": "json", "destinationType": "cloudwatch-logs", "destination": group}


def rule(days: int) -> dict[str, Any]:
    lifecycle = {"deleteAfter": days}
    copy = {"destinationVaultArn": "arn:aws:backup:us-west-2:123456789012:backup-vault:dr", "lifecycle": lifecycle}
    return {
        "ruleName": "daily",
        "targetVaultName": "ground",
        "schedule": "cron(0 4 * * ? *)",
        "scheduleExpressionTimezone": "Etc/UTC",
        "startWindow": 60,
        "completionWindow": 180,
        "lifecycle": lifecycle,
        "copyActions": [copy],
        "recoveryPointTags": {"team": "core"},
    }


CASES: dict[str, Any] = {
    f"{CACHE}/subnetGroup:SubnetGroup": (
        lambda p: {"name": "data", "description": "old", "subnetIds": p.ground.subnets[:2], "tags": OLD},
        lambda p: {"name": "data", "description": "new", "subnetIds": p.ground.subnets, "tags": NEW},
    ),
    f"{CACHE}/parameterGroup:ParameterGroup": (
        lambda _p: {"name": "own", "family": "redis7", "parameters": [{"name": "timeout", "value": "1"}], "tags": OLD},
        lambda _p: {
            "name": "own",
            "family": "redis7",
            "parameters": [{"name": "maxmemory-policy", "value": "volatile-lru"}],
            "tags": NEW,
        },
    ),
    f"{CACHE}/user:User": (
        lambda _p: {
            "userId": "services",
            "userName": "services",
            "engine": "redis",
            "accessString": "on ~* +@read",
            "authenticationMode": {"type": "iam"},
            "tags": OLD,
        },
        lambda _p: {
            "userId": "services",
            "userName": "services",
            "engine": "redis",
            "accessString": "on ~* +@all",
            "authenticationMode": {"type": "iam"},
            "tags": NEW,
        },
    ),
    f"{CACHE}/userGroup:UserGroup": (
        lambda p: {"userGroupId": "all", "engine": "redis", "userIds": [p.nobody()], "tags": OLD},
        lambda p: {"userGroupId": "all", "engine": "redis", "userIds": ["nobody", p.user("services")], "tags": NEW},
    ),
    f"{CACHE}/replicationGroup:ReplicationGroup": (
        lambda p: cache(p, logDeliveryConfigurations=[log("slow")]),
        lambda p: cache(
            p,
            nodeType="cache.t4g.small",
            numCacheClusters=3,
            snapshotRetentionLimit=8,
            snapshotWindow="06:00-07:00",
            parameterGroupName=p.parameters(),
            userGroupIds=[p.users()],
            logDeliveryConfigurations=[{**log("engine"), "logType": "engine-log"}],
            tags=NEW,
        ),
    ),
    f"{BACKUP}/vault:Vault": (
        lambda p: {"name": "backups", "kmsKeyArn": p.ground.key, "tags": OLD},
        lambda p: {"name": "backups", "kmsKeyArn": p.ground.key, "forceDestroy": True, "tags": NEW},
    ),
    f"{BACKUP}/vaultLockConfiguration:VaultLockConfiguration": (
        lambda p: {"backupVaultName": p.vault(), "minRetentionDays": 30, "maxRetentionDays": 366},
        None,
    ),
    f"{BACKUP}/vaultPolicy:VaultPolicy": (
        lambda p: {"backupVaultName": p.vault(), "policy": json.dumps({"Statement": [DENIED]})},
        lambda _p: {"backupVaultName": "ground", "policy": json.dumps({"Statement": []})},
    ),
    f"{BACKUP}/vaultNotifications:VaultNotifications": (
        lambda p: {
            "backupVaultName": p.vault(),
            "snsTopicArn": p.ground.topic,
            "backupVaultEvents": ["COPY_JOB_FAILED", "BACKUP_JOB_COMPLETED"],
        },
        None,
    ),
    f"{BACKUP}/plan:Plan": (
        lambda _p: {"name": "daily", "rules": [rule(30)], "tags": OLD},
        lambda _p: {"name": "daily", "rules": [rule(35)], "tags": NEW},
    ),
    f"{BACKUP}/selection:Selection": (
        lambda p: {
            "name": "records",
            "planId": p.plan(),
            "iamRoleArn": p.ground.role.outputs["arn"],
            "resources": ["arn:aws:rds:us-east-1:123456789012:db:records"],
        },
        None,
    ),
    "aws:s3/bucketNotification:BucketNotification": (
        lambda p: {
            "bucket": p.ground.bucket,
            "topics": [{"id": "late", "topicArn": p.ground.topic, "events": ["s3:Replication:*"]}],
        },
        lambda p: {
            "bucket": p.ground.bucket,
            "topics": [
                {
                    "id": "late",
                    "topicArn": p.ground.topic,
                    "events": ["s3:ObjectRemoved:*"],
                    "filterPrefix": "evidence/",
                }
            ],
        },
    ),
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": (
        lambda p: {
            "sourceDbInstanceArn": p.ground.database.outputs["arn"],
            "region": "us-west-2",
            "kmsKeyId": p.ground.western_key,
            "retentionPeriod": 30,
        },
        None,
    ),
}


@pytest.mark.parametrize("token", CASES, ids=lambda token: token.split(":")[2])
def test_what_keeps_data_lives_and_goes(token: str, world: Any, ground: Any, live_through: Any) -> None:
    first, second = CASES[token]
    parts = Parts(world, ground)
    lived = live_through(token, first(parts), second and second(parts))
    assert world.read(lived) is None


def test_a_compliance_lock_replaces_when_it_changes(world: Any, ground: Any) -> None:
    kind = f"{BACKUP}/vaultLockConfiguration:VaultLockConfiguration"
    lock = {"backupVaultName": Parts(world, ground).vault(), "minRetentionDays": 30, "changeableForDays": 3}
    made = world.make(kind, **lock)
    assert [change.replace for change in world.diff(made, **{**lock, "minRetentionDays": 7}).changes] == [True]


@pytest.mark.parametrize(
    ("token", "replacing", "in_place"),
    [
        (
            f"{CACHE}/replicationGroup:ReplicationGroup",
            {"replicationGroupId", "kmsKeyId", "port", "subnetGroupName", "atRestEncryptionEnabled"},
            {"nodeType", "numCacheClusters", "engineVersion", "userGroupIds", "snapshotRetentionLimit", "authToken"},
        ),
        (f"{CACHE}/user:User", {"userId", "userName"}, {"accessString", "authenticationMode"}),
        (f"{BACKUP}/vault:Vault", {"name", "kmsKeyArn"}, {"forceDestroy"}),
        (f"{BACKUP}/selection:Selection", {"name", "planId", "iamRoleArn", "resources"}, set()),
        (f"{BACKUP}/plan:Plan", set(), {"rules"}),
    ],
)
def test_what_replaces_data_keepers_in_the_real_provider_replaces_them_here(
    provider: Any, token: str, replacing: set[str], in_place: set[str]
) -> None:
    found = provider.plan(token).replacing
    assert replacing <= found
    assert not in_place & found


def test_a_cache_snapshot_is_left_behind_when_the_program_says_so(world: Any, ground: Any, client: Any) -> None:
    kind = f"{CACHE}/replicationGroup:ReplicationGroup"
    made = world.make(kind, **cache(Parts(world, ground), finalSnapshotIdentifier="sessions-final"))
    world.delete(made)
    assert [one["SnapshotName"] for one in client("elasticache").describe_snapshots()["Snapshots"]] == [
        "sessions-final"
    ]
