"""A database that is made from a snapshot is what the program asked for, and stays quiet."""

from typing import Any

INSTANCE = "aws:rds/instance:Instance"


def test_a_restored_database_gets_what_a_snapshot_does_not_hold(world: Any, ground: Any, client: Any) -> None:
    windows = {"backupWindow": "07:00-08:00", "maintenanceWindow": "sun:08:30-sun:09:30"}
    source = world.update(ground.database, **{**ground.database.inputs, **windows})
    rds = client("rds")
    rds.create_db_snapshot(DBInstanceIdentifier=source.id, DBSnapshotIdentifier="campus-dev-records-1")
    wanted = {
        **windows,
        "identifier": "restored",
        "snapshotIdentifier": "campus-dev-records-1",
        "engine": "postgres",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "maxAllocatedStorage": 50,
        "storageType": "gp3",
        "storageEncrypted": True,
        "kmsKeyId": ground.key,
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
        "vpcSecurityGroupIds": ground.groups[:1],
        "tags": {"data-classification": "synthetic"},
    }
    made = world.make(INSTANCE, **wanted)
    assert world.drift(made) == []
    (shown,) = rds.describe_db_instances(DBInstanceIdentifier="restored")["DBInstances"]
    assert (shown["BackupRetentionPeriod"], shown["MasterUsername"]) == (7, "campus")
    assert shown["KmsKeyId"] == ground.key
    replaced = world.diff(made, **{**wanted, "snapshotIdentifier": "campus-dev-records-2"}).changes
    assert [change.path for change in replaced if change.replace] == ["snapshotIdentifier"]
    world.delete(made)
    assert world.read(made) is None
