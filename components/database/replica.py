"""PostgreSQL read replica in another region, ready for promotion."""

from pulumi import ResourceOptions
from pulumi_aws import rds

from components.base import PlatformComponent
from components.database.args import ReplicaArgs
from components.database.instance_args import shared_instance_args
from components.database.log_groups import log_groups
from components.database.parameter_group import parameter_group
from components.database.subnet_group import subnet_group


class PostgresReplica(PlatformComponent):
    """A cross-region read replica with the size and protection of the primary.

    The replica inherits the engine, users and passwords of its source. It has no final snapshot, because RDS rejects
    final snapshots of replicas. Never remove `replicate_source_db` from the program, because that silently promotes the
    replica.

    Outputs: arn, address.
    """

    def __init__(self, name: str, args: ReplicaArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:database:PostgresReplica", name, args.context, opts)
        self.instance = rds.Instance(
            name,
            replicate_source_db=args.source_arn,
            db_subnet_group_name=subnet_group(self, name, args).name,
            parameter_group_name=parameter_group(self, name, args).name,
            monitoring_role_arn=args.monitoring_role_arn,
            skip_final_snapshot=True,
            **shared_instance_args(args),
            **self.child(
                args.role,
                ResourceOptions(depends_on=log_groups(self, name, args), protect=args.deletion_protection),
            ),
        )
        self.arn = self.instance.arn
        self.address = self.instance.address
        self.register_outputs({"arn": self.arn, "address": self.address})
