"""Inputs whose change replaces a resource, by the emulated providers' diff."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from platformdirs import user_cache_path

from rehearsal.providers.aws import AwsProvider, create_provider
from rehearsal.providers.kubernetes.differences import compare as compare_objects
from rehearsal.providers.kubernetes.differences import replacing_fields
from rehearsal.providers.kubernetes.objects import to_object
from rehearsal.providers.protocol import DiffResult
from rehearsal.providers.vault.catalog import TYPES
from rehearsal.providers.vault.differences import compare as compare_vault


def replaced_inputs(token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the changed inputs that replace a resource; empty for an update in place.

    Resources of packages without an emulated provider are not known to be replaced.
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
    return DiffResult(())


@cache
def _aws() -> AwsProvider:
    return create_provider(user_cache_path("rehearse"))
