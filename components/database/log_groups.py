"""CloudWatch log groups of a PostgreSQL instance."""

import pulumi
from pulumi_aws import cloudwatch

from components.base import PlatformComponent
from components.database.args import PostgresArgs
from components.database.plan import LOG_EXPORTS


def log_groups(component: PlatformComponent, name: str, args: PostgresArgs) -> list[pulumi.Resource]:
    """Create one log group per exported log.

    Otherwise RDS creates the groups itself, unencrypted and without a retention period.
    """
    identifier = args.context.resource_name(args.role)
    return [
        cloudwatch.LogGroup(
            f"{name}-{export}",
            name=f"/aws/rds/instance/{identifier}/{export}",
            kms_key_id=args.logs_key,
            retention_in_days=args.log_retention_days,
            **component.child(f"{args.role}-{export}-logs"),
        )
        for export in LOG_EXPORTS
    ]
