"""Changes that RDS refuses, with and without patches.

A refused change leaves the instance as it was.
"""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud.moto_patches.rds_refusals import is_downgrade, major_version
from tests.rehearsal.cloud.clients import WEST, aws, cloud, database, network


def group(name: str, family: str, region: str = "us-east-1") -> None:
    aws("rds", region).create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily=family, Description=name
    )


def parameter_group(instance: Any) -> str:
    return str(instance["DBParameterGroups"][0]["DBParameterGroupName"])


def change(**settings: Any) -> Any:
    request = {"DBInstanceIdentifier": "records", "ApplyImmediately": True, **settings}
    return aws("rds").modify_db_instance(**request)["DBInstance"]


def records() -> Any:
    """Return the instance without its latest restorable time, which always changes."""
    (instance,) = aws("rds").describe_db_instances(DBInstanceIdentifier="records")["DBInstances"]
    return {name: value for name, value in instance.items() if name != "LatestRestorableTime"}


def refused(message: str, **settings: Any) -> None:
    before = records()
    with pytest.raises(ClientError, match=message):
        change(**settings)
    assert records() == before


def test_rds_version_change() -> None:
    with cloud(patched=False):
        database(EngineVersion="16.4")
        assert change(EngineVersion="17.2")["EngineVersion"] == "17.2"
        assert change(EngineVersion="15.1")["EngineVersion"] == "15.1"
    with cloud(patched=True):
        group("own16", "postgres16")
        group("own17", "postgres17")
        database(EngineVersion="16.4", DBParameterGroupName="own16")
        flag = r"InvalidParameterCombination.*The AllowMajorVersionUpgrade flag must be present"
        refused(flag, EngineVersion="17.2", DBParameterGroupName="own17")
        refused(flag, EngineVersion="17", NewDBInstanceIdentifier="renamed", BackupRetentionPeriod=30)
        refused(r"Cannot upgrade postgres from 16\.4 to 16\.3", EngineVersion="16.3", MultiAZ=True)
        refused(r"Cannot upgrade postgres from 16\.4 to 15", EngineVersion="15", AllowMajorVersionUpgrade=True)
        refused(r"parameter group own16 is custom", EngineVersion="17.2", AllowMajorVersionUpgrade=True)
        assert change(EngineVersion="16.5")["EngineVersion"] == "16.5"
        upgraded = change(EngineVersion="17.2", AllowMajorVersionUpgrade=True, DBParameterGroupName="own17")
        assert upgraded["EngineVersion"] == "17.2"


def test_rds_parameter_group_family() -> None:
    with cloud(patched=False):
        group("own17", "postgres17")
        database(EngineVersion="16.4", DBParameterGroupName="own17")
        assert (
            database("other", EngineVersion="16")["DBParameterGroups"][0]["DBParameterGroupName"] == "default.postgres"
        )
    with cloud(patched=True):
        message = (
            "InvalidParameterCombination.*The parameter group own17 with DBParameterGroupFamily postgres17 can't be "
            "used for this instance. Use a parameter group with DBParameterGroupFamily postgres16."
        )
        group("own17", "postgres17")
        with pytest.raises(ClientError, match=message):
            database(EngineVersion="16.4", DBParameterGroupName="own17")
        shown = database(EngineVersion="16")
        assert parameter_group(shown) == "default.postgres16"
        refused(message, DBParameterGroupName="own17", AllocatedStorage=50)
        group("west17", "postgres17", WEST)
        with pytest.raises(ClientError, match="west17 with DBParameterGroupFamily postgres17"):
            aws("rds", WEST).create_db_instance_read_replica(
                DBInstanceIdentifier="dr",
                SourceDBInstanceIdentifier=shown["DBInstanceArn"],
                DBParameterGroupName="west17",
            )
        assert records()["ReadReplicaDBInstanceIdentifiers"] == []


def test_rds_less_storage() -> None:
    with cloud(patched=False):
        database(AllocatedStorage=100)
        assert change(AllocatedStorage=50)["AllocatedStorage"] == 50
    with cloud(patched=True):
        database(AllocatedStorage=100, StorageType="gp3")
        message = "InvalidParameterCombination.*Invalid storage size for engine name postgres and storage type gp3: 50"
        refused(message, AllocatedStorage=50, BackupRetentionPeriod=30)
        assert change(AllocatedStorage=100)["AllocatedStorage"] == 100
        assert change(AllocatedStorage=200)["AllocatedStorage"] == 200


def test_rds_groups_in_use() -> None:
    def create() -> Any:
        group("own17", "postgres17")
        _, subnets = network()
        aws("rds").create_db_subnet_group(DBSubnetGroupName="data", DBSubnetGroupDescription="data", SubnetIds=subnets)
        database(DBParameterGroupName="own17", DBSubnetGroupName="data")
        return aws("rds")

    with cloud(patched=False):
        rds = create()
        rds.delete_db_parameter_group(DBParameterGroupName="own17")
        rds.delete_db_subnet_group(DBSubnetGroupName="data")
    with cloud(patched=True):
        rds = create()
        before = records()
        with pytest.raises(ClientError, match=r"InvalidDBParameterGroupState.*still members of this parameter group"):
            rds.delete_db_parameter_group(DBParameterGroupName="own17")
        with pytest.raises(ClientError, match=r"InvalidDBSubnetGroupStateFault.*instance: records is still using it"):
            rds.delete_db_subnet_group(DBSubnetGroupName="data")
        assert records() == before
        rds.delete_db_instance(DBInstanceIdentifier="records", SkipFinalSnapshot=True)
        rds.delete_db_parameter_group(DBParameterGroupName="own17")
        rds.delete_db_subnet_group(DBSubnetGroupName="data")


@pytest.mark.parametrize(
    ("current", "target", "lower"),
    [
        ("16.10", "16.9", True),
        ("16.9", "16.10", False),
        ("16.4", "16", False),
        ("16", "16.1", False),
        ("17", "16.9", True),
        ("9.6.24", "10.1", False),
    ],
)
def test_versions_are_compared_as_numbers(current: str, target: str, *, lower: bool) -> None:
    assert is_downgrade(current, target) is lower


def test_major_versions_of_mysql_have_two_components() -> None:
    assert (major_version("mysql", "8.0.39"), major_version("postgres", "16.4")) == ("8.0", "16")
