"""Comparison of the emulated cloud with the engine's state.

After an interrupted update, every resource must exist in both or in neither.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mismatch:
    """Resources that exist on only one side, as sorted `type id` strings."""

    only_in_cloud: tuple[str, ...]
    only_in_state: tuple[str, ...]

    @property
    def none(self) -> bool:
        """True if both sides agree."""
        return not self.only_in_cloud and not self.only_in_state


def compare(cloud: Mapping[str, Iterable[Iterable[str]]], resources: Iterable[Mapping[str, Any]]) -> Mismatch:
    """Compare the resources of the cloud with those of the state.

    `cloud` maps each type to its resources, and each resource is a collection of its identifiers. `resources` are the
    resources of the state, with `type` and `id`. Only the types in `cloud` are compared.
    """
    state: dict[str, set[str]] = defaultdict(set)
    for resource in resources:
        state[resource["type"]].add(resource["id"])
    only_cloud, only_state = [], []
    for type_token, listed in cloud.items():
        in_cloud = [set(identifiers) for identifiers in listed]
        ids = state.get(type_token, set())
        only_cloud += [f"{type_token} {min(names)}" for names in in_cloud if not names & ids]
        only_state += [f"{type_token} {name}" for name in ids if not any(name in names for names in in_cloud)]
    return Mismatch(tuple(sorted(only_cloud)), tuple(sorted(only_state)))
