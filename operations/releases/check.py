"""Breaking changes between the last release's graphs and the present graphs.

A change breaks an existing environment when it would replace, rename or delete one of its resources. Such a change
needs a new major version, a migration note that names the resource, and, for a renamed resource, an alias.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from operations.recording import Graph, Node
from operations.releases.versions import Version

ReplacedInputs = Callable[[str, Mapping[str, Any], Mapping[str, Any]], Iterable[str]]
"""Function that takes a type token, old and new inputs, and returns the inputs whose change replaces the resource."""


class BreakingKind(StrEnum):
    """Effect of a breaking change on an existing resource."""

    REPLACED = "replaced"
    RENAMED = "renamed"
    DELETED = "deleted"


@dataclass(frozen=True)
class BreakingChange:
    """A resource that the next update would replace, rename or delete."""

    kind: BreakingKind
    environment: str
    resource: str
    """Type token and name."""
    inputs: tuple[str, ...] = ()
    """Inputs whose change replaces the resource."""

    def __str__(self) -> str:
        cause = f" (changed {', '.join(self.inputs)})" if self.inputs else ""
        return f"{self.environment}: {self.resource} would be {self.kind}{cause}"


def breaking_changes(
    environment: str, old: Graph, new: Graph, replaced_inputs: ReplacedInputs
) -> Iterator[BreakingChange]:
    """Yield the breaking changes of one environment, in the order of the old graph."""
    present = {node.urn: node for node in new.nodes}
    renamed = {alias: node for node in new.nodes for alias in node.aliases}
    for node in old.nodes:
        successor = present.get(node.urn) or renamed.get(node.urn)
        if successor is None:
            if node.custom:
                yield BreakingChange(BreakingKind.DELETED, environment, _title(node))
            continue
        if successor.urn != node.urn:
            yield BreakingChange(BreakingKind.RENAMED, environment, _title(node))
        inputs = tuple(replaced_inputs(node.type, node.inputs, successor.inputs)) if node.custom else ()
        if _provider(node) != _provider(successor):
            inputs += ("provider",)
        if inputs:
            yield BreakingChange(BreakingKind.REPLACED, environment, _title(node), inputs)


def problems(
    changes: Iterable[BreakingChange], last: Version, present: Version, migration_note: str | None
) -> Iterator[str]:
    """Yield one sentence for each reason why these changes cannot be released.

    Args:
        changes: breaking changes of all environments.
        last: version of the last release.
        present: version of the components in this tree.
        migration_note: text of `docs/migrations/<present>.md`, or None if there is no such file.
    """
    found = tuple(changes)
    if present < last:
        yield f"the components have version {present}, which is older than the last release {last}"
    if not found:
        return
    if present.major <= last.major:
        required = Version(last.major + 1, 0, 0)
        yield f"breaking changes need a new major version: set the version to {required} (it is {present})"
    if migration_note is None:
        yield f"breaking changes need a migration note: write docs/migrations/{present}.md"
    for change in found:
        if migration_note is None or not _names(migration_note, change.resource):
            yield f"docs/migrations/{present}.md does not name {change.resource}{_ALIAS_HINTS.get(change.kind, '')}"


_ALIAS_HINTS = {BreakingKind.DELETED: "; if it was renamed, give the new resource an alias with the old URN instead"}


def _names(note: str, resource: str) -> bool:
    """Return True if a migration note names exactly this resource."""
    return re.search(rf"(?<![\w:/-]){re.escape(resource)}(?![\w-])", note) is not None


def _provider(node: Node) -> str:
    """Return the URN of a resource's provider without the provider's ID."""
    return node.provider.rpartition("::")[0]


def _title(node: Node) -> str:
    return f"{node.type} {node.name}"
