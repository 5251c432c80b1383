"""Database instances, subnet and parameter groups, replicated backups."""

from typing import Any

import pytest

from rehearsal.providers.protocol import ProviderError
from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

INSTANCE = "aws:rds/instance:Instance"


def database(deps: Any, days: int, logs: list[str], size: str = "db.t4g.medium") -> dict[str, Any]:
    return {
        "engine": "postgres",
        "engineVersion": "17",
        "instanceClass": size,
        "allocatedStorage": 20,
        "storageEncrypted": True,
        "kmsKeyId": deps.key,
        "username": "campus",
        "password": "hunter22",
        "dbName": "records",
        "vpcSecurityGroupIds": deps.security_groups[:1],
        "multiAz": True,
        "backupRetentionPeriod": days,
        "backupWindow": "03:00-04:00",
        "maintenanceWindow": "sun:05:00-sun:06:00",
        "iamDatabaseAuthenticationEnabled": True,
        "performanceInsightsEnabled": True,
        "enabledCloudwatchLogsExports": logs,
        "skipFinalSnapshot": True,
        "applyImmediately": True,
    }


def replica(deps: Any, **more: Any) -> dict[str, Any]:
    return {
        "region": "us-west-2",
        "replicateSourceDb": deps.database.outputs["arn"],
        "instanceClass": "db.t4g.medium",
        "kmsKeyId": deps.western_key,
        "storageEncrypted": True,
        "skipFinalSnapshot": True,
        **more,
    }


def parameters(value: str) -> dict[str, Any]:
    return {"family": "postgres17", "parameters": [{"name": "log_min_duration_statement", "value": value}]}


CASES = [
    LifecycleCase(
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
        lambda deps: {
            "sourceDbInstanceArn": deps.database.outputs["arn"],
            "region": "us-west-2",
            "kmsKeyId": deps.western_key,
            "retentionPeriod": 30,
        },
        delete_first=True,
    ),
    LifecycleCase(
        "aws:rds/subnetGroup:SubnetGroup",
        lambda deps: {"subnetIds": deps.subnets[:2], "tags": OLD},
        lambda deps: {"subnetIds": deps.subnets[:2], "tags": NEW},
    ),
    LifecycleCase(
        "aws:rds/parameterGroup:ParameterGroup",
        lambda _deps: {**parameters("500"), "tags": OLD},
        lambda _deps: {**parameters("600"), "tags": NEW},
    ),
    LifecycleCase(
        "aws:rds/instance:Instance",
        lambda deps: {**database(deps, 7, ["postgresql"]), "tags": OLD},
        lambda deps: {**database(deps, 14, ["postgresql", "upgrade"], "db.m6g.large"), "tags": NEW},
    ),
    LifecycleCase("aws:rds/instance:Instance", replica, lambda deps: replica(deps, monitoringInterval=0, multiAz=True)),
]


def test_removing_the_source_promotes_a_replica(engine: Any, deps: Any) -> None:
    created = engine.create("aws:rds/instance:Instance", **replica(deps, identifier="records-dr"))
    alone = {name: value for name, value in replica(deps, identifier="records-dr").items() if "Source" not in name}
    difference = engine.diff(created, engine="postgres", username="campus", allocatedStorage=20, **alone)
    assert not any(change.replace for change in difference.changes if change.path == "replicateSourceDb")
    promoted = engine.update(created, engine="postgres", username="campus", allocatedStorage=20, **alone)
    assert promoted.outputs.get("replicateSourceDb") is None


def test_delete_requires_a_final_snapshot_or_skip_final_snapshot(engine: Any, deps: Any) -> None:
    inputs = {**database(deps, 7, []), "identifier": "careful", "skipFinalSnapshot": False}
    careful = engine.create("aws:rds/instance:Instance", **inputs)
    with pytest.raises(ProviderError, match="set finalSnapshotIdentifier, or skipFinalSnapshot"):
        engine.delete(careful)


def test_restored_database_gets_the_settings_that_a_snapshot_lacks(engine: Any, deps: Any, client: Any) -> None:
    windows = {"backupWindow": "07:00-08:00", "maintenanceWindow": "sun:08:30-sun:09:30"}
    source = engine.update(deps.database, **{**deps.database.inputs, **windows})
    rds = client("rds")
    rds.create_db_snapshot(DBInstanceIdentifier=source.id, DBSnapshotIdentifier="campus-dev-records-1")
    inputs = {
        **windows,
        "identifier": "restored",
        "snapshotIdentifier": "campus-dev-records-1",
        "engine": "postgres",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "maxAllocatedStorage": 50,
        "storageType": "gp3",
        "storageEncrypted": True,
        "kmsKeyId": deps.key,
        "password": "hunter2222",
        "port": 5432,
        "multiAz": False,
        "publiclyAccessible": False,
        "iamDatabaseAuthenticationEnabled": True,
        "backupRetentionPeriod": 7,
        "copyTagsToSnapshot": True,
        "deletionProtection": False,
        "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "performanceInsightsEnabled": True,
        "skipFinalSnapshot": True,
        "vpcSecurityGroupIds": deps.security_groups[:1],
        "tags": {"data-classification": "synthetic"},
    }
    created = engine.create(INSTANCE, **inputs)
    assert engine.drift(created) == []
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier="restored")["DBInstances"]
    assert (instance["BackupRetentionPeriod"], instance["MasterUsername"]) == (7, "campus")
    assert instance["KmsKeyId"] == deps.key
    replaced = engine.diff(created, **{**inputs, "snapshotIdentifier": "campus-dev-records-2"}).changes
    assert [change.path for change in replaced if change.replace] == ["snapshotIdentifier"]
    engine.delete(created)
    assert engine.read(created) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"engineVersion": "18"}, "The AllowMajorVersionUpgrade flag must be present"),
        ({"engineVersion": "16"}, "Cannot upgrade postgres from 17 to 16"),
        ({"allocatedStorage": 10}, "Invalid storage size for engine name postgres"),
        ({"parameterGroupName": "other-family"}, "Use a parameter group with DBParameterGroupFamily postgres17"),
    ],
)
def test_a_refused_change_can_be_taken_back(
    engine: Any, deps: Any, client: Any, change: dict[str, Any], message: str
) -> None:
    client("rds").create_db_parameter_group(
        DBParameterGroupName="other-family", DBParameterGroupFamily="postgres16", Description="other"
    )
    inputs = {**database(deps, 7, ["postgresql"]), "identifier": "kept"}
    created = engine.create(INSTANCE, **inputs)
    with pytest.raises(ProviderError, match=message):
        engine.update(created, **{**inputs, **change})
    assert engine.drift(created) == []
    assert engine.update(created, **{**inputs, "backupRetentionPeriod": 14}).outputs["backupRetentionPeriod"] == 14


def test_a_major_upgrade_moves_to_the_new_parameter_group(engine: Any, deps: Any) -> None:
    old = engine.create("aws:rds/parameterGroup:ParameterGroup", "old", family="postgres17")
    new = engine.create("aws:rds/parameterGroup:ParameterGroup", "new", family="postgres18")
    inputs = {**database(deps, 7, []), "identifier": "upgraded", "parameterGroupName": old.id}
    created = engine.create(INSTANCE, **inputs)
    target = {"engineVersion": "18", "parameterGroupName": new.id, "applyImmediately": True}
    with pytest.raises(ProviderError, match="AllowMajorVersionUpgrade"):
        engine.update(created, **{**inputs, **target})
    upgraded = engine.update(created, **{**inputs, **target, "allowMajorVersionUpgrade": True})
    assert (upgraded.outputs["engineVersion"], upgraded.outputs["parameterGroupName"]) == ("18", new.id)
    engine.delete(old)
    with pytest.raises(ProviderError, match="InvalidDBParameterGroupState"):
        engine.delete(new)


def test_dropping_the_source_promotes_a_replica_in_place(engine: Any, deps: Any, client: Any) -> None:
    plain = {"identifier": "copy", "instanceClass": "db.t4g.micro", "skipFinalSnapshot": True}
    replica = engine.create(INSTANCE, **plain, replicateSourceDb=deps.database.id)
    written = {name: replica.outputs[name] for name in ("engine", "username", "allocatedStorage")}
    for inputs in (plain, {**plain, **written}):
        changes = engine.diff(replica, **inputs).changes
        assert [(change.path, change.replace) for change in changes] == [("replicateSourceDb", False)]
    (instance,) = client("rds").describe_db_instances(DBInstanceIdentifier="copy")["DBInstances"]
    created_at = instance["InstanceCreateTime"]
    promoted = engine.update(replica, **plain)
    assert engine.drift(promoted) == []
    (instance,) = client("rds").describe_db_instances(DBInstanceIdentifier="copy")["DBInstances"]
    assert instance["InstanceCreateTime"] == created_at, "the instance is not created again"
    assert "ReadReplicaSourceDBInstanceIdentifier" not in instance
    assert engine.diff(promoted, **plain, **written).changes == ()
