"""Inputs whose change replaces a resource, according to the emulated providers."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from platformdirs import user_cache_path

from rehearsal.providers.aws import AwsProvider, create_provider
from rehearsal.providers.kubernetes.differences import compare as compare_objects
from rehearsal.providers.kubernetes.differences import replacing_fields
from rehearsal.providers.kubernetes.objects import to_object
from rehearsal.providers.protocol import ChangeKind, DiffResult, PropertyChange
from rehearsal.providers.vault.catalog import TYPES
from rehearsal.providers.vault.differences import compare as compare_vault

TARGET_INPUTS = frozenset({"region", "allowedAccountIds", "endpoints", "context", "address", "namespace"})
"""Provider inputs that select the region, account, cluster or server of the provider's resources."""


def replaced_inputs(token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the paths of all changes that replace the resource.

    An empty result means an update in place. For a type without an emulated provider, every changed input counts,
    because it is unknown which inputs can be updated in place. For a provider resource, only the inputs that move its
    resources to another region, account or server count.
    """
    result = _diff(token, dict(old), dict(new))
    return tuple(sorted({change.path for change in result.changes if change.replace}))


def _diff(token: str, old: dict[str, Any], new: dict[str, Any]) -> DiffResult:
    package = token.partition(":")[0]
    if package == "aws":
        return _aws().difference(token, old, new)
    if package == "kubernetes":
        body = to_object(new)
        return compare_objects(to_object(old), body, replacing_fields(body, frozenset()))
    if package == "vault" and token in TYPES:
        return compare_vault(TYPES[token], old, new)
    changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    if package == "pulumi":
        changed &= TARGET_INPUTS
    return DiffResult([PropertyChange(name, ChangeKind.UPDATE, replace=True) for name in sorted(changed)])


@cache
def _aws() -> AwsProvider:
    return create_provider(user_cache_path("rehearse"))
