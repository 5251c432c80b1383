"""Settings of the database, the cache, the evidence store and backups."""

from typing import Annotated

from pydantic import Field

from components.backup.plan import VaultLockMode
from stacks.sections.fields import Flag, InsightsDays, LogDays, Positive, Section, Snapshot, Whole, matching

PostgresVersion = Annotated[str, matching(r"\d\d", "a major version of PostgreSQL, such as 16")]


class Database(Section):
    """The PostgreSQL instance. Its replica in the DR region has the same size."""

    version: PostgresVersion
    instance_class: Annotated[str, matching(r"db\.[a-z0-9]+\.[a-z0-9]+", "an RDS instance class")]
    storage_gib: Annotated[Whole, Field(ge=20)]
    storage_cap_gib: Positive
    multi_zone: Flag
    restore_from: Snapshot | None
    """Snapshot to restore the database from; null creates an empty database. A change replaces the database."""
    upgrade_from: PostgresVersion | None
    """Current major version during an upgrade. RDS then upgrades to `version` at once. Null without an upgrade."""
    backup_retention_days: Annotated[Whole, Field(ge=1, le=35)]
    insights_retention_days: InsightsDays
    log_retention_days: LogDays


class Cache(Section):
    """The Redis cache, which holds sessions of the services."""

    version: Annotated[str, matching(r"7\.\d", "a version of Redis 7, such as 7.1")]
    node_type: Annotated[str, matching(r"cache\.[a-z0-9]+\.[a-z0-9]+", "an ElastiCache node type")]
    nodes: Annotated[Whole, Field(ge=1, le=6)]
    """Number of nodes: the primary and up to five replicas, the limit of ElastiCache."""
    snapshot_retention_days: Annotated[Whole, Field(ge=1, le=35)]
    log_retention_days: LogDays


class Backup(Section):
    """Daily full backups and the lock of their vault."""

    retention_days: Annotated[Whole, Field(ge=1, le=366)]
    lock: VaultLockMode
    grace_days: Annotated[Whole, Field(ge=3)]
    """Days after the vault's creation during which a compliance lock can still be removed."""


class Evidence(Section):
    """The evidence store: recordings and reports used in cases."""

    object_lock: Flag
    """Enable Object Lock: nobody, not even root, can delete or overwrite evidence during its retention period."""
    retention_years: Positive
    cold_after_days: Annotated[Whole, Field(ge=30)]
    archive_after_days: Positive
    access_log_retention_days: Positive
