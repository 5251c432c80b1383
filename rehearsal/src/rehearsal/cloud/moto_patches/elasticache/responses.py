"""ElastiCache operations and parameters that moto lacks or drops."""

from typing import Any, ClassVar, cast

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.elasticache import responses
from moto.elasticache.exceptions import ReplicationGroupNotFound
from typing_extensions import override

from rehearsal.cloud.moto_patches.elasticache.models import (
    CacheParameterGroup,
    ElastiCacheBackend,
    ReplicationGroup,
    as_boolean,
    error,
    merged_log_deliveries,
)

PARAMETER_GROUP_NAME = "CacheParameterGroupName"
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
"""Parameters of ModifyReplicationGroup that moto drops → attributes that store them."""


class ElastiCacheResponse(responses.ElastiCacheResponse):
    """Operations on subnet, parameter, user and replication groups."""

    original: ClassVar[type[responses.ElastiCacheResponse]]

    def modify_cache_subnet_group(self) -> ActionResult:
        """Change the description and the subnets of a subnet group."""
        name, description = self._get_param("CacheSubnetGroupName"), self._get_param("CacheSubnetGroupDescription")
        (group,) = self.elasticache_backend.describe_cache_subnet_groups(name)
        changed = type(group)(
            self.current_account,
            self.region,
            name,
            description or group.cache_subnet_group_description,
            self._get_param("SubnetIds") or group.subnet_ids,
            group.tags,
        )
        self.elasticache_backend.cache_subnet_groups[name] = changed
        return ActionResult({"CacheSubnetGroup": changed})

    def delete_cache_subnet_group(self) -> EmptyResult:
        """Delete a subnet group, unless a cache uses it."""
        name, backend = self._get_param("CacheSubnetGroupName"), self.patched_backend()
        (group,) = backend.describe_cache_subnet_groups(name)
        backend.check_unused("cache_subnet_group_name", name, "CacheSubnetGroupInUse")
        del backend.cache_subnet_groups[name]
        self.delete_tags(group.arn)
        return EmptyResult()

    def create_cache_parameter_group(self) -> ActionResult:
        """Create a parameter group."""
        name = self._get_param(PARAMETER_GROUP_NAME).lower()
        family, description = self._get_param("CacheParameterGroupFamily"), self._get_param("Description")
        group = self.patched_backend().create_cache_parameter_group(name, family, description)
        self.store_tags(group.fields["ARN"])
        return ActionResult({"CacheParameterGroup": group.fields})

    def describe_cache_parameter_groups(self) -> PaginatedResult:
        """Return the requested parameter group, or all groups if none is requested."""
        groups = (
            [self.find_parameter_group()]
            if self._get_param(PARAMETER_GROUP_NAME)
            else list(self.patched_backend().parameter_groups.values())
        )
        return PaginatedResult({"CacheParameterGroups": [group.fields for group in groups]})

    def describe_cache_parameters(self) -> PaginatedResult:
        """Return the parameters of a group that differ from the defaults."""
        parameters = [
            {"ParameterName": name, "ParameterValue": value, "Source": "user"}
            for name, value in self.find_parameter_group().values.items()
        ]
        return PaginatedResult({"Parameters": parameters})

    def modify_cache_parameter_group(self) -> ActionResult:
        """Set parameters of a parameter group."""
        parameters = self._get_param("ParameterNameValues") or []
        values = {parameter["ParameterName"]: parameter["ParameterValue"] for parameter in parameters}
        self.find_parameter_group().values.update(values)
        return ActionResult({PARAMETER_GROUP_NAME: self._get_param(PARAMETER_GROUP_NAME)})

    def reset_cache_parameter_group(self) -> ActionResult:
        """Reset parameters to their defaults."""
        values = self.find_parameter_group().values
        named = [parameter["ParameterName"] for parameter in self._get_param("ParameterNameValues") or []]
        for name in list(values) if self._get_bool_param("ResetAllParameters") else named:
            values.pop(name, None)
        return ActionResult({PARAMETER_GROUP_NAME: self._get_param(PARAMETER_GROUP_NAME)})

    def delete_cache_parameter_group(self) -> EmptyResult:
        """Delete a parameter group, unless a cache uses it."""
        group = self.find_parameter_group()
        name = group.fields[PARAMETER_GROUP_NAME]
        self.patched_backend().check_unused("cache_parameter_group_name", name, "InvalidCacheParameterGroupState")
        del self.patched_backend().parameter_groups[name]
        self.delete_tags(group.fields["ARN"])
        return EmptyResult()

    def modify_user(self) -> ActionResult:
        """Change a user's access string and authentication."""
        (user,) = self.elasticache_backend.describe_users(self._get_param("UserId"))
        mode = self._get_param("AuthenticationMode") or {}
        user.access_string = self._get_param("AccessString") or user.access_string
        user.authentication_type = mode.get("Type", user.authentication_type)
        user.passwords = mode.get("Passwords") or self._get_param("Passwords") or user.passwords
        return ActionResult(user)

    def create_user_group(self) -> ActionResult:
        """Create a user group."""
        group_id, engine = self._get_param("UserGroupId"), self._get_param("Engine")
        group = self.patched_backend().create_user_group(group_id, engine, self._get_param("UserIds") or [])
        self.store_tags(group["ARN"])
        return ActionResult(group)

    def describe_user_groups(self) -> PaginatedResult:
        """Return the requested user group, or all groups if none is requested."""
        group_id, backend = self._get_param("UserGroupId"), self.patched_backend()
        groups = [backend.find_user_group(group_id)] if group_id else list(backend.user_groups.values())
        return PaginatedResult({"UserGroups": groups})

    def modify_user_group(self) -> ActionResult:
        """Add and remove members of a user group."""
        group = self.patched_backend().find_user_group(self._get_param("UserGroupId"))
        added, removed = self._get_param("UserIdsToAdd") or [], self._get_param("UserIdsToRemove") or []
        members = [member for member in [*group["UserIds"], *added] if member not in removed]
        group["UserIds"] = self.patched_backend().check_members(members)
        return ActionResult(group)

    def delete_user_group(self) -> ActionResult:
        """Delete a user group, unless a cache uses it."""
        backend = self.patched_backend()
        group_id = backend.find_user_group(self._get_param("UserGroupId"))["UserGroupId"]
        for cache in backend.replication_groups.values():
            if group_id in cache.user_group_ids:
                message = f"The user group is associated with {cache.replication_group_id}."
                raise error("InvalidUserGroupState", message)
        self.delete_tags(backend.user_groups[group_id]["ARN"])
        return ActionResult(backend.user_groups.pop(group_id) | {"Status": "deleting"})

    @override
    def create_replication_group(self) -> ActionResult:
        backend = self.patched_backend()
        backend.check_topology(
            max(self._get_int_param("NumCacheClusters") or 1, (self._get_int_param("NumNodeGroups") or 0) + 1),
            failover=bool(self._get_bool_param("AutomaticFailoverEnabled")),
            multi_az=bool(self._get_bool_param("MultiAZEnabled")),
        )
        backend.check_references(
            subnet_group=self._get_param("CacheSubnetGroupName"),
            parameter_group=self._get_param("CacheParameterGroupName"),
            user_groups=self._get_param("UserGroupIds"),
        )
        return ElastiCacheResponse.original.create_replication_group(self)

    @override
    def modify_replication_group(self) -> ActionResult:
        result = ElastiCacheResponse.original.modify_replication_group(self)
        group: Any = self.find_replication_group()
        for parameter, attribute in SETTINGS.items():
            value = self._get_param(parameter)
            if value is not None:
                setattr(group, attribute, as_boolean(value))
        added, removed = self._get_param("UserGroupIdsToAdd") or [], self._get_param("UserGroupIdsToRemove") or []
        group.user_group_ids = [one for one in [*group.user_group_ids, *added] if one not in removed]
        log_deliveries = self._get_param("LogDeliveryConfigurations")
        if log_deliveries is not None:
            merged = merged_log_deliveries(group.log_delivery_configurations, log_deliveries)
            group.log_delivery_configurations = merged
        return result

    @override
    def delete_replication_group(self) -> ActionResult:
        group, snapshot = self.find_replication_group(), self._get_param("FinalSnapshotIdentifier")
        if snapshot:
            self.elasticache_backend.create_snapshot(snapshot, group.replication_group_id, None, group.kms_key_id, [])
        del self.elasticache_backend.replication_groups[group.replication_group_id]
        group.status = "deleting"
        self.delete_tags(group.arn)
        return ActionResult({"ReplicationGroup": group})

    def increase_replica_count(self) -> ActionResult:
        """Add replicas."""
        return self.set_replica_count()

    def decrease_replica_count(self) -> ActionResult:
        """Remove replicas."""
        return self.set_replica_count()

    def set_replica_count(self) -> ActionResult:
        """Set the number of replicas."""
        group, nodes = self.find_replication_group(), int(self._get_param("NewReplicaCount")) + 1
        failover = group.automatic_failover == "enabled"
        self.patched_backend().check_topology(nodes, failover=failover, multi_az=False)
        group.resize(nodes)
        return ActionResult({"ReplicationGroup": group})

    def patched_backend(self) -> ElastiCacheBackend:
        """Return the backend, cast to the patched class."""
        return cast("ElastiCacheBackend", self.elasticache_backend)

    def find_parameter_group(self) -> CacheParameterGroup:
        """Return the parameter group that the request names."""
        return self.patched_backend().find_parameter_group(self._get_param(PARAMETER_GROUP_NAME))

    def find_replication_group(self) -> ReplicationGroup:
        """Return the replication group that the request names."""
        group_id = self._get_param("ReplicationGroupId")
        if group_id not in self.elasticache_backend.replication_groups:
            raise ReplicationGroupNotFound(group_id)
        return cast("ReplicationGroup", self.elasticache_backend.replication_groups[group_id])

    def store_tags(self, arn: str) -> None:
        """Store the request's tags."""
        self.elasticache_backend.tagging_service.tag_resource(arn, self._get_param("Tags") or [])

    def delete_tags(self, arn: str) -> None:
        """Delete the tags of a deleted resource.

        Otherwise, a new resource with the same name would get them.
        """
        self.elasticache_backend.tagging_service.delete_all_tags_for_resource(arn)
