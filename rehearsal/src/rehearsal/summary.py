"""Summary of a rehearsal: resources by group and fidelity, servers, timings."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.cloud.comparison import Mismatch, listed_type
from rehearsal.providers.protocol import Fidelity, Urn
from rehearsal.update_state import UpdateState

NO_COMPONENT = "(no component)"
ENGINE_TYPES = "pulumi:"
"""Prefix of the type tokens of stacks and providers, which belong to the engine and are not counted."""


@dataclass(frozen=True)
class GroupCounts:
    """Resources under one outermost component, e.g. a layer of the program."""

    name: str
    by_fidelity: Mapping[Fidelity, int]

    @property
    def total(self) -> int:
        """Number of resources in the group."""
        return sum(self.by_fidelity.values())


@dataclass(frozen=True)
class ResourceCounts:
    """Resources of a stack by group, and the number of each recorded type."""

    groups: tuple[GroupCounts, ...]
    recorded_types: Mapping[str, int]

    def count(self, fidelity: Fidelity) -> int:
        """Return the number of resources with that fidelity."""
        return sum(group.by_fidelity.get(fidelity, 0) for group in self.groups)

    @property
    def total(self) -> int:
        """Number of resources, not counting components, stacks and providers."""
        return sum(group.total for group in self.groups)


def count_resources(resources: Iterable[Mapping[str, Any]], fidelity: Mapping[str, str]) -> ResourceCounts:
    """Count the custom resources of a deployment by group.

    Groups are in the order of their first resource. `fidelity` maps each type token to a `Fidelity` value, as returned
    by the daemon.
    """
    counts: dict[str, Counter[Fidelity]] = {}
    recorded: Counter[str] = Counter()
    for resource in resources:
        if not resource["custom"] or resource["type"].startswith(ENGINE_TYPES):
            continue
        of_type = Fidelity(fidelity[resource["type"]])
        counts.setdefault(group_name(Urn(resource["urn"])), Counter())[of_type] += 1
        if of_type is Fidelity.RECORDED:
            recorded[resource["type"]] += 1
    return ResourceCounts(tuple(GroupCounts(name, dict(count)) for name, count in counts.items()), dict(recorded))


def not_compared(
    inventory: Mapping[str, object], resources: Iterable[Mapping[str, Any]], fidelity: Mapping[str, str]
) -> dict[str, int]:
    """Count the resources of emulated AWS types that the inventory does not list.

    `inventory` has one key for each type that it lists. `fidelity` maps each type token to a `Fidelity` value.
    """
    emulated = {Fidelity.EMULATED, Fidelity.EXTENSION}
    return dict(
        Counter(
            resource["type"]
            for resource in resources
            if resource["custom"]
            and fidelity.get(resource["type"]) in emulated
            and listed_type(resource["type"]) not in inventory
        )
    )


def group_name(urn: Urn) -> str:
    """Return the short name of the outermost component in a URN.

    For example, the result for `campus:layer:Network$…` is `Network`.
    """
    outermost, *inner = urn.text.split("::")[2].split("$")
    return outermost.rsplit(":", 1)[-1] if inner else NO_COMPONENT


@dataclass(frozen=True)
class RehearsalSummary:
    """State of a running rehearsal: its resources and servers."""

    stack: str
    resources: ResourceCounts
    mismatch: Mismatch
    """Resources that are only in the emulated AWS or only in the state; there should be none."""
    not_compared: Mapping[str, int]
    """Number of emulated AWS resources of each type that the inventory does not list."""
    unreadable: Mapping[str, str]
    """AWS's error for each type that the inventory could not read."""
    servers: Sequence[Mapping[str, Any]]
    """Each with `name`, `type`, `endpoint` and `alive`."""
    aws_endpoint: str
    logs: Path
    update: UpdateState = UpdateState.FINISHED
    """State of the last update, which decides whether the counts are complete."""
    pending: int = 0
    """Number of operations that a killed engine did not finish."""

    @property
    def dead_servers(self) -> list[str]:
        """Names of the servers that died."""
        return [server["name"] for server in self.servers if not server["alive"]]


@dataclass(frozen=True)
class PhaseTiming:
    """Duration of one phase in seconds.

    The parts overlap, so they may not add up to the total.
    """

    name: str
    seconds: float
    program: float | None = None
    """Processor time of the Pulumi program."""
    providers: float | None = None
    """Time during which at least one emulated provider was busy."""
    engine: float | None = None
    """Processor time of the engine and its direct children, but not of programs and packs that a fork server runs."""

    @property
    def parts(self) -> str:
        """Text with the duration of each measured part."""
        parts = {"program": self.program, "providers busy": self.providers, "engine": self.engine}
        return ", ".join(f"{name} {seconds:.1f}" for name, seconds in parts.items() if seconds is not None)
