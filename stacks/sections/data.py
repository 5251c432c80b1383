"""Databases, the cache, the evidence store and backups of them."""

from typing import Annotated

from pydantic import Field

from components.backup.plan import VaultLockMode
from stacks.sections.fields import Flag, InsightsDays, LogDays, Positive, Section, Snapshot, Whole, matching


class Database(Section):
    """The PostgreSQL instance; its replica in the DR region has the same size."""

    version: Annotated[str, matching(r"\d\d", "a major version of PostgreSQL, such as 16")]
    instance_class: Annotated[str, matching(r"db\.[a-z0-9]+\.[a-z0-9]+", "an RDS instance class")]
    storage_gib: Annotated[Whole, Field(ge=20)]
    storage_cap_gib: Positive
    multi_zone: Flag
    restore_from: Snapshot | None
    """The snapshot that the database was made from; null: it was made empty. A change makes a new database."""
    backup_retention_days: Annotated[Whole, Field(ge=1, le=35)]
    insights_retention_days: InsightsDays
    log_retention_days: LogDays


class Cache(Section):
    """The Redis cache of the services, which holds sessions."""

    version: Annotated[str, matching(r"7\.\d", "a version of Redis 7, such as 7.1")]
    node_type: Annotated[str, matching(r"cache\.[a-z0-9]+\.[a-z0-9]+", "an ElastiCache node type")]
    nodes: Annotated[Whole, Field(ge=1, le=6)]
    """The primary and its replicas; ElastiCache allows five of these."""
    snapshot_retention_days: Annotated[Whole, Field(ge=1, le=35)]
    log_retention_days: LogDays


class Backup(Section):
    """Daily full backups, and how firmly their vault keeps them."""

    retention_days: Annotated[Whole, Field(ge=1, le=366)]
    lock: VaultLockMode
    grace_days: Annotated[Whole, Field(ge=3)]
    """Days in which a compliance lock can be taken back."""


class Evidence(Section):
    """The store of evidence: recordings and reports that a case rests on."""

    object_lock: Flag
    """True: nobody, root included, deletes or overwrites evidence within its retention."""
    retention_years: Positive
    cold_after_days: Annotated[Whole, Field(ge=30)]
    archive_after_days: Positive
    access_log_retention_days: Positive
