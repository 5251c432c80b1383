"""Users of the operations that a moto patch corrects.

The users are derived from the table of emulated types and from the inventory, so that they can't become outdated.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from rehearsal.cloud.inventory import LISTINGS
from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.providers.aws.called_operations import called_operations
from rehearsal.providers.aws.calls import operation_names
from rehearsal.providers.aws.table import EmulatedType
from rehearsal.providers.aws.types import TABLE

INVENTORY = "inventory"
"""Part of the rehearsal that compares the emulated AWS with the state (`rehearsal.cloud.inventory`)."""

ALL_SERVICES = "core"
"""First word in the names of patches that apply to all services. Other names start with a service."""
EVERYTHING = "all types"
"""Text that stands for the users of a patch that applies to all services."""


def needed_by(patch: MotoPatch, service: str) -> tuple[str, ...]:
    """Return the users of the operations that a patch of a botocore service corrects.

    These are emulated types, as tokens in backticks, and `INVENTORY`. Each calls at least one of the operations.
    """
    if service == ALL_SERVICES:
        return (EVERYTHING,)
    corrected = corrected_operations(patch, service)
    return tuple(user for user, operations in _users(service) if corrected & operations)


def corrected_operations(patch: MotoPatch, service: str) -> frozenset[str]:
    """Return the AWS names of the operations that a patch corrects.

    These are the operations in `patch.operations` and those that `patch.source` and `patch.upstream` name.

    Raises:
        ValueError: `patch.operations` lists an operation that the service does not have.
    """
    known = frozenset(operation_names(service).values())
    if unknown := set(patch.operations) - known:
        raise ValueError(f"{patch.name}: {service} has no operation {', '.join(sorted(unknown))}")
    return known & {*patch.operations, *re.findall(r"\w+", f"{patch.source} {patch.upstream}")}


def _users(service: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each user of a service with the operations that it calls."""
    for token, operations in _types().get(service, {}).items():
        yield f"`{token}`", operations
    names = operation_names(service)
    yield INVENTORY, frozenset(names[listing.operation] for listing in LISTINGS if listing.service == service)


@cache
def _types() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return the operations that each emulated type calls.

    The result maps a service to its types, and each type's first token to the operations.
    """
    types: dict[str, dict[str, frozenset[str]]] = {}
    for token, declaration in TABLE.items():
        if isinstance(declaration, EmulatedType) and token == declaration.tokens[0]:
            types.setdefault(declaration.service, {})[token] = called_operations(declaration)
    return types
