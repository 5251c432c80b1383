"""What the engine left behind: its checkpoint, its locks, and how to mend both after a `kill -9`.

An engine that is killed while a provider creates a resource leaves a *pending operation*: the cloud has the resource,
the state has not. The daemon's journal knows what was really made, so the operation is finished on the engine's behalf,
through `pulumi stack export` and `import`, as an operator would do by hand after looking into CloudTrail.
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
class Mended:
    """A deployment without pending operations, and what became of each of them."""

    deployment: Deployment
    adopted: tuple[str, ...] = ()
    """URNs of resources which the cloud had and the state now has too."""
    dropped: tuple[str, ...] = ()
    """URNs of operations that had not happened, or that the next update does again."""


def mend(deployment: Deployment, created: Mapping[str, CreateResult]) -> Mended:
    """Finish or drop every pending operation.

    `created` holds the last resource that was made under each URN, from the daemon's journal. A pending create whose
    resource the cloud has is adopted, anything else is dropped: updates and deletes are simply done again.
    """
    mended = deepcopy(deployment)
    body = mended["deployment"]
    resources = body.get("resources") or []
    known = {(resource["urn"], resource.get("id", "")) for resource in resources}
    adopted, dropped = [], []
    for operation in body.pop("pending_operations", None) or []:
        urn = operation["resource"]["urn"]
        made = created.get(urn) if operation["type"] == "creating" else None
        if made is not None and (urn, made.id) not in known:
            _adopt(resources, operation["resource"], made)
            known.add((urn, made.id))
            adopted.append(urn)
        else:
            dropped.append(urn)
    body["resources"] = resources
    return Mended(mended, tuple(adopted), tuple(dropped))


def _adopt(resources: list[dict[str, Any]], pending: dict[str, Any], made: CreateResult) -> None:
    """Add the resource as the engine would have, the one it replaces becoming one that is still to be deleted."""
    new = {**pending, "id": made.id, "outputs": _outputs(pending, made)}
    for index, old in enumerate(resources):
        if old["urn"] == pending["urn"] and not old.get("delete"):
            old["delete"] = True
            resources.insert(index, new)
            return
    resources.append(new)


def _outputs(pending: dict[str, Any], made: CreateResult) -> dict[str, Any]:
    """Outputs, secret where the input of that name is, or where the program said so."""
    inputs = pending.get("inputs") or {}
    secret = set(pending.get("additionalSecretOutputs") or ())
    return {
        name: inputs[name]
        if is_secret(inputs.get(name))
        else _secret(value)
        if name in secret or holds_secret(inputs.get(name))
        else value
        for name, value in made.outputs.items()
    }


def is_secret(value: Any) -> bool:
    """Whether the value is marked as a secret itself."""
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def holds_secret(value: Any) -> bool:
    """Whether the value is, or has inside it, a secret."""
    if isinstance(value, dict):
        return is_secret(value) or any(holds_secret(item) for item in value.values())
    return isinstance(value, list) and any(holds_secret(item) for item in value)


def _secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}
