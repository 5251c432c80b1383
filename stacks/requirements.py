"""Figures and names that the operations document fixes; settings are measured against them."""

from enum import StrEnum


class Environment(StrEnum):
    """The four environments; the document calls preprod "pre-prod"."""

    DEV = "dev"
    STAGING = "staging"
    PREPROD = "preprod"
    PROD = "prod"

    @property
    def production_like(self) -> bool:
        """Whether production's topology and protection are required: prod, and preprod, which is identical."""
        return self in {Environment.PREPROD, Environment.PROD}


class DataClass(StrEnum):
    """Which students' data an environment may hold; not a secrecy level."""

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
"""US dollars a month, all four environments together."""
BACKUP_RETENTION_DAYS = 30
EVIDENCE_RETENTION_YEARS = 7
REPLICA_CAP = 50
"""Auto-scaling cap of one service."""
PRODUCTION_LIKE_ZONES = 3
"""Availability zones of a full production topology."""
FEWEST_ZONES = 2
"""AWS's own floor: EKS, an RDS subnet group and an application load balancer each refuse a single zone."""
SCHOOL_DAY = ("06:00", "18:00")
"""What lies outside is the maintenance window: "non-school hours (6 PM - 6 AM)"."""
