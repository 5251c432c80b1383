"""DB subnet group of a PostgreSQL instance."""

from pulumi_aws import rds

from components.base import PlatformComponent
from components.database.args import PostgresArgs


def subnet_group(component: PlatformComponent, name: str, args: PostgresArgs) -> rds.SubnetGroup:
    """Create the group of subnets that RDS may place the instance in."""
    return rds.SubnetGroup(
        name,
        name=args.context.resource_name(args.role),
        description=f"{args.role} of {args.context.environment}",
        subnet_ids=args.subnet_ids,
        **component.child(f"{args.role}-subnets"),
    )
