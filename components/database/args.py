"""Arguments of the database components."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.base import ComponentArgs


@dataclass(frozen=True, kw_only=True)
class PostgresArgs(ComponentArgs):
    """Size, keys, network and protection that the primary and the replica share."""

    role: str
    """`records` or `records-dr`; the identifier is `campus-<env>-<role>`."""
    version: str
    """Major version of PostgreSQL.

    RDS applies minor versions in the maintenance window.
    """
    instance_class: str
    storage_cap_gib: int
    multi_zone: bool
    backup_retention_days: int
    insights_retention_days: int
    log_retention_days: int
    deletion_protection: bool
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    key: pulumi.Input[str]
    """ARN of this region's KMS key for storage, snapshots and Performance Insights."""
    logs_key: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class PrimaryArgs(PostgresArgs):
    """Arguments of the primary instance."""

    storage_gib: int
    restore_from: str | None
    """Name or ARN of the snapshot to restore from; None creates an empty database."""
    upgrade_from: str | None = None
    """Current major version, set only for an upgrade to `version`. With None, RDS rejects any major upgrade."""


@dataclass(frozen=True, kw_only=True)
class ReplicaArgs(PostgresArgs):
    """Arguments of the replica in another region."""

    source_arn: pulumi.Input[str]
    """ARN of the source instance; RDS does not accept an identifier across regions."""
    monitoring_role_arn: pulumi.Input[str]
    """ARN of the primary's monitoring role. The replica can use this role, because IAM is global."""
