"""Resources of `pulumi preview --json` or `pulumi stack export` for the cost pack."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from operations.cost.errors import CostError
from policy_packs.kernel.registry import Stack
from policy_packs.kernel.resource import Resource

REMOVED = frozenset({"delete", "delete-replaced", "discard", "read-discard", "remove-pending-replace"})
"""Steps of a preview that remove the resource."""
PROVIDER = "pulumi:providers:"


def read(file: Path) -> Stack:
    """Read the stack from a file.

    Raises CostError when the file cannot be read, has neither of the two formats, or contains no resources.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CostError(f"{file} cannot be read: {error}; write it with `pulumi preview --json > FILE`") from error
    states = {state["urn"]: state for state in _states(document, file)}
    if not states:
        raise CostError(f"{file} has no resources; write it with `pulumi preview --json > FILE`")
    providers = {urn: _resource(state) for urn, state in states.items() if str(state["type"]).startswith(PROVIDER)}
    return Stack(_resource(state, providers) for state in states.values())


def _states(document: Any, file: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the newest state of each resource."""
    if isinstance(document, dict) and isinstance(document.get("steps"), list):
        states = [step.get("newState") for step in document["steps"] if step.get("op") not in REMOVED]
    elif isinstance(document, dict) and isinstance(document.get("deployment"), dict):
        states = [each for each in document["deployment"].get("resources") or () if not each.get("delete")]
    else:
        raise CostError(
            f"{file} is neither the output of `pulumi preview --json` nor that of `pulumi stack export`; write it with "
            "one of these commands"
        )
    yield from (state for state in states if state)


def _resource(state: Mapping[str, Any], providers: Mapping[str, Resource] | None = None) -> Resource:
    urn, uses = str(state["urn"]), state.get("propertyDependencies") or {}
    provider = str(state.get("provider") or "").rpartition("::")[0]
    return Resource.from_properties(
        str(state["type"]),
        state.get("inputs") or {},
        urn=urn,
        name=urn.rpartition("::")[2],
        provider=(providers or {}).get(provider),
        property_dependencies={key: frozenset(urns or ()) for key, urns in uses.items()},
    )
