"""Patches of moto 5.2 where it differs from AWS.

Each AWS service has one module, structured like moto's own modules. The module contains patch classes (see
`rehearsal.cloud.patches`), a function `install` that installs them, and the tuple `MOTO_PATCHES`. The tuple documents
every difference: the behaviour of moto, the behaviour of AWS, AWS's documentation and the change to send upstream.

Each patch has a test that also runs against unpatched moto. The test fails once moto behaves like AWS, and then the
patch can be removed.
"""

from rehearsal.cloud.moto_patches import (
    acm,
    autoscaling,
    backup,
    budgets,
    ce,
    cloudtrail,
    config,
    dynamodb,
    ec2,
    eks,
    elasticache,
    elbv2,
    guardduty,
    iam,
    kms,
    logs,
    rds,
    rds_refusals,
    route53,
    s3,
    securityhub,
    wafv2,
)
from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

__all__ = ["MOTO_PATCHES", "MotoPatch", "apply"]

_SERVICES = (
    acm,
    autoscaling,
    backup,
    budgets,
    ce,
    cloudtrail,
    config,
    dynamodb,
    ec2,
    eks,
    elasticache,
    elbv2,
    guardduty,
    iam,
    kms,
    logs,
    rds,
    rds_refusals,
    route53,
    s3,
    securityhub,
    wafv2,
)

MOTO_PATCHES: tuple[MotoPatch, ...] = tuple(patch for service in _SERVICES for patch in service.MOTO_PATCHES)
"""All patches, by service."""


def apply() -> Patches:
    """Patch moto in this process. Call `undo` on the result to revert the patches."""
    patches = Patches()
    for service in _SERVICES:
        service.install(patches)
    return patches
