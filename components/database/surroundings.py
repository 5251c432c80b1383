"""What a PostgreSQL instance stands in: subnets, parameters, log groups; and the properties all instances share."""

from typing import TypedDict

import pulumi
from pulumi_aws import cloudwatch, rds

from components.base import PlatformComponent
from components.database.args import PostgresArgs
from components.database.plan import (
    AUTHORITY,
    BACKUP_WINDOW,
    LOG_EXPORTS,
    MAINTENANCE_WINDOW,
    MONITORING_SECONDS,
    PARAMETERS,
)


def subnet_group(component: PlatformComponent, name: str, args: PostgresArgs) -> rds.SubnetGroup:
    """Subnets the instance may stand in."""
    return rds.SubnetGroup(
        name,
        name=args.placement.named(args.role),
        description=f"{args.role} of {args.placement.environment}",
        subnet_ids=args.subnet_ids,
        **component.child(f"{args.role}-subnets"),
    )


def parameter_group(component: PlatformComponent, name: str, args: PostgresArgs) -> rds.ParameterGroup:
    """Server parameters; named after the major version, so that an upgrade makes a second group beside the first."""
    role = f"{args.role}-postgres{args.version}"
    return rds.ParameterGroup(
        name,
        name=args.placement.named(role),
        description=f"{args.role} of {args.placement.environment}",
        family=f"postgres{args.version}",
        parameters=[
            rds.ParameterGroupParameterArgs(name=each.name, value=each.value, apply_method=each.method)
            for each in PARAMETERS
        ],
        **component.child(role),
    )


def log_groups(component: PlatformComponent, name: str, args: PostgresArgs) -> list[pulumi.Resource]:
    """Log groups of the exports; RDS would make them itself, unencrypted and kept for ever."""
    identifier = args.placement.named(args.role)
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


class Shared(TypedDict):
    """Properties that primary and replica have in common."""

    identifier: str
    instance_class: str
    max_allocated_storage: int
    storage_type: str
    storage_encrypted: bool
    kms_key_id: pulumi.Input[str]
    multi_az: bool
    publicly_accessible: bool
    iam_database_authentication_enabled: bool
    ca_cert_identifier: str
    auto_minor_version_upgrade: bool
    backup_retention_period: int
    backup_window: str
    maintenance_window: str
    copy_tags_to_snapshot: bool
    delete_automated_backups: bool
    deletion_protection: bool
    enabled_cloudwatch_logs_exports: list[str]
    performance_insights_enabled: bool
    performance_insights_kms_key_id: pulumi.Input[str]
    performance_insights_retention_period: int
    monitoring_interval: int
    vpc_security_group_ids: list[pulumi.Input[str]]


def shared(args: PostgresArgs) -> Shared:
    """The properties themselves."""
    return {
        "identifier": args.placement.named(args.role),
        "instance_class": args.instance_class,
        "max_allocated_storage": args.storage_cap_gib,
        "storage_type": "gp3",
        "storage_encrypted": True,
        "kms_key_id": args.key,
        "multi_az": args.multi_zone,
        "publicly_accessible": False,
        "iam_database_authentication_enabled": True,
        "ca_cert_identifier": AUTHORITY,
        "auto_minor_version_upgrade": True,
        "backup_retention_period": args.backup_retention_days,
        "backup_window": BACKUP_WINDOW,
        "maintenance_window": MAINTENANCE_WINDOW,
        "copy_tags_to_snapshot": True,
        "delete_automated_backups": not args.deletion_protection,
        "deletion_protection": args.deletion_protection,
        "enabled_cloudwatch_logs_exports": list(LOG_EXPORTS),
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": args.key,
        "performance_insights_retention_period": args.insights_retention_days,
        "monitoring_interval": MONITORING_SECONDS,
        "vpc_security_group_ids": list(args.security_group_ids),
    }
