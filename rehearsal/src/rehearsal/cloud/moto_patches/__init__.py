"""Where moto 5.2 errs, and what is done about it: one named correction each, each tested against moto without it.

A correction says what moto does, what AWS does and where AWS says so; the modules say theirs, at their ends. When moto
catches up, its test fails, and the correction is dropped. Names begin with the service.
"""

from rehearsal.cloud.moto_patches import (
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
from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

__all__ = ["MOTO_PATCHES", "MotoPatch", "apply"]

MOTO_PATCHES: tuple[MotoPatch, ...] = (
    *rds.MOTO_PATCHES,
    *eks.MOTO_PATCHES,
    *eks_parts.MOTO_PATCHES,
    *scaling.MOTO_PATCHES,
    *ec2.MOTO_PATCHES,
    *edge.MOTO_PATCHES,
    *endpoints.MOTO_PATCHES,
    *kms.MOTO_PATCHES,
    *acm.MOTO_PATCHES,
    *budgets.MOTO_PATCHES,
    *cost_explorer.MOTO_PATCHES,
    *s3.MOTO_PATCHES,
    *rds_backups.MOTO_PATCHES,
    *elasticache.MOTO_PATCHES,
    *elasticache_groups.MOTO_PATCHES,
    *backup.MOTO_PATCHES,
    *audit.MOTO_PATCHES,
    *configuration.MOTO_PATCHES,
)
"""All moto patches, in the order in which they are applied."""


def apply() -> Patches:
    """Correct moto in this process; `undo` of what is returned takes it back."""
    patches = Patches()
    for patch in MOTO_PATCHES:
        patch.patch(patches)
    return patches
