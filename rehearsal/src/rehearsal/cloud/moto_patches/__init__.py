"""Patches that correct differences between moto 5.2 and AWS.

Each AWS service has its own modules, structured like moto's; `core`, `principals` and `quotas` apply to all services. A
module contains patch classes (see `rehearsal.cloud.patches`) and a function `install` that installs them, or checks of
requests (see `rehearsal.cloud.request`). Its tuple `MOTO_PATCHES` documents every difference: the behaviour of moto,
the behaviour of AWS, AWS's documentation and the change to send upstream.

Each patch has a test that also runs against unpatched moto. The test fails once moto behaves like AWS, and then the
patch can be removed.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from rehearsal.cloud.moto_patches import (
    acm,
    autoscaling,
    backup,
    budgets,
    ce,
    cloudtrail,
    cloudwatch,
    config,
    core,
    dynamodb,
    ec2,
    eks,
    elasticache,
    elbv2,
    guardduty,
    iam,
    kms,
    logs,
    principals,
    quotas,
    rds,
    rds_refusals,
    route53,
    s3,
    secretsmanager,
    securityhub,
    sns,
    sqs,
    wafv2,
)
from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches, added_methods, is_patch_class, library_class

__all__ = ["MOTO_PATCHES", "MotoPatch", "added_operations", "apply"]

_SERVICES = (
    acm,
    autoscaling,
    backup,
    budgets,
    ce,
    cloudtrail,
    cloudwatch,
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
    sns,
    sqs,
    wafv2,
)

MOTO_PATCHES: tuple[MotoPatch, ...] = tuple(
    patch for service in (core, principals, quotas, *_SERVICES, secretsmanager) for patch in service.MOTO_PATCHES
)
"""All patches, grouped by service."""


@cache
def added_operations() -> Mapping[str, frozenset[str]]:
    """Return the names of the methods that patches add to moto's classes, per service.

    A method that implements an AWS operation has the operation's Python name, such as `create_addon` of `eks`. The
    result also contains helper methods, which implement no operation.
    """
    added: dict[str, set[str]] = defaultdict(set)
    for patch_class in _patch_classes():
        service = library_class(patch_class).__module__.split(".")[1]
        added[service] |= added_methods(patch_class)
    added.pop("core", None)  # the base class of all services adds no operation
    return {service: frozenset(names) for service, names in added.items()}


def _patch_classes() -> Iterator[type]:
    """Yield the patch classes of all modules of this package."""
    for module in (name for name in list(sys.modules) if name.startswith(f"{__name__}.")):
        for value in vars(sys.modules[module]).values():
            if isinstance(value, type) and value.__module__ == module and is_patch_class(value):
                yield value


def apply() -> Patches:
    """Patch moto in this process. Call `undo` on the result to revert the patches."""
    patches = Patches()
    core.install(patches)
    for service in _SERVICES:
        service.install(patches)
    return patches
