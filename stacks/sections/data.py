"""Databases and the evidence store."""

from typing import Annotated

from pydantic import Field

from stacks.sections.fields import Flag, InsightsDays, LogDays, Positive, Section, Whole, matching


class Database(Section):
    """The PostgreSQL instance; its replica in the DR region has the same size."""

    version: Annotated[str, matching(r"\d\d", "a major version of PostgreSQL, such as 16")]
    instance_class: Annotated[str, matching(r"db\.[a-z0-9]+\.[a-z0-9]+", "an RDS instance class")]
    storage_gib: Annotated[Whole, Field(ge=20)]
    storage_cap_gib: Positive
    multi_zone: Flag
    backup_retention_days: Annotated[Whole, Field(ge=1, le=35)]
    insights_retention_days: InsightsDays
    log_retention_days: LogDays


class Evidence(Section):
    """The store of evidence: recordings and reports that a case rests on."""

    object_lock: Flag
    """True: nobody, root included, deletes or overwrites evidence within its retention."""
    retention_years: Positive
    cold_after_days: Annotated[Whole, Field(ge=30)]
    archive_after_days: Positive
    access_log_retention_days: Positive
