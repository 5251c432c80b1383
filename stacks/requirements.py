"""Values fixed by the requirements (`docs/reference/requirements-source.md`)."""

from enum import StrEnum


class Environment(StrEnum):
    """The four environments. The requirements source spells preprod "pre-prod"."""

    DEV = "dev"
    STAGING = "staging"
    PREPROD = "preprod"
    PROD = "prod"

    @property
    def production_like(self) -> bool:
        """True for prod and preprod, which require production's topology and protection."""
        return self in {Environment.PREPROD, Environment.PROD}


class DataClass(StrEnum):
    """Class of student data that an environment may hold; not a confidentiality level."""

    SYNTHETIC = "synthetic"
    SANITISED = "sanitised"
    RESTRICTED_SUBSET = "restricted-subset"
    FULL = "full"


DATA_CLASS = {
    Environment.DEV: DataClass.SYNTHETIC,
    Environment.STAGING: DataClass.SANITISED,
    Environment.PREPROD: DataClass.RESTRICTED_SUBSET,
    Environment.PROD: DataClass.FULL,
}

MONTHLY_BUDGET = 120_000
"""US dollars per month for all four environments together."""
BACKUP_RETENTION_DAYS = 30
EVIDENCE_RETENTION_YEARS = 7
REPLICA_CAP = 50
"""Maximum replicas of one service."""
PRODUCTION_LIKE_ZONES = 3
"""Availability zones of a full production topology."""
MIN_ZONES = 2
"""AWS's minimum: EKS, RDS subnet groups and application load balancers each reject a single zone."""
SCHOOL_DAY = ("06:00", "18:00")
"""Start and end of the school day. All other hours are the maintenance window, "non-school hours (6 PM - 6 AM)"."""
