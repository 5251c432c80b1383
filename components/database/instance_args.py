"""RDS instance properties that the primary and the replica have in common."""

from typing import TypedDict

import pulumi

from components.database.args import PostgresArgs
from components.database.plan import (
    BACKUP_WINDOW,
    CA_CERTIFICATE,
    LOG_EXPORTS,
    MAINTENANCE_WINDOW,
    MONITORING_SECONDS,
)


class SharedInstanceArgs(TypedDict):
    """Instance properties that the primary and the replica have in common."""

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


def shared_instance_args(args: PostgresArgs) -> SharedInstanceArgs:
    """Return the properties common to primary and replica."""
    return {
        "identifier": args.context.resource_name(args.role),
        "instance_class": args.instance_class,
        "max_allocated_storage": args.storage_cap_gib,
        "storage_type": "gp3",
        "storage_encrypted": True,
        "kms_key_id": args.key,
        "multi_az": args.multi_zone,
        "publicly_accessible": False,
        "iam_database_authentication_enabled": True,
        "ca_cert_identifier": CA_CERTIFICATE,
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
