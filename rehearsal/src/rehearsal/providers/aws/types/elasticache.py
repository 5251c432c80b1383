"""ElastiCache: replication groups, and the subnets, parameters and users they stand on."""

from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import Auto, Look, ResourceType, Step, of_item, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties

PARAMETERS_A_CALL = 20
"""How many parameters AWS takes at once."""
LOG_GROUPS = "cloudwatch-logs"

TAGS = TagCalls(
    "add_tags_to_resource",
    "remove_tags_from_resource",
    lambda work: {"ResourceName": work.get("arn")},
    list="list_tags_for_resource",
)


def _set_parameters(work: Work) -> None:
    old, new = ({one["name"]: one for one in values.get("parameters") or []} for values in (work.old, work.new))
    changed = [one for name, one in new.items() if old.get(name) != one]
    gone = [one for name, one in old.items() if name not in new]
    group = {"CacheParameterGroupName": work.id}
    for operation, parameters in (("modify", changed), ("reset", gone)):
        for start in range(0, len(parameters), PARAMETERS_A_CALL):
            some = [
                {"ParameterName": one["name"], "ParameterValue": one["value"]}
                for one in parameters[start : start + PARAMETERS_A_CALL]
            ]
            work.call(f"{operation}_cache_parameter_group", {**group, "ParameterNameValues": some})


def _parameters(answer: Any) -> list[Properties]:
    return [
        {"name": one["ParameterName"], "value": one["ParameterValue"]}
        for one in answer["Parameters"]
        if one.get("ParameterValue") is not None
    ]


def _difference(work: Work, name: str) -> tuple[list[str], list[str]]:
    """What is wanted that was not, and what was that is not wanted."""
    old, new = set(work.old.get(name) or []), set(work.new.get(name) or [])
    return sorted(new - old), sorted(old - new)


def _change_members(work: Work) -> None:
    add, remove = _difference(work, "userIds")
    change = {"UserIdsToAdd": add or None, "UserIdsToRemove": remove or None}
    work.call("modify_user_group", {"UserGroupId": work.id, **change})


def _change_user_groups(work: Work) -> None:
    add, remove = _difference(work, "userGroupIds")
    change = {"UserGroupIdsToAdd": add or None, "UserGroupIdsToRemove": remove or None}
    work.call("modify_replication_group", {"ReplicationGroupId": work.id, "ApplyImmediately": True, **change})


def _log(one: Properties) -> Args:
    """Where one kind of log goes: by its destination's type the name is one of a log group or of a stream."""
    to_group = one["destinationType"] == LOG_GROUPS
    details = (
        {"CloudWatchLogsDetails": {"LogGroup": one["destination"]}}
        if to_group
        else {"KinesisFirehoseDetails": {"DeliveryStream": one["destination"]}}
    )
    return {
        "LogType": one["logType"],
        "LogFormat": one["logFormat"],
        "DestinationType": one["destinationType"],
        "DestinationDetails": details,
    }


def _logs(work: Work) -> Args:
    return {"LogDeliveryConfigurations": [_log(one) for one in work.new.get("logDeliveryConfigurations") or []] or None}


def _change_logs(work: Work) -> None:
    wanted = [_log(one) for one in work.new.get("logDeliveryConfigurations") or []]
    kinds = {one["LogType"] for one in wanted}
    gone = [
        {"LogType": one["logType"], "Enabled": False}
        for one in work.old.get("logDeliveryConfigurations") or []
        if one["logType"] not in kinds
    ]
    work.call(
        "modify_replication_group",
        {"ReplicationGroupId": work.id, "ApplyImmediately": True, "LogDeliveryConfigurations": [*wanted, *gone]},
    )


def _shown_logs(item: Any) -> list[Properties]:
    return [
        {
            "logType": one["LogType"],
            "logFormat": one["LogFormat"],
            "destinationType": one["DestinationType"],
            "destination": next(name for details in one["DestinationDetails"].values() for name in details.values()),
        }
        for one in item.get("LogDeliveryConfigurations") or []
    ]


def _resize(work: Work) -> None:
    old, new = int(work.old.get("numCacheClusters") or 1), int(work.new.get("numCacheClusters") or 1)
    operation = "increase_replica_count" if new > old else "decrease_replica_count"
    work.call(operation, {"ReplicationGroupId": work.id, "NewReplicaCount": new - 1, "ApplyImmediately": True})


def _version(work: Work, answer: Any) -> str | None:
    """The version as the program wrote it: `7.1` stays, when AWS runs 7.1.0."""
    live, written = answer["CacheClusters"][0].get("EngineVersion"), work.get("engineVersion")
    return str(written) if written and str(live).startswith(f"{written}.") else live


def _authentication(item: Any) -> Properties:
    """AWS says `no-password` where it is told `no-password-required`."""
    shown = item.get("Authentication") or {}
    kind = "no-password-required" if shown.get("Type") == "no-password" else shown.get("Type")
    count = {"passwordCount": shown["PasswordCount"]} if shown.get("PasswordCount") else {}
    return {"type": kind, **count}


def _enabled(member: str) -> Any:
    return of_item(lambda item: item.get(member) == "enabled")


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
    ResourceType(
        tokens=("aws:elasticache/subnetGroup:SubnetGroup",),
        service="elasticache",
        id="{name}",
        key="CacheSubnetGroupName",
        create=op("create_cache_subnet_group"),
        read=op("describe_cache_subnet_groups"),
        update=[op("modify_cache_subnet_group", whole=True)],
        delete=op("delete_cache_subnet_group"),
        names={"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription", "arn": "ARN"},
        auto=Auto(lower=True),
        defaults={"description": "Managed by Pulumi"},
        outputs={"subnetIds": "Subnets[].SubnetIdentifier"},
        tagging=TAGS,
    ),
    ResourceType(
        tokens=("aws:elasticache/parameterGroup:ParameterGroup",),
        service="elasticache",
        id="{name}",
        key="CacheParameterGroupName",
        create=op("create_cache_parameter_group"),
        read=op("describe_cache_parameter_groups"),
        update=[Step(inputs=("parameters",), run=_set_parameters)],
        delete=op("delete_cache_parameter_group"),
        names={"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily", "arn": "ARN"},
        auto=Auto(lower=True),
        defaults={"description": "Managed by Pulumi"},
        also=[
            Look(
                name="describe_cache_parameters",
                args=lambda work: {"CacheParameterGroupName": work.id, "Source": "user"},
                outputs={"parameters": of_item(_parameters)},
            ),
        ],
        tagging=TAGS,
    ),
    ResourceType(
        tokens=("aws:elasticache/user:User",),
        service="elasticache",
        id="{userId}",
        key="UserId",
        create=op("create_user"),
        read=op("describe_users"),
        ready="Status=='active'",
        gone="Status=='deleting'",
        update=[op("modify_user")],
        delete=op("delete_user"),
        names={"arn": "ARN"},
        force=("engine", "userName"),
        outputs={"authenticationMode": of_item(_authentication)},
        local=("passwordsWo", "passwordsWoVersion"),
        tagging=TAGS,
    ),
    ResourceType(
        tokens=("aws:elasticache/userGroup:UserGroup",),
        service="elasticache",
        id="{userGroupId}",
        key="UserGroupId",
        create=op("create_user_group"),
        read=op("describe_user_groups"),
        ready="Status=='active'",
        gone="Status=='deleting'",
        update=[Step(inputs=("userIds",), run=_change_members, on_create=False)],
        delete=op("delete_user_group"),
        names={"arn": "ARN"},
        tagging=TAGS,
    ),
    ResourceType(
        tokens=("aws:elasticache/replicationGroup:ReplicationGroup",),
        service="elasticache",
        id="{replicationGroupId}",
        key="ReplicationGroupId",
        create=op("create_replication_group", beside=_logs, carries=("logDeliveryConfigurations",)),
        read=op("describe_replication_groups"),
        ready="Status=='available'",
        gone="Status=='deleting'",
        failed="Status=='create-failed'",
        update=[
            Step(inputs=("numCacheClusters",), run=_resize, on_create=False),
            Step(inputs=("userGroupIds",), run=_change_user_groups, on_create=False),
            Step(inputs=("logDeliveryConfigurations",), run=_change_logs, on_create=False),
            op("modify_replication_group", beside=lambda work: {"ApplyImmediately": work.new["applyImmediately"]}),
        ],
        delete=op(
            "delete_replication_group",
            lambda work: {
                "ReplicationGroupId": work.id,
                "FinalSnapshotIdentifier": work.get("finalSnapshotIdentifier"),
            },
        ),
        names=_GROUP_NAMES,
        force=("atRestEncryptionEnabled", "dataTieringEnabled", "kmsKeyId", "port", "snapshotName", "subnetGroupName"),
        auto=Auto(input="replicationGroupId", limit=40, lower=True),
        defaults={"applyImmediately": False, "autoMinorVersionUpgrade": True},
        local=("applyImmediately", "finalSnapshotIdentifier", "authTokenWo", "authTokenWoVersion"),
        outputs={
            "automaticFailoverEnabled": _enabled("AutomaticFailover"),
            "configurationEndpointAddress": "ConfigurationEndpoint.Address",
            "dataTieringEnabled": _enabled("DataTiering"),
            "description": "Description",
            "logDeliveryConfigurations": of_item(_shown_logs),
            "multiAzEnabled": _enabled("MultiAZ"),
            "numCacheClusters": of_item(lambda item: len(item["MemberClusters"])),
            "port": "NodeGroups[0].PrimaryEndpoint.Port",
            "primaryEndpointAddress": "NodeGroups[0].PrimaryEndpoint.Address",
            "readerEndpointAddress": "NodeGroups[0].ReaderEndpoint.Address",
        },
        also=[
            Look(
                name="describe_cache_clusters",
                args=lambda work: {"CacheClusterId": work.state["memberClusters"][0]},
                outputs={
                    "engineVersion": _version,
                    "engineVersionActual": "CacheClusters[0].EngineVersion",
                    "maintenanceWindow": "CacheClusters[0].PreferredMaintenanceWindow",
                    "notificationTopicArn": "CacheClusters[0].NotificationConfiguration.TopicArn",
                    "parameterGroupName": "CacheClusters[0].CacheParameterGroup.CacheParameterGroupName",
                    "securityGroupIds": "CacheClusters[0].SecurityGroups[].SecurityGroupId",
                    "subnetGroupName": "CacheClusters[0].CacheSubnetGroupName",
                },
            ),
        ],
        tagging=TAGS,
    ),
)
