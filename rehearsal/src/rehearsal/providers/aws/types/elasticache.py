"""ElastiCache: replication groups, subnet and parameter groups, users."""

from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_arn
from rehearsal.providers.aws.table import (
    ApiCall,
    AutoName,
    CustomUpdate,
    EmulatedType,
    ExtraRead,
    OutputFunction,
    from_response,
)
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.values import Properties

PARAMETERS_PER_CALL = 20
"""Maximum number of parameters per call."""
CLOUDWATCH_LOGS = "cloudwatch-logs"
_TAGGING = TagOperations(
    "add_tags_to_resource",
    "remove_tags_from_resource",
    by_arn("ResourceName"),
    list="list_tags_for_resource",
)


def _set_parameters(context: OperationContext) -> None:
    old, new = (
        {parameter["name"]: parameter for parameter in values.get("parameters") or []}
        for values in (context.old_inputs, context.inputs)
    )
    changed = [parameter for name, parameter in new.items() if old.get(name) != parameter]
    removed = [parameter for name, parameter in old.items() if name not in new]
    group = {"CacheParameterGroupName": context.id}
    for operation, parameters in (("modify", changed), ("reset", removed)):
        for start in range(0, len(parameters), PARAMETERS_PER_CALL):
            batch = [
                {"ParameterName": parameter["name"], "ParameterValue": parameter["value"]}
                for parameter in parameters[start : start + PARAMETERS_PER_CALL]
            ]
            context.call(f"{operation}_cache_parameter_group", {**group, "ParameterNameValues": batch})


def _read_parameters(response: Any) -> list[Properties]:
    return [
        {"name": parameter["ParameterName"], "value": parameter["ParameterValue"]}
        for parameter in response["Parameters"]
        if parameter.get("ParameterValue") is not None
    ]


def _change_members(context: OperationContext) -> None:
    add, remove = context.added_and_removed("userIds")
    change = {"UserIdsToAdd": add or None, "UserIdsToRemove": remove or None}
    context.call("modify_user_group", {"UserGroupId": context.id, **change})


def _change_user_groups(context: OperationContext) -> None:
    add, remove = context.added_and_removed("userGroupIds")
    change = {"UserGroupIdsToAdd": add or None, "UserGroupIdsToRemove": remove or None}
    context.call("modify_replication_group", {"ReplicationGroupId": context.id, "ApplyImmediately": True, **change})


def _log_delivery(inputs: Properties) -> Args:
    """Build one log delivery, to a log group or a Firehose stream."""
    to_group = inputs["destinationType"] == CLOUDWATCH_LOGS
    details = (
        {"CloudWatchLogsDetails": {"LogGroup": inputs["destination"]}}
        if to_group
        else {"KinesisFirehoseDetails": {"DeliveryStream": inputs["destination"]}}
    )
    return {
        "LogType": inputs["logType"],
        "LogFormat": inputs["logFormat"],
        "DestinationType": inputs["destinationType"],
        "DestinationDetails": details,
    }


def _log_delivery_args(context: OperationContext) -> Args:
    return {
        "LogDeliveryConfigurations": [
            _log_delivery(log) for log in context.inputs.get("logDeliveryConfigurations") or []
        ]
        or None
    }


def _change_log_delivery(context: OperationContext) -> None:
    configurations = [_log_delivery(log) for log in context.inputs.get("logDeliveryConfigurations") or []]
    log_types = {log["LogType"] for log in configurations}
    disabled = [
        {"LogType": log["logType"], "Enabled": False}
        for log in context.old_inputs.get("logDeliveryConfigurations") or []
        if log["logType"] not in log_types
    ]
    context.call(
        "modify_replication_group",
        {
            "ReplicationGroupId": context.id,
            "ApplyImmediately": True,
            "LogDeliveryConfigurations": [*configurations, *disabled],
        },
    )


def _read_log_delivery(item: Any) -> list[Properties]:
    return [
        {
            "logType": log["LogType"],
            "logFormat": log["LogFormat"],
            "destinationType": log["DestinationType"],
            "destination": next(name for details in log["DestinationDetails"].values() for name in details.values()),
        }
        for log in item.get("LogDeliveryConfigurations") or []
    ]


def _resize(context: OperationContext) -> None:
    old, new = int(context.old_inputs.get("numCacheClusters") or 1), int(context.inputs.get("numCacheClusters") or 1)
    operation = "increase_replica_count" if new > old else "decrease_replica_count"
    context.call(operation, {"ReplicationGroupId": context.id, "NewReplicaCount": new - 1, "ApplyImmediately": True})


def _engine_version(context: OperationContext, response: Any) -> str | None:
    """Return the engine version.

    If it matches the program's version, the program's notation is kept, e.g. `7.1` for 7.1.0.
    """
    live, written = response["CacheClusters"][0].get("EngineVersion"), context.get("engineVersion")
    return str(written) if written and str(live).startswith(f"{written}.") else live


def _read_authentication(item: Any) -> Properties:
    """Return the authentication mode.

    AWS returns `no-password` where the input is `no-password-required`.
    """
    authentication = item.get("Authentication") or {}
    auth_type = "no-password-required" if authentication.get("Type") == "no-password" else authentication.get("Type")
    count = {"passwordCount": authentication["PasswordCount"]} if authentication.get("PasswordCount") else {}
    return {"type": auth_type, **count}


def _enabled_output(member: str) -> OutputFunction:
    return from_response(lambda item: item.get(member) == "enabled")


_GROUP_NAMES = {
    "arn": "ARN",
    "authToken": "AuthToken",
    "description": "ReplicationGroupDescription",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "multiAzEnabled": "MultiAZEnabled",
    "nodeType": "CacheNodeType",
    "parameterGroupName": "CacheParameterGroupName",
    "preferredCacheClusterAzs": "PreferredCacheClusterAZs",
    "securityGroupNames": "CacheSecurityGroupNames",
    "subnetGroupName": "CacheSubnetGroupName",
}


TYPES = (
    EmulatedType(
        tokens=("aws:elasticache/subnetGroup:SubnetGroup",),
        service="elasticache",
        id="{name}",
        id_argument="CacheSubnetGroupName",
        create=ApiCall("create_cache_subnet_group"),
        read=ApiCall("describe_cache_subnet_groups"),
        update=[ApiCall("modify_cache_subnet_group", full_replace=True)],
        delete=ApiCall("delete_cache_subnet_group"),
        names={"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription", "arn": "ARN"},
        autoname=AutoName(lowercase=True),
        defaults={"description": "Managed by Pulumi"},
        outputs={"subnetIds": "Subnets[].SubnetIdentifier"},
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:elasticache/parameterGroup:ParameterGroup",),
        service="elasticache",
        id="{name}",
        id_argument="CacheParameterGroupName",
        create=ApiCall("create_cache_parameter_group"),
        read=ApiCall("describe_cache_parameter_groups"),
        update=[CustomUpdate(inputs=("parameters",), run=_set_parameters)],
        delete=ApiCall("delete_cache_parameter_group"),
        names={"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily", "arn": "ARN"},
        autoname=AutoName(lowercase=True),
        defaults={"description": "Managed by Pulumi"},
        extra_reads=[
            ExtraRead(
                "describe_cache_parameters",
                args=lambda context: {"CacheParameterGroupName": context.id, "Source": "user"},
                outputs={"parameters": from_response(_read_parameters)},
            ),
        ],
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:elasticache/user:User",),
        service="elasticache",
        id="{userId}",
        id_argument="UserId",
        create=ApiCall("create_user"),
        read=ApiCall("describe_users"),
        ready_when="Status=='active'",
        deleted_when="Status=='deleting'",
        update=[ApiCall("modify_user")],
        delete=ApiCall("delete_user"),
        names={"arn": "ARN"},
        force_new=("engine", "userName"),
        outputs={"authenticationMode": from_response(_read_authentication)},
        state_only=("passwordsWo", "passwordsWoVersion"),
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:elasticache/userGroup:UserGroup",),
        service="elasticache",
        id="{userGroupId}",
        id_argument="UserGroupId",
        create=ApiCall("create_user_group"),
        read=ApiCall("describe_user_groups"),
        ready_when="Status=='active'",
        deleted_when="Status=='deleting'",
        update=[CustomUpdate(inputs=("userIds",), run=_change_members, on_create=False)],
        delete=ApiCall("delete_user_group"),
        names={"arn": "ARN"},
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:elasticache/replicationGroup:ReplicationGroup",),
        service="elasticache",
        id="{replicationGroupId}",
        id_argument="ReplicationGroupId",
        create=ApiCall(
            "create_replication_group", extra_args=_log_delivery_args, covers_inputs=("logDeliveryConfigurations",)
        ),
        read=ApiCall("describe_replication_groups"),
        ready_when="Status=='available'",
        deleted_when="Status=='deleting'",
        failed_when="Status=='create-failed'",
        update=[
            CustomUpdate(inputs=("numCacheClusters",), run=_resize, on_create=False),
            CustomUpdate(inputs=("userGroupIds",), run=_change_user_groups, on_create=False),
            CustomUpdate(inputs=("logDeliveryConfigurations",), run=_change_log_delivery, on_create=False),
            ApiCall(
                "modify_replication_group",
                extra_args=lambda context: {"ApplyImmediately": context.inputs["applyImmediately"]},
            ),
        ],
        delete=ApiCall(
            "delete_replication_group",
            args=lambda context: {
                "ReplicationGroupId": context.id,
                "FinalSnapshotIdentifier": context.get("finalSnapshotIdentifier"),
            },
        ),
        names=_GROUP_NAMES,
        force_new=(
            "atRestEncryptionEnabled",
            "dataTieringEnabled",
            "kmsKeyId",
            "port",
            "snapshotName",
            "subnetGroupName",
        ),
        autoname=AutoName(input="replicationGroupId", max_length=40, lowercase=True),
        defaults={"applyImmediately": False, "autoMinorVersionUpgrade": True},
        state_only=("applyImmediately", "finalSnapshotIdentifier", "authTokenWo", "authTokenWoVersion"),
        outputs={
            "automaticFailoverEnabled": _enabled_output("AutomaticFailover"),
            "configurationEndpointAddress": "ConfigurationEndpoint.Address",
            "dataTieringEnabled": _enabled_output("DataTiering"),
            "description": "Description",
            "logDeliveryConfigurations": from_response(_read_log_delivery),
            "multiAzEnabled": _enabled_output("MultiAZ"),
            "numCacheClusters": from_response(lambda item: len(item["MemberClusters"])),
            "port": "NodeGroups[0].PrimaryEndpoint.Port",
            "primaryEndpointAddress": "NodeGroups[0].PrimaryEndpoint.Address",
            "readerEndpointAddress": "NodeGroups[0].ReaderEndpoint.Address",
        },
        extra_reads=[
            ExtraRead(
                "describe_cache_clusters",
                args=lambda context: {"CacheClusterId": context.outputs["memberClusters"][0]},
                outputs={
                    "engineVersion": _engine_version,
                    "engineVersionActual": "CacheClusters[0].EngineVersion",
                    "maintenanceWindow": "CacheClusters[0].PreferredMaintenanceWindow",
                    "notificationTopicArn": "CacheClusters[0].NotificationConfiguration.TopicArn",
                    "parameterGroupName": "CacheClusters[0].CacheParameterGroup.CacheParameterGroupName",
                    "securityGroupIds": "CacheClusters[0].SecurityGroups[].SecurityGroupId",
                    "subnetGroupName": "CacheClusters[0].CacheSubnetGroupName",
                },
            ),
        ],
        tagging=_TAGGING,
    ),
)
