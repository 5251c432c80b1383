"""What the cloud holds, held against what the engine's state says there is.

A resource that only one of the two knows is what an interrupted update must never leave behind.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mismatch:
    """What only one side knows: `type id` texts, sorted."""

    only_in_cloud: tuple[str, ...]
    only_in_state: tuple[str, ...]

    @property
    def none(self) -> bool:
        """Whether both sides agree."""
        return not self.only_in_cloud and not self.only_in_state


def compare(cloud: Mapping[str, Iterable[Iterable[str]]], resources: Iterable[Mapping[str, Any]]) -> Mismatch:
    """Hold the cloud's resources (all identifiers of each, by type) against a state's `type` and `id`.

    Only types that the cloud can list are compared.
    """
    state: dict[str, set[str]] = defaultdict(set)
    for resource in resources:
        state[resource["type"]].add(resource["id"])
    only_cloud, only_state = [], []
    for type_token, listed in cloud.items():
        known = [set(identifiers) for identifiers in listed]
        ids = state.get(type_token, set())
        only_cloud += [f"{type_token} {min(names)}" for names in known if not names & ids]
        only_state += [f"{type_token} {name}" for name in ids if not any(name in names for names in known)]
    return Mismatch(tuple(sorted(only_cloud)), tuple(sorted(only_state)))
