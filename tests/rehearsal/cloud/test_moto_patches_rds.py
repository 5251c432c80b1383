"""RDS with and without patches."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import EAST, WEST, aws, cloud, database


def replica(**more: Any) -> Any:
    source = aws("rds").describe_db_instances(DBInstanceIdentifier="records")["DBInstances"][0]["DBInstanceArn"]
    settings = {"DBInstanceIdentifier": "dr", "SourceDBInstanceIdentifier": source}
    return aws("rds", WEST).create_db_instance_read_replica(**{**settings, **more})["DBInstance"]


def delete(identifier: str, region: str = EAST, **more: Any) -> Any:
    options = {"SkipFinalSnapshot": True, **more}
    return aws("rds", region).delete_db_instance(DBInstanceIdentifier=identifier, **options)["DBInstance"]


def replicas_of_records() -> list[str]:
    (instance,) = aws("rds").describe_db_instances(DBInstanceIdentifier="records")["DBInstances"]
    return list(instance["ReadReplicaDBInstanceIdentifiers"])


def test_rds_engine_version() -> None:
    with cloud(patched=False):
        assert database()["EngineVersion"] == "9.3.3"
    with cloud(patched=True):
        assert database()["EngineVersion"] == "17.6"


def test_rds_replica_by_arn() -> None:
    with cloud(patched=False):
        database()
        replica()
        with pytest.raises(ValueError, match="x not in list"):
            delete("dr", WEST)
    with cloud(patched=True):
        database()
        replica()
        assert delete("dr", WEST)["DBInstanceStatus"] == "deleting"
        assert replicas_of_records() == []


def test_rds_replica_requirements() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    with cloud(patched=False):
        database(BackupRetentionPeriod=0, StorageEncrypted=True, KmsKeyId=key, Tags=[{"Key": "team", "Value": "data"}])
        replica()
        assert replica()["TagList"] == [{"Key": "team", "Value": "data"}]
    with cloud(patched=True):
        database(BackupRetentionPeriod=0)
        with pytest.raises(ClientError, match=r"InvalidDBInstanceState.*Automated backups are not enabled"):
            replica()
    with cloud(patched=True):
        database(StorageEncrypted=True, KmsKeyId=key, Tags=[{"Key": "team", "Value": "data"}])
        with pytest.raises(ClientError, match=r"InvalidParameterCombination.*KmsKeyId"):
            replica()
        created = replica(KmsKeyId=key.replace(EAST, WEST))
        assert created["TagList"] == []
        with pytest.raises(ClientError, match="DBInstanceAlreadyExists"):
            replica(KmsKeyId=key.replace(EAST, WEST))


def test_rds_promotion() -> None:
    with cloud(patched=False):
        database()
        replica()
        promoted = aws("rds", WEST).promote_read_replica(DBInstanceIdentifier="dr")["DBInstance"]
        assert promoted["ReadReplicaSourceDBInstanceIdentifier"]
        assert replicas_of_records()
    with cloud(patched=True):
        database()
        replica()
        promoted = aws("rds", WEST).promote_read_replica(DBInstanceIdentifier="dr")["DBInstance"]
        assert "ReadReplicaSourceDBInstanceIdentifier" not in promoted
        assert replicas_of_records() == []
        with pytest.raises(ClientError, match=r"InvalidDBInstanceState.*not a read replica"):
            aws("rds", WEST).promote_read_replica(DBInstanceIdentifier="dr")
        with pytest.raises(ClientError, match="DBInstanceNotFound"):
            aws("rds", WEST).promote_read_replica(DBInstanceIdentifier="nobody")


def test_rds_orphaned_replica() -> None:
    with cloud(patched=False):
        database()
        replica()
        delete("records")
        with pytest.raises(ClientError, match="DBInstanceNotFound"):
            delete("dr", WEST)
    with cloud(patched=True):
        database()
        replica()
        delete("records")
        assert delete("dr", WEST)["DBInstanceStatus"] == "deleting"


def test_rds_final_snapshot() -> None:
    with cloud(patched=False):
        database()
        assert delete("records", SkipFinalSnapshot=False)["DBInstanceStatus"] == "deleting"
    with cloud(patched=True):
        database()
        with pytest.raises(ClientError, match=r"InvalidParameterCombination.*FinalDBSnapshotIdentifier is required"):
            delete("records", SkipFinalSnapshot=False)
        delete("records", SkipFinalSnapshot=False, FinalDBSnapshotIdentifier="records-final")
        (snapshot,) = aws("rds").describe_db_snapshots(DBSnapshotIdentifier="records-final")["DBSnapshots"]
        assert snapshot["DBInstanceIdentifier"] == "records"


def test_rds_managed_password() -> None:
    def secret() -> Any:
        instance = database(ManageMasterUserPassword=True, MasterUserPassword="")
        arn = instance["MasterUserSecret"]["SecretArn"]
        return json.loads(aws("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])

    with cloud(patched=False):
        assert secret() == {"username": "admin", "password": "P@55w0rd!"}
    with cloud(patched=True):
        first = secret()
        assert first["username"] == "campus"
        assert len(first["password"]) >= 24
