"""ElastiCache replication groups, and the groups that they use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from moto.elasticache import models
from moto.elasticache.exceptions import (
    ElastiCacheException,
    InvalidParameterCombinationException,
    InvalidParameterValueException,
    UserNotFound,
)
from typing_extensions import override


@dataclass
class CacheParameterGroup:
    """A parameter group and the parameters that differ from its family's defaults."""

    fields: dict[str, Any]
    """The group as the API returns it."""
    values: dict[str, str] = field(default_factory=dict)


class ReplicationGroup(models.ReplicationGroup):
    """Replication group with the requested number of nodes and a reader endpoint."""

    original: ClassVar[type[models.ReplicationGroup]]

    @override
    def __init__(self, **settings: Any) -> None:
        nodes, replicas = settings.get("num_cache_clusters"), settings.get("replicas_per_node_group")
        if nodes and not replicas and settings.get("cluster_mode") != "enabled":
            settings["replicas_per_node_group"] = nodes - 1
        ReplicationGroup.original.__init__(self, **settings)
        node_groups: Any = self.node_groups
        for node_group in node_groups:
            if "reader_endpoint_address" in node_group:
                endpoint = {"address": node_group["reader_endpoint_address"], "port": self.port}
                node_group["reader_endpoint"] = endpoint

    def resize(self, nodes: int) -> None:
        """Change the number of nodes. The first node is the primary."""
        node_group: Any = self.node_groups[0]
        template = node_group["node_group_members"][0]
        names = [f"{self.replication_group_id}-{number + 1:0>3}" for number in range(nodes)]
        self.member_clusters[:] = names
        node_group["node_group_members"] = [
            {**template, "cache_cluster_id": name, "current_role": "replica" if number else "primary"}
            for number, name in enumerate(names)
        ]


class ElastiCacheBackend(models.ElastiCacheBackend):
    """ElastiCache backend with parameter and user groups, and checks before deletions."""

    original: ClassVar[type[models.ElastiCacheBackend]]

    @override
    def __init__(self, region_name: str, account_id: str) -> None:
        ElastiCacheBackend.original.__init__(self, region_name, account_id)
        self.parameter_groups: dict[str, CacheParameterGroup] = {}
        self.user_groups: dict[str, dict[str, Any]] = {}
        """User groups as the API returns them, by id."""

    @override
    def describe_cache_clusters(self, cache_cluster_id: str | None = None) -> list[Any]:
        members = {
            name: self.describe_member(name, group)
            for group in self.replication_groups.values()
            for name in group.member_clusters
        }
        if cache_cluster_id in members:
            return [members[str(cache_cluster_id)]]
        clusters = ElastiCacheBackend.original.describe_cache_clusters(self, cache_cluster_id)
        return [*clusters, *(members.values() if cache_cluster_id is None else ())]

    def describe_member(self, name: str, group: Any) -> dict[str, Any]:
        """Return a node of a replication group in the form of DescribeCacheClusters.

        Some of these settings are returned by no other operation.
        """
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
            "SecurityGroups": [
                {"SecurityGroupId": group_id, "Status": "active"} for group_id in group.security_group_ids or []
            ],
            "SnapshotRetentionLimit": group.snapshot_retention_limit,
            "SnapshotWindow": group.snapshot_window,
            "AutoMinorVersionUpgrade": as_boolean(group.auto_minor_version_upgrade),
            "TransitEncryptionEnabled": group.transit_encryption_enabled,
            "AtRestEncryptionEnabled": group.at_rest_encryption_enabled,
            "ARN": self.new_arn("cluster", name),
        }

    @override
    def create_user(self, user_id: str, user_name: str, *args: Any, **settings: Any) -> models.User:
        if settings.get("authentication_type") == "iam" and user_id != user_name:
            raise InvalidParameterValueException("For IAM authentication, UserId and UserName must be the same.")
        return ElastiCacheBackend.original.create_user(self, user_id, user_name, *args, **settings)

    @override
    def delete_user(self, user_id: str) -> models.User:
        if user_id not in self.users:
            raise UserNotFound(user_id)
        user = self.users.pop(user_id)
        user.status = "deleting"
        self.tagging_service.delete_all_tags_for_resource(user.arn)
        for group in self.user_groups.values():
            group["UserIds"] = [member for member in group["UserIds"] if member != user_id]
        return user

    @override
    def list_tags_for_resource(self, arn: str) -> dict[str, list[dict[str, str]]]:
        return self.tagging_service.list_tags_for_resource(arn)

    def create_cache_parameter_group(self, name: str, family: str, description: str) -> CacheParameterGroup:
        """Create a parameter group."""
        if name in self.parameter_groups:
            raise error("CacheParameterGroupAlreadyExists", f"Cache parameter group {name} already exists")
        self.parameter_groups[name] = CacheParameterGroup(
            {
                "CacheParameterGroupName": name,
                "CacheParameterGroupFamily": family,
                "Description": description,
                "IsGlobal": False,
                "ARN": self.new_arn("parametergroup", name),
            }
        )
        return self.parameter_groups[name]

    def find_parameter_group(self, name: str) -> CacheParameterGroup:
        """Return a parameter group."""
        if name not in self.parameter_groups:
            raise error("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.")
        return self.parameter_groups[name]

    def create_user_group(self, user_group_id: str, engine: str, user_ids: Iterable[str]) -> dict[str, Any]:
        """Create a user group."""
        if user_group_id in self.user_groups:
            raise error("UserGroupAlreadyExists", f"User group {user_group_id} already exists.")
        self.user_groups[user_group_id] = {
            "UserGroupId": user_group_id,
            "Status": "active",
            "Engine": engine.lower(),
            "UserIds": self.check_members(user_ids),
            "ReplicationGroups": [],
            "ARN": self.new_arn("usergroup", user_group_id),
        }
        return self.user_groups[user_group_id]

    def find_user_group(self, user_group_id: str) -> dict[str, Any]:
        """Return a user group."""
        if user_group_id not in self.user_groups:
            raise error("UserGroupNotFound", f"User group {user_group_id} not found.")
        return self.user_groups[user_group_id]

    def check_members(self, user_ids: Iterable[str]) -> list[str]:
        """Check the members of a user group and return their ids.

        Every member must exist, and exactly one must be named `default`.
        """
        members = list(user_ids)
        names = [self.describe_users(member)[0].name for member in members]
        if names.count("default") != 1:
            raise error("DefaultUserRequired", "You must add default user to a user group.")
        return members

    def check_unused(self, attribute: str, name: str, code: str) -> None:
        """Reject the deletion of a group that a replication group uses."""
        for cache in self.replication_groups.values():
            if getattr(cache, attribute) == name:
                raise error(code, f"{name} is in use by {cache.replication_group_id}")

    def check_topology(self, nodes: int, *, failover: bool, multi_az: bool) -> None:
        """Reject failover without a replica, and Multi-AZ without failover."""
        if failover and nodes < 2:  # noqa: PLR2004  # a primary and a replica
            raise InvalidParameterCombinationException(
                "Replication group with automatic failover enabled must have at least one replica."
            )
        if multi_az and not failover:
            raise InvalidParameterCombinationException(
                "Must enable automatic failover to enable Multi-AZ on a replication group."
            )

    def check_references(self, *, subnet_group: str | None, parameter_group: str | None, user_groups: Any) -> None:
        """Reject subnet, parameter and user groups that don't exist."""
        if subnet_group:
            self.describe_cache_subnet_groups(subnet_group)
        if parameter_group and not parameter_group.startswith("default."):
            self.find_parameter_group(parameter_group)
        for user_group_id in user_groups or []:
            self.find_user_group(user_group_id)

    def new_arn(self, resource_type: str, name: str) -> str:
        """Return an ARN of this account and region."""
        return f"arn:aws:elasticache:{self.region_name}:{self.account_id}:{resource_type}:{name}"


def error(code: str, message: str) -> ElastiCacheException:
    """Build an ElastiCache error."""
    return ElastiCacheException(code, message)


def as_boolean(value: Any) -> Any:
    """Return a boolean for `"true"` and `"false"`, and other values unchanged."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def merged_log_deliveries(
    existing: Iterable[Mapping[str, Any]], changes: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Replace the log deliveries of the changed log types."""
    changed = {change["LogType"]: change for change in changes}
    enabled = [change for change in changed.values() if as_boolean(change.get("Enabled", True)) is not False]
    return [
        *(delivery for delivery in existing if delivery["LogType"] not in changed),
        *({**change, "Status": "active"} for change in enabled),
    ]
