"""Where moto 5.2 errs, and what is done about it: one named correction each, each tested against moto without it.

A correction says what moto does, what AWS does and where AWS says so; the modules say theirs, at their ends. When moto
catches up, its test fails, and the correction is dropped. Names begin with the service.
"""

from rehearsal.cloud.corrections import (
    acm,
    audit,
    backup,
    budgets,
    configuration,
    cost_explorer,
    ec2,
    edge,
    eks,
    eks_parts,
    elasticache,
    elasticache_groups,
    endpoints,
    kms,
    rds,
    rds_backups,
    s3,
    scaling,
)
from rehearsal.cloud.corrections.base import Correction
from rehearsal.cloud.patches import Patches

__all__ = ["CORRECTIONS", "Correction", "apply"]

CORRECTIONS: tuple[Correction, ...] = (
    *rds.CORRECTIONS,
    *eks.CORRECTIONS,
    *eks_parts.CORRECTIONS,
    *scaling.CORRECTIONS,
    *ec2.CORRECTIONS,
    *edge.CORRECTIONS,
    *endpoints.CORRECTIONS,
    *kms.CORRECTIONS,
    *acm.CORRECTIONS,
    *budgets.CORRECTIONS,
    *cost_explorer.CORRECTIONS,
    *s3.CORRECTIONS,
    *rds_backups.CORRECTIONS,
    *elasticache.CORRECTIONS,
    *elasticache_groups.CORRECTIONS,
    *backup.CORRECTIONS,
    *audit.CORRECTIONS,
    *configuration.CORRECTIONS,
)
"""All corrections, in the order in which they are applied."""


def apply() -> Patches:
    """Correct moto in this process; `undo` of what is returned takes it back."""
    patches = Patches()
    for correction in CORRECTIONS:
        correction.patch(patches)
    return patches
