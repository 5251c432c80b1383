"""ElastiCache replication groups: made of as many nodes as wanted, checked, changed and deleted as in AWS."""

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import InvalidParameterCombinationException, ReplicationGroupNotFound
from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.moto_patches.elasticache import fault, kept
from rehearsal.cloud.patches import Patches

SETTINGS = {
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "CacheParameterGroupName": "cache_parameter_group_name",
    "EngineVersion": "engine_version",
    "NotificationTopicArn": "notification_topic_arn",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "SecurityGroupIds": "security_group_ids",
    "SnapshotWindow": "snapshot_window",
    "TransitEncryptionEnabled": "transit_encryption_enabled",
    "TransitEncryptionMode": "transit_encryption_mode",
}
"""Parameters of ModifyReplicationGroup that moto drops, with the attributes that hold them."""


def nodes(patches: Patches) -> None:
    """Make as many nodes as wanted, list them as clusters, and let their number be changed."""

    def describing(original: Any) -> Any:
        def describe_cache_clusters(self: Any, cache_cluster_id: str | None = None) -> Any:
            members = {
                name: _member(self, name, group)
                for group in self.replication_groups.values()
                for name in group.member_clusters
            }
            if cache_cluster_id in members:
                return [members[cache_cluster_id]]
            return [*original(self, cache_cluster_id), *(members.values() if cache_cluster_id is None else ())]

        return describe_cache_clusters

    def increase_replica_count(self: Any) -> ActionResult:
        return _resized(self)

    def decrease_replica_count(self: Any) -> ActionResult:
        return _resized(self)

    patches.wrap(ReplicationGroup, "__init__", _making)
    patches.wrap(ElastiCacheBackend, "describe_cache_clusters", describing)
    patches.extend(ElastiCacheResponse, increase_replica_count, decrease_replica_count)


def requirements(patches: Patches) -> None:
    """Refuse a group that AWS would refuse: failover without a replica, Multi-AZ without failover, unknown parts."""

    def wrapper(original: Any) -> Any:
        def create_replication_group(self: Any) -> Any:
            many = max(self._get_int_param("NumCacheClusters") or 1, (self._get_int_param("NumNodeGroups") or 0) + 1)
            failover = bool(self._get_bool_param("AutomaticFailoverEnabled"))
            _check_topology(many, failover=failover, zones=bool(self._get_bool_param("MultiAZEnabled")))
            _check_parts(self)
            return original(self)

        return create_replication_group

    patches.wrap(ElastiCacheResponse, "create_replication_group", wrapper)


def changes(patches: Patches) -> None:
    """Change every setting that AWS changes in place, user groups and log delivery among them."""

    def wrapper(original: Any) -> Any:
        def modify_replication_group(self: Any) -> Any:
            answer = original(self)
            group = _group(self)
            for parameter, attribute in SETTINGS.items():
                value = self._get_param(parameter)
                if value is not None:
                    setattr(group, attribute, _boolean(value))
            _change_users(self, group)
            _change_logs(self, group)
            return answer

        return modify_replication_group

    patches.wrap(ElastiCacheResponse, "modify_replication_group", wrapper)


def deletion(patches: Patches) -> None:
    """Delete the group, after the final snapshot that was asked for."""

    def delete_replication_group(self: Any) -> ActionResult:
        group, final = _group(self), self._get_param("FinalSnapshotIdentifier")
        if final:
            self.elasticache_backend.create_snapshot(final, group.replication_group_id, None, group.kms_key_id, [])
        del self.elasticache_backend.replication_groups[group.replication_group_id]
        group.status = "deleting"
        return ActionResult({"ReplicationGroup": group})

    patches.replace(ElastiCacheResponse, "delete_replication_group", delete_replication_group)


def _making(original: Any) -> Any:
    def initialise(self: Any, **given: Any) -> None:
        count, replicas = given.get("num_cache_clusters"), given.get("replicas_per_node_group")
        if count and not replicas and given.get("cluster_mode") != "enabled":
            given["replicas_per_node_group"] = count - 1
        original(self, **given)
        for group in self.node_groups:
            if "reader_endpoint_address" in group:
                group["reader_endpoint"] = {"address": group["reader_endpoint_address"], "port": self.port}

    return initialise


def _resized(response: Any) -> ActionResult:
    group = _group(response)
    group_nodes = group.node_groups[0]
    wanted = response._get_int_param("NewReplicaCount") + 1  # noqa: SLF001  # moto's own way
    _check_topology(wanted, failover=group.automatic_failover == "enabled", zones=False)
    template = group_nodes["node_group_members"][0]
    names = [f"{group.replication_group_id}-{number + 1:0>3}" for number in range(wanted)]
    group.member_clusters[:] = names
    group_nodes["node_group_members"] = [
        {**template, "cache_cluster_id": name, "current_role": "replica" if number else "primary"}
        for number, name in enumerate(names)
    ]
    return ActionResult({"ReplicationGroup": group})


def _check_topology(nodes: int, *, failover: bool, zones: bool) -> None:
    if failover and nodes < 2:  # noqa: PLR2004  # the primary and one to fail over to
        raise InvalidParameterCombinationException(
            "Replication group with automatic failover enabled must have at least one replica."
        )
    if zones and not failover:
        raise InvalidParameterCombinationException(
            "Must enable automatic failover to enable Multi-AZ on a replication group."
        )


def _check_parts(response: Any) -> None:
    """Its subnet, parameter and user groups must exist."""
    backend, ask = response.elasticache_backend, response._get_param  # noqa: SLF001  # moto's own way
    if subnets := ask("CacheSubnetGroupName"):
        backend.describe_cache_subnet_groups(subnets)
    parameters = ask("CacheParameterGroupName")
    if parameters and not parameters.startswith("default.") and parameters not in kept(response, "parameter_groups"):
        raise fault("CacheParameterGroupNotFound", f"CacheParameterGroup {parameters} not found.")
    for group in ask("UserGroupIds") or []:
        if group not in kept(response, "user_groups"):
            raise fault("UserGroupNotFound", f"User group {group} not found.")


def _change_users(response: Any, group: Any) -> None:
    add, remove = (response._get_param(f"UserGroupIdsTo{verb}") or [] for verb in ("Add", "Remove"))  # noqa: SLF001  # moto's own way
    group.user_group_ids = [one for one in [*group.user_group_ids, *add] if one not in remove]


def _change_logs(response: Any, group: Any) -> None:
    given = response._get_param("LogDeliveryConfigurations")  # noqa: SLF001  # moto's own way
    if given is None:
        return
    changed = {one["LogType"]: one for one in given}
    untouched = [one for one in group.log_delivery_configurations if one["LogType"] not in changed]
    wanted = [one for one in changed.values() if _boolean(one.get("Enabled", True)) is not False]
    group.log_delivery_configurations = [*untouched, *({**one, "Status": "active"} for one in wanted)]


def _boolean(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _group(response: Any) -> Any:
    name = response._get_param("ReplicationGroupId")  # noqa: SLF001  # moto's own way
    groups = response.elasticache_backend.replication_groups
    if name not in groups:
        raise ReplicationGroupNotFound(name)
    return groups[name]


def _member(backend: Any, name: str, group: Any) -> dict[str, Any]:
    """A node as DescribeCacheClusters shows it; much of a replication group is shown nowhere else."""
    version = group.engine_version or "7.1"
    return {
        "CacheClusterId": name,
        "ReplicationGroupId": group.replication_group_id,
        "CacheClusterStatus": "available",
        "CacheNodeType": group.cache_node_type,
        "Engine": group.engine,
        "EngineVersion": version if version.count(".") > 1 else f"{version}.0",
        "NumCacheNodes": 1,
        "PreferredMaintenanceWindow": group.preferred_maintenance_window,
        "NotificationConfiguration": {"TopicArn": group.notification_topic_arn, "TopicStatus": "active"},
        "CacheParameterGroup": {"CacheParameterGroupName": group.cache_parameter_group_name},
        "CacheSubnetGroupName": group.cache_subnet_group_name,
        "SecurityGroups": [{"SecurityGroupId": one, "Status": "active"} for one in group.security_group_ids or []],
        "SnapshotRetentionLimit": group.snapshot_retention_limit,
        "SnapshotWindow": group.snapshot_window,
        "AutoMinorVersionUpgrade": _boolean(group.auto_minor_version_upgrade),
        "TransitEncryptionEnabled": group.transit_encryption_enabled,
        "AtRestEncryptionEnabled": group.at_rest_encryption_enabled,
        "ARN": f"arn:aws:elasticache:{backend.region_name}:{backend.account_id}:cluster:{name}",
    }


MOTO_PATCHES = (
    MotoPatch(
        "elasticache-nodes",
        "makes one node however many are wanted, and shows neither nodes nor reader endpoint",
        "makes them, lists them as cache clusters, and changes their number",
        "ElastiCache CreateReplicationGroup, DescribeCacheClusters, IncreaseReplicaCount, DecreaseReplicaCount",
        nodes,
    ),
    MotoPatch(
        "elasticache-requirements",
        "makes any replication group",
        "needs a replica for failover, failover for Multi-AZ, and the groups that are named",
        "ElastiCache CreateReplicationGroup",
        requirements,
    ),
    MotoPatch(
        "elasticache-changes",
        "drops most changes of a replication group",
        "makes them",
        "ElastiCache ModifyReplicationGroup",
        changes,
    ),
    MotoPatch(
        "elasticache-deletion",
        "keeps a deleted replication group for ever, and takes no final snapshot of it",
        "deletes it, after a final snapshot if one is named",
        "ElastiCache DeleteReplicationGroup",
        deletion,
    ),
)
