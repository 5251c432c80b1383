"""Replication groups, subnet and parameter groups, users."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


def cache(deps: Any, **more: Any) -> dict[str, Any]:
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
        "kmsKeyId": deps.key,
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "securityGroupIds": deps.security_groups[:1],
        "maintenanceWindow": "sun:08:30-sun:09:30",
        "snapshotWindow": "07:00-08:00",
        "snapshotRetentionLimit": 7,
        "tags": OLD,
        **more,
    }


def log(group: str) -> dict[str, str]:
    return {"logType": "slow-log", "logFormat": "json", "destinationType": "cloudwatch-logs", "destination": group}


def create_user(deps: Any, name: str, **more: Any) -> str:
    inputs = {
        "userId": name,
        "userName": name,
        "engine": "redis",
        "accessString": "on ~* +@all",
        "authenticationMode": {"type": "iam"},
    }
    return str(deps.engine.create("aws:elasticache/user:User", name, **{**inputs, **more}).id)


def default_user(deps: Any) -> str:
    """Create the user `default` without access. Every user group needs it."""
    return create_user(deps, "nobody", userName="default", authenticationMode={"type": "no-password-required"})


def parameter_group(deps: Any) -> str:
    token = "aws:elasticache/parameterGroup:ParameterGroup"
    return str(deps.engine.create(token, name="own", family="redis7").id)


CASES = [
    LifecycleCase(
        "aws:elasticache/subnetGroup:SubnetGroup",
        lambda deps: {"name": "data", "description": "old", "subnetIds": deps.subnets[:2], "tags": OLD},
        lambda deps: {"name": "data", "description": "new", "subnetIds": deps.subnets, "tags": NEW},
    ),
    LifecycleCase(
        "aws:elasticache/parameterGroup:ParameterGroup",
        lambda _deps: {
            "name": "own",
            "family": "redis7",
            "parameters": [{"name": "timeout", "value": "1"}],
            "tags": OLD,
        },
        lambda _deps: {
            "name": "own",
            "family": "redis7",
            "parameters": [{"name": "maxmemory-policy", "value": "volatile-lru"}],
            "tags": NEW,
        },
    ),
    LifecycleCase(
        "aws:elasticache/user:User",
        lambda _deps: {
            "userId": "services",
            "userName": "services",
            "engine": "redis",
            "accessString": "on ~* +@read",
            "authenticationMode": {"type": "iam"},
            "tags": OLD,
        },
        lambda _deps: {
            "userId": "services",
            "userName": "services",
            "engine": "redis",
            "accessString": "on ~* +@all",
            "authenticationMode": {"type": "iam"},
            "tags": NEW,
        },
    ),
    LifecycleCase(
        "aws:elasticache/user:User",
        lambda _deps: {
            "userId": "web",
            "userName": "web",
            "engine": "redis",
            "accessString": "on ~* +@read",
            "passwords": ["a-password-of-16-characters"],
        },
    ),
    LifecycleCase(
        "aws:elasticache/userGroup:UserGroup",
        lambda deps: {"userGroupId": "all", "engine": "redis", "userIds": [default_user(deps)], "tags": OLD},
        lambda deps: {
            "userGroupId": "all",
            "engine": "redis",
            "userIds": ["nobody", create_user(deps, "services")],
            "tags": NEW,
        },
    ),
    LifecycleCase(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        lambda deps: cache(deps, logDeliveryConfigurations=[log("slow")]),
        lambda deps: cache(
            deps,
            nodeType="cache.t4g.small",
            numCacheClusters=3,
            snapshotRetentionLimit=8,
            snapshotWindow="06:00-07:00",
            parameterGroupName=parameter_group(deps),
            userGroupIds=deps.cache_user_groups[:1],
            logDeliveryConfigurations=[{**log("engine"), "logType": "engine-log"}],
            tags=NEW,
        ),
    ),
]


def test_final_snapshot_is_created_on_delete(engine: Any, deps: Any, client: Any) -> None:
    token = "aws:elasticache/replicationGroup:ReplicationGroup"
    created = engine.create(token, **cache(deps, finalSnapshotIdentifier="sessions-final"))
    engine.delete(created)
    assert [snapshot["SnapshotName"] for snapshot in client("elasticache").describe_snapshots()["Snapshots"]] == [
        "sessions-final"
    ]
