"""Redis cache of one region."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, elasticache

from components.base import ComponentArgs, PlatformComponent
from components.cache.plan import (
    ACCESS,
    ENGINE,
    FAMILY,
    LOG_TYPES,
    MAINTENANCE_WINDOW,
    NO_ACCESS,
    PARAMETERS,
    PORT,
    SERVICES,
    SNAPSHOT_WINDOW,
    Topology,
)


@dataclass(frozen=True, kw_only=True)
class RedisArgs(ComponentArgs):
    """Size, keys, network and protection of the cache."""

    role: str
    """The replication group's AWS name is `campus-<env>-<role>`."""
    version: str
    """Major and minor version, such as 7.1.

    AWS applies patches in the maintenance window.
    """
    node_type: str
    topology: Topology
    snapshot_retention_days: int
    log_retention_days: int
    final_snapshot: bool
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    key: pulumi.Input[str]
    """ARN of the KMS key that encrypts swapped memory and snapshots."""
    logs_key: pulumi.Input[str]


class RedisCache(PlatformComponent):
    """A replication group with TLS and IAM authentication only.

    All services authenticate as one user. Their IAM roles sign tokens that expire after fifteen minutes (ElastiCache
    user guide, "Authenticating with IAM"). An auth token would instead be a shared password to store and rotate. The
    slow log contains keys and command arguments, so its log group is encrypted.

    Outputs: address, port, user; connect_arns (resources on which clients need `elasticache:Connect`).
    """

    def __init__(self, name: str, args: RedisArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:cache:RedisCache", name, args.context, opts)
        identifier = args.context.resource_name(args.role)
        services, group = self._users(name, args)
        replication_group = elasticache.ReplicationGroup(
            name,
            replication_group_id=identifier,
            description=f"{args.role} of {args.context.environment}",
            engine=ENGINE,
            engine_version=args.version,
            node_type=args.node_type,
            num_cache_clusters=args.topology.nodes,
            automatic_failover_enabled=args.topology.failover,
            multi_az_enabled=args.topology.failover,
            port=PORT,
            parameter_group_name=self._parameters(name, args).name,
            subnet_group_name=self._subnets(name, args).name,
            security_group_ids=list(args.security_group_ids),
            at_rest_encryption_enabled=True,
            kms_key_id=args.key,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            user_group_ids=[group.user_group_id],
            auto_minor_version_upgrade=True,
            maintenance_window=MAINTENANCE_WINDOW,
            snapshot_window=SNAPSHOT_WINDOW,
            snapshot_retention_limit=args.snapshot_retention_days,
            final_snapshot_identifier=f"{identifier}-final" if args.final_snapshot else None,
            log_delivery_configurations=self._logs(name, args),
            **self.child(args.role),
        )
        self.address = replication_group.primary_endpoint_address
        self.port: pulumi.Output[int] = replication_group.port.apply(lambda port: port or PORT)
        self.user = services.user_name
        self.connect_arns = (replication_group.arn, services.arn)
        self.register_outputs({"address": self.address})

    def _users(self, name: str, args: RedisArgs) -> tuple[elasticache.User, elasticache.UserGroup]:
        """Create the services' user and the disabled user `default`.

        With IAM authentication, a user's id and name must be equal.
        """
        identifier = args.context.resource_name(f"{args.role}-{SERVICES}")
        services = elasticache.User(
            f"{name}-{SERVICES}",
            user_id=identifier,
            user_name=identifier,
            engine=ENGINE,
            access_string=ACCESS,
            authentication_mode=elasticache.UserAuthenticationModeArgs(type="iam"),
            **self.child(f"{args.role}-{SERVICES}"),
        )
        default = elasticache.User(
            f"{name}-default",
            user_id=args.context.resource_name(f"{args.role}-default"),
            user_name="default",
            engine=ENGINE,
            access_string=NO_ACCESS,
            authentication_mode=elasticache.UserAuthenticationModeArgs(type="no-password-required"),
            **self.child(f"{args.role}-default"),
        )
        group = elasticache.UserGroup(
            name,
            user_group_id=args.context.resource_name(args.role),
            engine=ENGINE,
            user_ids=[default.user_id, services.user_id],
            **self.child(f"{args.role}-users"),
        )
        return services, group

    def _parameters(self, name: str, args: RedisArgs) -> elasticache.ParameterGroup:
        role = f"{args.role}-{FAMILY}"
        return elasticache.ParameterGroup(
            name,
            name=args.context.resource_name(role),
            description=f"{args.role} of {args.context.environment}",
            family=FAMILY,
            parameters=[
                elasticache.ParameterGroupParameterArgs(name=key, value=value) for key, value in PARAMETERS.items()
            ],
            **self.child(role),
        )

    def _subnets(self, name: str, args: RedisArgs) -> elasticache.SubnetGroup:
        return elasticache.SubnetGroup(
            name,
            name=args.context.resource_name(args.role),
            description=f"{args.role} of {args.context.environment}",
            subnet_ids=list(args.subnet_ids),
            **self.child(f"{args.role}-subnets"),
        )

    def _logs(self, name: str, args: RedisArgs) -> list[elasticache.ReplicationGroupLogDeliveryConfigurationArgs]:
        return [
            elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
                log_type=log_type,
                log_format="json",
                destination_type="cloudwatch-logs",
                destination=cloudwatch.LogGroup(
                    f"{name}-{log_type}",
                    name=f"/aws/elasticache/{args.context.resource_name(args.role)}/{log_type}",
                    kms_key_id=args.logs_key,
                    retention_in_days=args.log_retention_days,
                    **self.child(f"{args.role}-{log_type}"),
                ).name,
            )
            for log_type in LOG_TYPES
        ]
