"""Repair of the engine's state after a `kill -9`.

An engine that is killed while a provider creates a resource leaves a *pending operation*: the cloud has the resource,
but the state does not. The daemon's journal records what was created. This module uses the journal to finish the
operation for the engine, through `pulumi stack export` and `import`. In a real account, an operator would do the same
by hand, with CloudTrail as the record.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pulumi_wire.markers import SECRET, SIGNATURE
from rehearsal.providers.protocol import CreateResult

Deployment = dict[str, Any]


@dataclass(frozen=True)
class RepairedState:
    """The repaired deployment, and the outcome of each pending operation."""

    deployment: Deployment
    adopted: tuple[str, ...] = ()
    """URNs of resources that existed in the cloud and were added to the state."""
    dropped: tuple[str, ...] = ()
    """URNs of operations that had not happened or that the next update repeats."""


def repair(deployment: Deployment, created: Mapping[str, CreateResult]) -> RepairedState:
    """Finish or drop every pending operation.

    `created` holds the last resource created under each URN, from the daemon's journal. A pending create whose resource
    exists in the cloud is adopted. Everything else is dropped, since the next update repeats updates and deletes.
    """
    repaired = deepcopy(deployment)
    body = repaired["deployment"]
    resources = body.get("resources") or []
    in_state = {(resource["urn"], resource.get("id", "")) for resource in resources}
    adopted, dropped = [], []
    for operation in body.pop("pending_operations", None) or []:
        urn = operation["resource"]["urn"]
        existing = created.get(urn) if operation["type"] == "creating" else None
        if existing is not None and (urn, existing.id) not in in_state:
            _adopt(resources, operation["resource"], existing)
            in_state.add((urn, existing.id))
            adopted.append(urn)
        else:
            dropped.append(urn)
    body["resources"] = resources
    return RepairedState(repaired, tuple(adopted), tuple(dropped))


def _adopt(resources: list[dict[str, Any]], pending: dict[str, Any], existing: CreateResult) -> None:
    """Add the resource to the state as the engine would.

    If the new resource replaces an older one, the older one is marked for deletion.
    """
    new = {**pending, "id": existing.id, "outputs": _outputs(pending, existing)}
    for index, old in enumerate(resources):
        if old["urn"] == pending["urn"] and not old.get("delete"):
            old["delete"] = True
            resources.insert(index, new)
            return
    resources.append(new)


def _outputs(pending: dict[str, Any], existing: CreateResult) -> dict[str, Any]:
    """Return the outputs, with secrets marked.

    An output is secret if the input of the same name is or contains a secret, or if the program declares the output
    as secret.
    """
    inputs = pending.get("inputs") or {}
    declared_secret = set(pending.get("additionalSecretOutputs") or ())
    return {
        name: inputs[name]
        if is_secret(inputs.get(name))
        else _secret(value)
        if name in declared_secret or holds_secret(inputs.get(name))
        else value
        for name, value in existing.outputs.items()
    }


def is_secret(value: Any) -> bool:
    """Return True if the value itself is marked as a secret."""
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def holds_secret(value: Any) -> bool:
    """Return True if the value or anything inside it is a secret."""
    if isinstance(value, dict):
        return is_secret(value) or any(holds_secret(item) for item in value.values())
    return isinstance(value, list) and any(holds_secret(item) for item in value)


def _secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}
