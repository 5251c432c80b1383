"""Arguments of the database components."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.base import ComponentArgs


@dataclass(frozen=True, kw_only=True)
class PostgresArgs(ComponentArgs):
    """What the primary and its replica have in common: size, keys, network, protection."""

    role: str
    """`records` or `records-dr`; the identifier is `campus-<env>-<role>`."""
    version: str
    """Major version of PostgreSQL; minor ones come by themselves in the maintenance window."""
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
    """ARN of the key of this region that encrypts storage, snapshots and insights."""
    logs_key: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class PrimaryArgs(PostgresArgs):
    """The instance that is written to."""

    storage_gib: int
    restore_from: str | None
    """Name or ARN of the snapshot that the instance starts from; None: it starts empty."""


@dataclass(frozen=True, kw_only=True)
class ReplicaArgs(PostgresArgs):
    """A copy in another region."""

    source_arn: pulumi.Input[str]
    """ARN, not identifier: across regions RDS takes nothing else."""
    monitoring_role_arn: pulumi.Input[str]
    """The primary's role, for IAM has no regions."""
