"""RDS: instances, subnet and parameter groups, replicated backups."""

from collections.abc import Callable, Iterator
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_arn
from rehearsal.providers.aws.notations import lower_case, upper_case
from rehearsal.providers.aws.table import ApiCall, AutoName, CustomUpdate, EmulatedType, ExtraRead, from_response
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import Properties

PARAMETERS_PER_CALL = 20
"""Maximum number of parameters per call."""
_TARGET = by_arn("ResourceName")
_INSTANCE_TAGGING = TagOperations("add_tags_to_resource", "remove_tags_from_resource", _TARGET)
_TAGGING = TagOperations("add_tags_to_resource", "remove_tags_from_resource", _TARGET, list="list_tags_for_resource")
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


def _is_set(name: str) -> Callable[[OperationContext], bool]:
    return lambda context: bool(context.inputs.get(name))


def _restore_args(context: OperationContext) -> Args:
    """Build the arguments of a point-in-time restore."""
    source = context.inputs["restoreToPointInTime"]
    return {
        "TargetDBInstanceIdentifier": context.inputs["identifier"],
        "SourceDBInstanceIdentifier": source.get("sourceDbInstanceIdentifier"),
        "SourceDbiResourceId": source.get("sourceDbiResourceId"),
        "SourceDBInstanceAutomatedBackupsArn": source.get("sourceDbInstanceAutomatedBackupsArn"),
        "RestoreTime": source.get("restoreTime"),
        "UseLatestRestorableTime": source.get("useLatestRestorableTime"),
    }


def _modify_args(context: OperationContext) -> Args:
    port = context.inputs.get("port")
    changed = not context.creating and port is not None and port != context.old_inputs.get("port")
    return {
        "ApplyImmediately": bool(context.inputs.get("applyImmediately")) or context.creating,
        "AllowMajorVersionUpgrade": context.inputs.get("allowMajorVersionUpgrade"),
        "DBPortNumber": port if changed else None,
    }


def _password_args(context: OperationContext) -> Args:
    password = context.inputs.get("passwordWo")
    return {"MasterUserPassword": password} if password else {}


def _change_password(context: OperationContext) -> None:
    """Send the write-only password again, because its version changed."""
    change = {"DBInstanceIdentifier": context.id, "ApplyImmediately": True, **_password_args(context)}
    context.call("modify_db_instance", change)


def _promote(context: OperationContext) -> None:
    """Promote a replica after the program dropped its `replicateSourceDb`.

    Raises ProviderError if the program names another source, because AWS does not allow that.
    """
    if context.inputs.get("replicateSourceDb"):
        raise ProviderError(f"{context.id} can't become a replica of another source: create a new instance")
    retention = {"BackupRetentionPeriod": context.inputs.get("backupRetentionPeriod")}
    context.call("promote_read_replica", {"DBInstanceIdentifier": context.id, **retention})


def _change_log_exports(context: OperationContext) -> None:
    added, removed = context.added_and_removed("enabledCloudwatchLogsExports")
    change = {"EnableLogTypes": added, "DisableLogTypes": removed}
    context.call(
        "modify_db_instance",
        {"DBInstanceIdentifier": context.id, "CloudwatchLogsExportConfiguration": change, "ApplyImmediately": True},
    )


def _delete_args(context: OperationContext) -> Args:
    final_snapshot = context.get("finalSnapshotIdentifier")
    skip = bool(context.get("skipFinalSnapshot"))
    if not skip and not final_snapshot and not context.get("replicateSourceDb"):
        raise ProviderError(
            f"{context.id} can't be deleted: set finalSnapshotIdentifier, or skipFinalSnapshot to discard its data"
        )
    return {
        "DBInstanceIdentifier": context.id,
        "SkipFinalSnapshot": skip or not final_snapshot,
        "FinalDBSnapshotIdentifier": None if skip else final_snapshot,
        "DeleteAutomatedBackups": context.get("deleteAutomatedBackups", default=True),
    }


def _replica_source(context: OperationContext, item: Any) -> str | None:
    """Return the source as the program wrote it.

    AWS returns an ARN if the source is in another region, else the identifier.
    """
    live = item.get("ReadReplicaSourceDBInstanceIdentifier")
    written = context.get("replicateSourceDb")
    if live and written and live.split(":")[-1] == written.split(":")[-1]:
        return str(written)
    return str(live) if live else None


def _engine_version(context: OperationContext, item: Any) -> str | None:
    """Return the engine version.

    If it matches the program's version, the program's notation is kept, e.g. `17` for 17.4.
    """
    live, written = item.get("EngineVersion"), context.get("engineVersion")
    return str(written) if written and str(live).startswith(f"{written}.") else live


def _validate_instance(inputs: Properties) -> Iterator[tuple[str, str]]:
    yield from upper_case(inputs, ("identifier",))
    if inputs.get("replicateSourceDb"):
        for name in ("username", "dbName"):
            if name in inputs:
                yield name, f'"{name}" conflicts with replicateSourceDb: a replica inherits it from its source'
    if inputs.get("password") and inputs.get("manageMasterUserPassword"):
        yield "password", '"password" conflicts with manageMasterUserPassword'


def _validate_new_instance(inputs: Properties) -> Iterator[tuple[str, str]]:
    if not any(inputs.get(name) for name in ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime")):
        for name in ("engine", "username", "allocatedStorage"):
            if name not in inputs:
                yield name, f'"{name}" is required unless the instance is a replica or restored'


def _set_parameters(context: OperationContext) -> None:
    old = {parameter["name"]: parameter for parameter in context.old_inputs.get("parameters") or []}
    new = {parameter["name"]: parameter for parameter in context.inputs.get("parameters") or []}
    changed = [_parameter_args(parameter) for name, parameter in new.items() if old.get(name) != parameter]
    removed = [_parameter_args(parameter) for name, parameter in old.items() if name not in new]
    group = {"DBParameterGroupName": context.id}
    for start in range(0, len(changed), PARAMETERS_PER_CALL):
        context.call("modify_db_parameter_group", {**group, "Parameters": changed[start : start + PARAMETERS_PER_CALL]})
    for start in range(0, len(removed), PARAMETERS_PER_CALL):
        batch = [{**parameter, "ParameterValue": None} for parameter in removed[start : start + PARAMETERS_PER_CALL]]
        context.call("reset_db_parameter_group", {**group, "Parameters": batch})


def _parameter_args(inputs: Properties) -> Args:
    method = inputs.get("applyMethod") or "immediate"
    return {"ParameterName": inputs["name"], "ParameterValue": inputs["value"], "ApplyMethod": method}


def _read_parameters(response: Any) -> list[Properties]:
    return [
        {
            "name": parameter["ParameterName"],
            "value": parameter["ParameterValue"],
            "applyMethod": parameter.get("ApplyMethod", "immediate"),
        }
        for parameter in response["Parameters"]
        if parameter.get("ParameterValue") is not None
    ]


TYPES = (
    EmulatedType(
        tokens=("aws:rds/subnetGroup:SubnetGroup",),
        service="rds",
        id="{name}",
        id_argument="DBSubnetGroupName",
        create=ApiCall("create_db_subnet_group"),
        read=ApiCall("describe_db_subnet_groups"),
        update=[ApiCall("modify_db_subnet_group", full_replace=True)],
        delete=ApiCall("delete_db_subnet_group"),
        validate=lower_case("name"),
        names={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription", "arn": "DBSubnetGroupArn"},
        autoname=AutoName(lowercase=True),
        defaults={"description": "Managed by Pulumi"},
        outputs={"subnetIds": "Subnets[].SubnetIdentifier"},
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:rds/parameterGroup:ParameterGroup",),
        service="rds",
        id="{name}",
        id_argument="DBParameterGroupName",
        create=ApiCall("create_db_parameter_group"),
        read=ApiCall("describe_db_parameter_groups"),
        update=[CustomUpdate(inputs=("parameters",), run=_set_parameters)],
        delete=ApiCall("delete_db_parameter_group"),
        validate=lower_case("name"),
        names={"name": "DBParameterGroupName", "family": "DBParameterGroupFamily", "arn": "DBParameterGroupArn"},
        autoname=AutoName(lowercase=True),
        defaults={"description": "Managed by Pulumi"},
        state_only=("skipDestroy",),
        extra_reads=[
            ExtraRead(
                "describe_db_parameters",
                args=lambda context: {"DBParameterGroupName": context.id, "Source": "user"},
                outputs={"parameters": from_response(_read_parameters)},
            ),
        ],
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:rds/instance:Instance",),
        service="rds",
        id="{identifier}",
        id_argument="DBInstanceIdentifier",
        create=ApiCall("create_db_instance", extra_args=_password_args, covers_inputs=("passwordWo",)),
        create_variants=(
            (_is_set("replicateSourceDb"), ApiCall("create_db_instance_read_replica")),
            (_is_set("snapshotIdentifier"), ApiCall("restore_db_instance_from_db_snapshot")),
            (
                _is_set("restoreToPointInTime"),
                ApiCall(
                    "restore_db_instance_to_point_in_time",
                    extra_args=_restore_args,
                    covers_inputs=("restoreToPointInTime",),
                ),
            ),
        ),
        read=ApiCall("describe_db_instances"),
        ready_when="DBInstanceStatus=='available'",
        failed_when="DBInstanceStatus=='failed' || DBInstanceStatus=='incompatible-parameters'",
        update=[
            CustomUpdate(inputs=("replicateSourceDb",), run=_promote, on_create=False),
            CustomUpdate(inputs=("enabledCloudwatchLogsExports",), run=_change_log_exports, on_create=False),
            CustomUpdate(inputs=("passwordWoVersion",), run=_change_password, on_create=False),
            ApiCall("modify_db_instance", extra_args=_modify_args, covers_inputs=("port",)),
        ],
        delete=ApiCall("delete_db_instance", args=_delete_args),
        names=_NAMES,
        autoname=AutoName(input="identifier", max_length=63, lowercase=True),
        force_new=("engine", "username", "dbName", "kmsKeyId", "storageEncrypted", "availabilityZone"),
        defaults={
            "applyImmediately": False,
            "autoMinorVersionUpgrade": True,
            "copyTagsToSnapshot": False,
            "deleteAutomatedBackups": True,
            "monitoringInterval": 0,
            "publiclyAccessible": False,
            "skipFinalSnapshot": False,
        },
        state_only=(
            "allowMajorVersionUpgrade",
            "applyImmediately",
            "deleteAutomatedBackups",
            "finalSnapshotIdentifier",
            "passwordWo",
            "skipFinalSnapshot",
        ),
        outputs={
            "address": "Endpoint.Address",
            "endpoint": from_response(lambda item: "{Address}:{Port}".format(**item["Endpoint"])),
            "port": "Endpoint.Port",
            "hostedZoneId": "Endpoint.HostedZoneId",
            "engineVersion": _engine_version,
            "engineVersionActual": "EngineVersion",
            "dbSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
            "parameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
            "optionGroupName": "OptionGroupMemberships[0].OptionGroupName",
            "vpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
            "replicateSourceDb": _replica_source,
        },
        tagging=_INSTANCE_TAGGING,
        validate=_validate_instance,
        validate_new=_validate_new_instance,
    ),
    EmulatedType(
        tokens=("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",),
        service="rds",
        id="DBInstanceAutomatedBackupsArn",
        create=ApiCall("start_db_instance_automated_backups_replication"),
        read=ApiCall("describe_db_instance_automated_backups"),
        ready_when="Status=='replicating'",
        delete=ApiCall(
            "stop_db_instance_automated_backups_replication",
            args=lambda context: {"SourceDBInstanceArn": context.get("sourceDbInstanceArn")},
        ),
        names={"retentionPeriod": "BackupRetentionPeriod", "sourceDbInstanceArn": "SourceDBInstanceArn"},
        defaults={"retentionPeriod": 7},
        outputs={"sourceDbInstanceArn": "DBInstanceArn"},
    ),
)
