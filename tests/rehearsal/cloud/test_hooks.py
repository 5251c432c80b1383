"""Resources created with boto3 are backed by real servers until their deletion."""

import base64
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from botocore.exceptions import ClientError
from kubernetes import client

from rehearsal.cloud import Emulator, hooks, moto_patches
from rehearsal.dataplanes import DataPlanes, ServerType
from rehearsal.home import Home
from tests.rehearsal.cloud.clients import EAST, WEST, aws, cluster, database, nodegroup
from tests.rehearsal.dataplanes.servers import binary, kill, running

pytestmark = pytest.mark.integration


@pytest.fixture
def planes(tmp_path: Path) -> Iterator[DataPlanes]:
    """Run an emulated cloud with data planes, whose servers stop with the test."""
    home = Home(tmp_path, "dev")
    home.make()
    planes = DataPlanes(home, binary)
    with Emulator(), moto_patches.apply(), hooks.attach(planes):
        yield planes
        planes.stop_all()
    assert running() == []


def sql(shown: Any, statement: str, **more: Any) -> list[Any]:
    """Run a statement on an instance that DescribeDBInstances returned."""
    settings = {"user": "campus", "password": "correct-horse", "dbname": "records", "sslmode": "require", **more}
    endpoint = shown["Endpoint"]
    with psycopg.connect(host=endpoint["Address"], port=endpoint["Port"], autocommit=True, **settings) as session:
        cursor = session.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def replica(source: Any, identifier: str = "records-dr", **more: Any) -> Any:
    arn = source["DBInstanceArn"]
    rds = aws("rds", WEST)
    return rds.create_db_instance_read_replica(DBInstanceIdentifier=identifier, SourceDBInstanceIdentifier=arn, **more)[
        "DBInstance"
    ]


def test_a_database_fails_over_to_another_region(planes: DataPlanes) -> None:
    primary = database()
    assert primary["DBInstanceStatus"] == "available"
    assert primary["Endpoint"]["Port"] == 5432
    sql(primary, "CREATE TABLE pupils (name text)")
    sql(primary, "INSERT INTO pupils VALUES ('Ada')")
    standby = replica(primary)
    assert sql(standby, "SELECT name FROM pupils") == [("Ada",)]
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        sql(standby, "INSERT INTO pupils VALUES ('Grace')")
    kill(planes.supervisor, "postgres.us-east-1")
    aws("rds", WEST).promote_read_replica(DBInstanceIdentifier="records-dr")
    (promoted,) = aws("rds", WEST).describe_db_instances()["DBInstances"]
    sql(promoted, "INSERT INTO pupils VALUES ('Grace')")
    assert len(sql(promoted, "SELECT * FROM pupils")) == 2
    for region, identifier in ((EAST, "records"), (WEST, "records-dr")):
        aws("rds", region).delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)
    assert running() == []
    assert planes.status() == ()


def test_a_database_obeys_modify_reboot_stop_and_start(planes: DataPlanes) -> None:
    rds, shown = aws("rds"), database()
    rds.modify_db_instance(DBInstanceIdentifier="records", MasterUserPassword="battery-staple", ApplyImmediately=True)
    assert sql(shown, "SELECT 1", password="battery-staple") == [(1,)]
    rds.reboot_db_instance(DBInstanceIdentifier="records")
    assert sql(shown, "SELECT 1", password="battery-staple") == [(1,)]
    rds.stop_db_instance(DBInstanceIdentifier="records")
    assert [(status.type, status.alive) for status in planes.status()] == [(ServerType.POSTGRES, False)]
    rds.start_db_instance(DBInstanceIdentifier="records")
    rds.modify_db_instance(DBInstanceIdentifier="records", NewDBInstanceIdentifier="Records-Old")
    (renamed,) = rds.describe_db_instances(DBInstanceIdentifier="records-old")["DBInstances"]
    assert renamed["Endpoint"] == shown["Endpoint"]
    assert sql(renamed, "SELECT 1", password="battery-staple") == [(1,)]


def test_a_password_that_rds_manages_is_in_its_secret(planes: DataPlanes) -> None:
    assert planes
    shown = database(ManageMasterUserPassword=True, MasterUserPassword="")
    secrets = aws("secretsmanager")
    text = secrets.get_secret_value(SecretId=shown["MasterUserSecret"]["SecretArn"])["SecretString"]
    assert sql(shown, "SELECT current_user", password=json.loads(text)["password"]) == [("campus",)]
    with pytest.raises(ClientError, match="rotating a managed password is not supported"):
        aws("rds").modify_db_instance(
            DBInstanceIdentifier="records", RotateMasterUserPassword=True, ApplyImmediately=True
        )


def test_a_snapshot_is_restored_with_its_rows(planes: DataPlanes) -> None:
    assert planes
    rds, shown = aws("rds"), database()
    sql(shown, "CREATE TABLE pupils AS SELECT 'Ada' AS name")
    rds.create_db_snapshot(DBInstanceIdentifier="records", DBSnapshotIdentifier="before")
    sql(shown, "DELETE FROM pupils")
    with pytest.raises(ClientError, match=r"records does not archive its write-ahead log, .*; take a snapshot"):
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="records", TargetDBInstanceIdentifier="earlier", UseLatestRestorableTime=True
        )
    rds.delete_db_instance(DBInstanceIdentifier="records", FinalDBSnapshotIdentifier="final")
    arn = rds.describe_db_snapshots(DBSnapshotIdentifier="before")["DBSnapshots"][0]["DBSnapshotArn"]
    west = aws("rds", WEST)
    west.copy_db_snapshot(SourceDBSnapshotIdentifier=arn, TargetDBSnapshotIdentifier="before", SourceRegion=EAST)
    for client_, name, rows in ((west, "before", [("Ada",)]), (rds, "final", [])):
        restored = client_.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier="restored", DBSnapshotIdentifier=name
        )["DBInstance"]
        assert sql(restored, "SELECT name FROM pupils") == rows
        client_.delete_db_snapshot(DBSnapshotIdentifier=name)
    automated = [
        snapshot["DBSnapshotIdentifier"]
        for snapshot in rds.describe_db_snapshots(SnapshotType="automated")["DBSnapshots"]
    ]
    with pytest.raises(ClientError, match=r"there is no snapshot .* in us-east-1"):
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="other", DBSnapshotIdentifier=automated[0])


def test_errors_of_a_database_server_are_aws_errors_and_leave_nothing(planes: DataPlanes) -> None:
    with pytest.raises(ClientError, match="MasterUserPassword must be provided"):
        database(MasterUserPassword="")
    with pytest.raises(ClientError, match=r"InsufficientDBInstanceCapacity.*rehearsal: .*rdsadmin"):
        database(MasterUsername="rdsadmin")
    source = database()
    replica(source)
    with pytest.raises(ClientError, match="master password of a read replica"):
        aws("rds", WEST).modify_db_instance(DBInstanceIdentifier="records-dr", MasterUserPassword="x" * 12)
    planes.databases.stop("records", EAST)
    with pytest.raises(ClientError, match=r"InsufficientDBInstanceCapacity.*Connection refused"):
        replica(source, "records-far")
    assert [item["DBInstanceIdentifier"] for item in aws("rds", WEST).describe_db_instances()["DBInstances"]] == [
        "records-dr"
    ]


def test_other_engines_stay_emulated(planes: DataPlanes) -> None:
    assert database(Engine="mysql")["Endpoint"]["Address"].endswith(".rds.amazonaws.com")
    assert planes.status() == ()


def kubernetes(shown: Any, planes: DataPlanes, region: str = EAST) -> Any:
    """Return a client for a cluster that DescribeCluster returned."""
    endpoint = planes.clusters.get(shown["name"], region)
    assert endpoint
    configuration = client.Configuration(
        host=shown["endpoint"],
        api_key={"authorization": f"Bearer {endpoint.token}"},
        ca_cert_data=base64.b64decode(shown["certificateAuthority"]["data"]).decode(),
    )
    return client.ApiClient(configuration)


def test_a_cluster_and_its_node_groups_are_real(planes: DataPlanes) -> None:
    shown, eks = cluster(version="1.33"), aws("eks")
    assert shown["status"] == "ACTIVE"
    group = nodegroup(
        instanceTypes=["m7g.large"],
        scalingConfig={"minSize": 1, "maxSize": 4, "desiredSize": 3},
        labels={"team": "core"},
    )
    assert group["status"] == "ACTIVE"
    with kubernetes(shown, planes) as api:
        core: Any = client.CoreV1Api(api)
        assert client.VersionApi(api).get_code().emulation_minor == "33"
        nodes = core.list_node(label_selector="team=core").items
        assert {node.metadata.labels["topology.kubernetes.io/zone"] for node in nodes} == {"us-east-1a", "us-east-1b"}
        assert {(node.status.capacity["cpu"], node.status.capacity["memory"]) for node in nodes} == {("2", "8Gi")}
        taint = {"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"}
        eks.update_nodegroup_config(
            clusterName="main",
            nodegroupName="general",
            scalingConfig={"desiredSize": 1},
            taints={"addOrUpdateTaints": [taint]},
        )
        (left,) = core.list_node().items
        assert left.metadata.name in {node.metadata.name for node in nodes}
        assert [item.key for item in left.spec.taints] == ["dedicated"]
        template = aws("ec2").create_launch_template(
            LaunchTemplateName="large", LaunchTemplateData={"InstanceType": "m7g.2xlarge"}
        )["LaunchTemplate"]["LaunchTemplateId"]
        nodegroup("other", scalingConfig={"desiredSize": 1}, launchTemplate={"id": template, "version": "1"})
        (other,) = core.list_node(label_selector="eks.amazonaws.com/nodegroup=other").items
        assert (other.status.capacity["cpu"], other.status.capacity["memory"]) == ("8", "32Gi")
        eks.update_cluster_version(name="main", version="1.34")
        assert client.VersionApi(api).get_code().emulation_minor == "34"
        for name in ("general", "other"):
            eks.delete_nodegroup(clusterName="main", nodegroupName=name)
        assert core.list_node().items == []
    eks.delete_cluster(name="main")
    assert running() == []
    assert planes.status() == ()


def test_errors_of_a_cluster_are_aws_errors_and_leave_nothing(planes: DataPlanes) -> None:
    with pytest.raises(ClientError, match=r"the cluster did not start: .*emulation version 1\.20 is not between"):
        cluster(version="1.20")
    assert aws("eks").list_clusters()["clusters"] == []
    assert running() == []
    cluster(version="1.34")
    with pytest.raises(ClientError, match=r"instance types do not exist: \[m99\.huge\]"):
        nodegroup(instanceTypes=["m99.huge"])
    with pytest.raises(ClientError, match=r"can't be changed to Kubernetes 1\.35"):
        aws("eks").update_cluster_version(name="main", version="1.35")
    assert aws("eks").describe_cluster(name="main")["cluster"]["version"] == "1.34"
    assert aws("eks").list_nodegroups(clusterName="main")["nodegroups"] == []
    assert planes.clusters.alive("main", EAST)


def test_clusters_and_databases_of_two_regions_start_side_by_side(planes: DataPlanes) -> None:
    failures: list[BaseException] = []

    def make(region: str) -> None:
        try:
            cluster(region=region)
            database(region=region)
        except BaseException as error:  # a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=make, args=(region,)) for region in (EAST, WEST)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    assert len(planes.status()) == 4
    assert all(status.alive for status in planes.status())


def test_everything_that_died_is_healed(planes: DataPlanes) -> None:
    database()
    cluster()
    vault = planes.vault.ensure()  # an HTTP request, which moto must let through
    for part in ("postgres", "kube-scheduler", "vault"):
        kill(planes.supervisor, part)
    assert [(status.type.value, status.alive) for status in planes.status()] == [
        ("kubernetes", False),
        ("postgres", False),
        ("vault", False),
    ]
    healed = planes.heal()
    assert [name.split(".")[0] for name in healed] == ["vault", "postgres", "kube-scheduler"]
    assert all(status.alive for status in planes.status())
    assert planes.vault.endpoint() == vault


def test_a_plane_that_can_not_be_healed_does_not_hold_up_the_others(planes: DataPlanes) -> None:
    shown = database()
    cluster()
    for part in ("postgres", "kwok"):
        kill(planes.supervisor, part)
    with socket.create_server((shown["Endpoint"]["Address"], shown["Endpoint"]["Port"])):
        with pytest.raises(Exception, match="its port was taken by another program"):
            planes.heal()
        assert planes.clusters.alive("main", EAST)
    planes.heal()
    assert sql(shown, "SELECT 1") == [(1,)]
