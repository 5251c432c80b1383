"""RDS: instances (primary, replica, restored), subnet and parameter groups."""

from collections.abc import Iterator
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import Auto, Look, ResourceType, Step, of_item, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work
from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import Properties

PARAMETERS_A_CALL = 20
"""How many parameters AWS takes at once."""

_TARGET = lambda work: {"ResourceName": work.get("arn")}  # noqa: E731  # used by both below
INSTANCE_TAGS = TagCalls("add_tags_to_resource", "remove_tags_from_resource", _TARGET)
RDS_TAGS = TagCalls("add_tags_to_resource", "remove_tags_from_resource", _TARGET, list="list_tags_for_resource")

_NAMES = {
    "arn": "DBInstanceArn",
    "backupWindow": "PreferredBackupWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "customerOwnedIpEnabled": "EnableCustomerOwnedIp",
    "dbName": "DBName",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "masterUserSecrets": "MasterUserSecret",
    "parameterGroupName": "DBParameterGroupName",
    "password": "MasterUserPassword",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "replicas": "ReadReplicaDBInstanceIdentifiers",
    "replicateSourceDb": "SourceDBInstanceIdentifier",
    "resourceId": "DbiResourceId",
    "snapshotIdentifier": "DBSnapshotIdentifier",
    "status": "DBInstanceStatus",
    "username": "MasterUsername",
}


def _is(name: str) -> Any:
    return lambda work: bool(work.new.get(name))


def _restore(work: Work) -> Args:
    """Arguments of a restore to a point in time."""
    wanted = work.new["restoreToPointInTime"]
    return {
        "TargetDBInstanceIdentifier": work.new["identifier"],
        "SourceDBInstanceIdentifier": wanted.get("sourceDbInstanceIdentifier"),
        "SourceDbiResourceId": wanted.get("sourceDbiResourceId"),
        "SourceDBInstanceAutomatedBackupsArn": wanted.get("sourceDbInstanceAutomatedBackupsArn"),
        "RestoreTime": wanted.get("restoreTime"),
        "UseLatestRestorableTime": wanted.get("useLatestRestorableTime"),
    }


def _immediately(work: Work) -> Args:
    port = work.new.get("port")
    changed = not work.creating and port is not None and port != work.old.get("port")
    return {
        "ApplyImmediately": bool(work.new.get("applyImmediately")) or work.creating,
        "AllowMajorVersionUpgrade": work.new.get("allowMajorVersionUpgrade"),
        "DBPortNumber": port if changed else None,
    }


def _write_only(work: Work) -> Args:
    password = work.new.get("passwordWo")
    return {"MasterUserPassword": password} if password else {}


def _change_write_only(work: Work) -> None:
    """A write-only password is sent again when its version changes."""
    change = {"DBInstanceIdentifier": work.id, "ApplyImmediately": True, **_write_only(work)}
    work.call("modify_db_instance", change)


def _promote(work: Work) -> None:
    """Leaving the source out makes a replica a primary; it can't get another source."""
    if work.new.get("replicateSourceDb"):
        raise ProviderError(f"{work.id} can't become a replica of another source: make a new instance")
    retention = {"BackupRetentionPeriod": work.new.get("backupRetentionPeriod")}
    work.call("promote_read_replica", {"DBInstanceIdentifier": work.id, **retention})


def _log_exports(work: Work) -> None:
    name = "enabledCloudwatchLogsExports"
    old, new = set(work.old.get(name) or []), set(work.new.get(name) or [])
    change = {"EnableLogTypes": sorted(new - old), "DisableLogTypes": sorted(old - new)}
    work.call(
        "modify_db_instance",
        {"DBInstanceIdentifier": work.id, "CloudwatchLogsExportConfiguration": change, "ApplyImmediately": True},
    )


def _delete(work: Work) -> Args:
    final = work.get("finalSnapshotIdentifier")
    skip = bool(work.get("skipFinalSnapshot"))
    if not skip and not final and not work.get("replicateSourceDb"):
        raise ProviderError(
            f"{work.id} can't be deleted: set finalSnapshotIdentifier, or skipFinalSnapshot to lose its data"
        )
    return {
        "DBInstanceIdentifier": work.id,
        "SkipFinalSnapshot": skip or not final,
        "FinalDBSnapshotIdentifier": None if skip else final,
        "DeleteAutomatedBackups": work.get("deleteAutomatedBackups", default=True),
    }


def _source(work: Work, item: Any) -> str | None:
    """The source as the program wrote it: AWS shows an ARN across regions, else the identifier."""
    live = item.get("ReadReplicaSourceDBInstanceIdentifier")
    written = work.get("replicateSourceDb")
    if live and written and live.split(":")[-1] == written.split(":")[-1]:
        return str(written)
    return str(live) if live else None


def _version(work: Work, item: Any) -> str | None:
    """The version as the program wrote it: `17` stays, when AWS runs 17.4."""
    live, written = item.get("EngineVersion"), work.get("engineVersion")
    return str(written) if written and str(live).startswith(f"{written}.") else live


def _check_instance(inputs: Properties) -> Iterator[tuple[str, str]]:
    if inputs.get("replicateSourceDb"):
        for name in ("username", "dbName"):
            if name in inputs:
                yield name, f'"{name}" conflicts with replicateSourceDb: a replica has its source\'s'
    elif not inputs.get("snapshotIdentifier") and not inputs.get("restoreToPointInTime"):
        for name in ("engine", "username", "allocatedStorage"):
            if name not in inputs:
                yield name, f'"{name}" is required unless the instance is a replica or restored'
    if inputs.get("password") and inputs.get("manageMasterUserPassword"):
        yield "password", '"password" conflicts with manageMasterUserPassword'


def _set_parameters(work: Work) -> None:
    old = {one["name"]: one for one in work.old.get("parameters") or []}
    new = {one["name"]: one for one in work.new.get("parameters") or []}
    changed = [_parameter(one) for name, one in new.items() if old.get(name) != one]
    gone = [_parameter(one) for name, one in old.items() if name not in new]
    group = {"DBParameterGroupName": work.id}
    for start in range(0, len(changed), PARAMETERS_A_CALL):
        work.call("modify_db_parameter_group", {**group, "Parameters": changed[start : start + PARAMETERS_A_CALL]})
    for start in range(0, len(gone), PARAMETERS_A_CALL):
        reset = [{**one, "ParameterValue": None} for one in gone[start : start + PARAMETERS_A_CALL]]
        work.call("reset_db_parameter_group", {**group, "Parameters": reset})


def _parameter(one: Properties) -> Args:
    method = one.get("applyMethod") or "immediate"
    return {"ParameterName": one["name"], "ParameterValue": one["value"], "ApplyMethod": method}


def _parameters(answer: Any) -> list[Properties]:
    return [
        {
            "name": one["ParameterName"],
            "value": one["ParameterValue"],
            "applyMethod": one.get("ApplyMethod", "immediate"),
        }
        for one in answer["Parameters"]
        if one.get("ParameterValue") is not None
    ]


TYPES = (
    ResourceType(
        tokens=("aws:rds/subnetGroup:SubnetGroup",),
        service="rds",
        id="{name}",
        key="DBSubnetGroupName",
        create=op("create_db_subnet_group"),
        read=op("describe_db_subnet_groups"),
        update=[op("modify_db_subnet_group", whole=True)],
        delete=op("delete_db_subnet_group"),
        names={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription", "arn": "DBSubnetGroupArn"},
        auto=Auto(lower=True),
        defaults={"description": "Managed by Pulumi"},
        outputs={"subnetIds": "Subnets[].SubnetIdentifier"},
        tagging=RDS_TAGS,
    ),
    ResourceType(
        tokens=("aws:rds/parameterGroup:ParameterGroup",),
        service="rds",
        id="{name}",
        key="DBParameterGroupName",
        create=op("create_db_parameter_group"),
        read=op("describe_db_parameter_groups"),
        update=[Step(inputs=("parameters",), run=_set_parameters)],
        delete=op("delete_db_parameter_group"),
        names={"name": "DBParameterGroupName", "family": "DBParameterGroupFamily", "arn": "DBParameterGroupArn"},
        auto=Auto(lower=True),
        defaults={"description": "Managed by Pulumi"},
        local=("skipDestroy",),
        also=[
            Look(
                name="describe_db_parameters",
                args=lambda work: {"DBParameterGroupName": work.id, "Source": "user"},
                outputs={"parameters": of_item(_parameters)},
            ),
        ],
        tagging=RDS_TAGS,
    ),
    ResourceType(
        tokens=("aws:rds/instance:Instance",),
        service="rds",
        id="{identifier}",
        key="DBInstanceIdentifier",
        create=op("create_db_instance", beside=_write_only, carries=("passwordWo",)),
        variants=(
            (_is("replicateSourceDb"), op("create_db_instance_read_replica")),
            (_is("snapshotIdentifier"), op("restore_db_instance_from_db_snapshot")),
            (
                _is("restoreToPointInTime"),
                op("restore_db_instance_to_point_in_time", beside=_restore, carries=("restoreToPointInTime",)),
            ),
        ),
        read=op("describe_db_instances"),
        ready="DBInstanceStatus=='available'",
        failed="DBInstanceStatus=='failed' || DBInstanceStatus=='incompatible-parameters'",
        update=[
            Step(inputs=("replicateSourceDb",), run=_promote, on_create=False),
            Step(inputs=("enabledCloudwatchLogsExports",), run=_log_exports, on_create=False),
            Step(inputs=("passwordWoVersion",), run=_change_write_only, on_create=False),
            op("modify_db_instance", beside=_immediately, carries=("port",)),
        ],
        delete=op("delete_db_instance", _delete),
        names=_NAMES,
        auto=Auto(input="identifier", limit=63, lower=True),
        force=("engine", "username", "dbName", "kmsKeyId", "storageEncrypted", "availabilityZone"),
        defaults={
            "applyImmediately": False,
            "autoMinorVersionUpgrade": True,
            "copyTagsToSnapshot": False,
            "deleteAutomatedBackups": True,
            "monitoringInterval": 0,
            "publiclyAccessible": False,
            "skipFinalSnapshot": False,
        },
        local=(
            "allowMajorVersionUpgrade",
            "applyImmediately",
            "deleteAutomatedBackups",
            "finalSnapshotIdentifier",
            "passwordWo",
            "skipFinalSnapshot",
        ),
        outputs={
            "address": "Endpoint.Address",
            "endpoint": of_item(lambda item: "{Address}:{Port}".format(**item["Endpoint"])),
            "port": "Endpoint.Port",
            "hostedZoneId": "Endpoint.HostedZoneId",
            "engineVersion": _version,
            "engineVersionActual": "EngineVersion",
            "dbSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
            "parameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
            "optionGroupName": "OptionGroupMemberships[0].OptionGroupName",
            "vpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
            "replicateSourceDb": _source,
        },
        tagging=INSTANCE_TAGS,
        validate=_check_instance,
    ),
    ResourceType(
        tokens=("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",),
        service="rds",
        id="DBInstanceAutomatedBackupsArn",
        create=op("start_db_instance_automated_backups_replication"),
        read=op("describe_db_instance_automated_backups"),
        ready="Status=='replicating'",
        delete=op(
            "stop_db_instance_automated_backups_replication",
            lambda work: {"SourceDBInstanceArn": work.get("sourceDbInstanceArn")},
        ),
        names={"retentionPeriod": "BackupRetentionPeriod", "sourceDbInstanceArn": "SourceDBInstanceArn"},
        defaults={"retentionPeriod": 7},
        outputs={"sourceDbInstanceArn": "DBInstanceArn"},
    ),
)
