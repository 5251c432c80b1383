"""Comparison of two recorded graphs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from operations.recording.graph import Graph, Node

LONGEST_VALUE = 100
"""Maximum length of a value in the text of a difference."""


class ChangeKind(StrEnum):
    """Kind of a difference between two graphs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class GraphChange:
    """One difference: a resource that one graph lacks, or a property with two values."""

    kind: ChangeKind
    urn: str
    path: str = ""
    old: Any = None
    new: Any = None

    def __str__(self) -> str:
        name = self.urn.split("::", 2)[2]
        if self.kind is not ChangeKind.CHANGED:
            return f"{self.kind} {name}"
        return f"{self.kind} {name}: {self.path}: {_short(self.old)} -> {_short(self.new)}"


def compare(old: Graph, new: Graph) -> tuple[GraphChange, ...]:
    """Return every difference between two graphs, in the order of their URNs.

    The order of dependencies does not matter. Aliases are not compared, because older recorders do not record them.
    """
    old_nodes, new_nodes = ({node.urn: node for node in graph.nodes} for graph in (old, new))
    return tuple(_changes(old_nodes, new_nodes))


def _changes(old: Mapping[str, Node], new: Mapping[str, Node]) -> Iterator[GraphChange]:
    for urn in sorted(old.keys() | new.keys()):
        if urn not in new:
            yield GraphChange(ChangeKind.REMOVED, urn)
        elif urn not in old:
            yield GraphChange(ChangeKind.ADDED, urn)
        else:
            for path, before, after in _differences("", _comparable(old[urn]), _comparable(new[urn])):
                yield GraphChange(ChangeKind.CHANGED, urn, path, before, after)


def _comparable(node: Node) -> dict[str, Any]:
    values = json.loads(json.dumps(asdict(node)))
    values["dependencies"] = sorted(values["dependencies"])
    values.pop("aliases")
    return dict(values)


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _differences(f"{path}.{key}" if path else key, old.get(key), new.get(key))
    elif old != new:
        yield path, old, new


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
