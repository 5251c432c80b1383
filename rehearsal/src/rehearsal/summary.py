"""What a rehearsal has to show for itself: resources by group and by how true to life they are, verdicts, endpoints."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.cloud.comparison import Mismatch
from rehearsal.providers.protocol import Fidelity, Urn

OTHER = "(no component)"
ENGINE_TYPES = "pulumi:"
"""Stacks and providers: the engine's own, not part of the estate."""


@dataclass(frozen=True)
class Group:
    """The resources under one outermost component, e.g. a layer of the platform."""

    name: str
    counts: Mapping[Fidelity, int]

    @property
    def total(self) -> int:
        """Resources in all."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Census:
    """All resources of a stack, by group; and the types that are only recorded, with how many there are of each."""

    groups: tuple[Group, ...]
    recorded: Mapping[str, int]

    def count(self, fidelity: Fidelity) -> int:
        """Resources of that fidelity."""
        return sum(group.counts.get(fidelity, 0) for group in self.groups)

    @property
    def total(self) -> int:
        """Resources in all, without components, stacks and providers."""
        return sum(group.total for group in self.groups)


def census(resources: Iterable[Mapping[str, Any]], fidelity: Mapping[str, str]) -> Census:
    """Count the custom resources of a deployment, in the order in which their groups first appear.

    `fidelity` maps each type token to a `Fidelity` value, as the daemon knows it.
    """
    counts: dict[str, Counter[Fidelity]] = {}
    recorded: Counter[str] = Counter()
    for resource in resources:
        if not resource["custom"] or resource["type"].startswith(ENGINE_TYPES):
            continue
        kind = Fidelity(fidelity[resource["type"]])
        counts.setdefault(group_of(Urn(resource["urn"])), Counter())[kind] += 1
        if kind is Fidelity.RECORDED:
            recorded[resource["type"]] += 1
    return Census(tuple(Group(name, dict(count)) for name, count in counts.items()), dict(recorded))


def group_of(urn: Urn) -> str:
    """The outermost component's short name, e.g. `Network` of `campus:layer:Network$…`."""
    outermost, *inner = urn.text.split("::")[2].split("$")
    return outermost.rsplit(":", 1)[-1] if inner else OTHER


@dataclass(frozen=True)
class Facts:
    """What a running rehearsal holds and offers."""

    stack: str
    census: Census
    mismatch: Mismatch
    """Resources that only the emulated AWS or only the state knows; there should be none."""
    parts: Sequence[Mapping[str, Any]]
    """Servers: `name`, `kind`, `endpoint`, `alive`."""
    aws_endpoint: str
    logs: Path


@dataclass(frozen=True)
class Phase:
    """How long one phase of a rehearsal took, in seconds; they overlap, so the parts need not add up to the whole."""

    name: str
    seconds: float
    program: float | None = None
    """Processor time of the Pulumi program."""
    providers: float | None = None
    """Time in which at least one emulated provider was at work."""
    engine: float | None = None
    """Processor time of the engine and of what it started itself; children of the warm interpreter are not in it."""

    @property
    def split(self) -> str:
        """The parts that were measured, in words."""
        parts = {"program": self.program, "providers busy": self.providers, "engine": self.engine}
        return ", ".join(f"{name} {seconds:.1f}" for name, seconds in parts.items() if seconds is not None)
