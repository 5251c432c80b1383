"""The resources that a program registered, and how they are recorded."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_wire.markers import SIGNATURE

PROJECT = Path(__file__).parents[2]
RECORDER = Path(__file__).with_name("recorder.py")
SECONDS = 120
"""A program that takes longer is taken for one that hangs."""


class RecordingError(RuntimeError):
    """The program stopped; `str()` is what it said."""


@dataclass(frozen=True)
class Node:
    """One registered resource. `node["key"]` is an input by its Pulumi name."""

    urn: str
    type: str
    name: str
    custom: bool
    parent: str
    provider: str
    inputs: Mapping[str, Any]
    ignoreChanges: tuple[str, ...]  # noqa: N815  # the engine's own name
    dependencies: tuple[str, ...]
    protect: bool

    def __getitem__(self, key: str) -> Any:
        return _plain(self.inputs.get(key))

    def is_secret(self, key: str) -> bool:
        """Whether an input is kept encrypted."""
        return isinstance(self.inputs[key], Mapping) and SIGNATURE in self.inputs[key]

    @property
    def cluster(self) -> str:
        """Name of the Kubernetes provider that it is made through; empty for what lies in no cluster."""
        name = self.provider.rpartition("::")[0].rpartition("::")[2]
        return name if self.type.startswith("kubernetes:") else ""

    @property
    def region(self) -> Any:
        """The AWS region that it names; None for what has none."""
        return self["region"]

    @property
    def tags(self) -> dict[str, str]:
        """Its tags by key."""
        return dict(self["tags"] or {})

    @property
    def arn(self) -> str:
        """What the mocked cloud says it is."""
        return f"arn:{self.type.rpartition(':')[2]}:{self.name}"

    @property
    def id(self) -> str:
        """What the mocked cloud calls it."""
        return f"{self.name}-id"


@dataclass(frozen=True)
class Graph:
    """All that one run registered, asked for and exported.

    `seconds` is the program's processor time, imports included, the interpreter's start not.
    """

    nodes: tuple[Node, ...]
    calls: tuple[Mapping[str, Any], ...]
    exports: Mapping[str, Any]
    seconds: float

    def all(self, kind: str) -> list[Node]:
        """Resources of a type such as `rds.Instance`, `k8s.Service` or the whole token."""
        return [node for node in self.nodes if kind in {node.type, short(node.type)}]

    def one(self, kind: str, name: str | None = None) -> Node:
        """The only resource of a type, or of a type and name. Raises LookupError when there are none or more."""
        found = [node for node in self.all(kind) if name in {None, node.name}]
        if len(found) != 1:
            raise LookupError(f"{len(found)} of {kind} {name or ''}: {[node.name for node in found]}")
        return found[0]

    @property
    def clusters(self) -> tuple[str, ...]:
        """Kubernetes providers through which something is made, the primary's first."""
        return tuple(sorted({node.cluster for node in self.nodes} - {""}))

    def aws(self) -> Iterator[Node]:
        """Every resource of AWS."""
        yield from (node for node in self.nodes if node.type.startswith("aws:"))

    def ancestors(self, node: Node) -> list[Node]:
        """Its parent, that one's parent, and so on up to the stack."""
        by_urn = {each.urn: each for each in self.nodes}
        line = []
        while node := by_urn.get(node.parent):  # type: ignore[assignment]  # None ends the loop
            line.append(node)
        return line

    def children(self, parent: str, kind: str) -> list[Node]:
        """Resources of a type directly under the one with this URN."""
        return [node for node in self.all(kind) if node.parent == parent]

    def layer(self, node: Node) -> str:
        """The layer in which it lies, e.g. `Network`; empty for what lies in none."""
        return next((each.type.rpartition(":")[2] for each in self.ancestors(node) if ":layer:" in each.type), "")

    def without(self, *keys: str) -> dict[str, dict[str, Any]]:
        """Inputs by type and name, without some keys: what two environments are compared by."""
        return {
            f"{node.type} {node.name}": {key: node[key] for key in node.inputs if key not in keys}
            for node in self.nodes
        }


def short(token: str) -> str:
    """`aws:rds/instance:Instance` → `rds.Instance`, `kubernetes:apps/v1:Deployment` → `k8s.Deployment`."""
    package, module, kind = token.split(":", 2)
    return f"{module.split('/')[0] if package == 'aws' else {'kubernetes': 'k8s'}.get(package, package)}.{kind}"


def record(environment: str, program: Path = PROJECT / "stacks", project: Path = PROJECT) -> Graph:
    """Run a program on mocks, in a process of its own, and return what it registered.

    Raises RecordingError when the program stops, and subprocess.TimeoutExpired when it does not end.
    """
    command = [sys.executable, str(RECORDER), str(project), environment, str(program)]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        timeout=SECONDS,
    )
    if run.returncode:
        raise RecordingError(run.stderr)
    told = json.loads(run.stdout)
    nodes = tuple(_node(each) for each in told["resources"])
    return Graph(nodes, tuple(told["calls"]), told["exports"], told["seconds"])


def _node(told: Mapping[str, Any]) -> Node:
    values: dict[str, Any] = {key: tuple(each) if isinstance(each, list) else each for key, each in told.items()}
    return Node(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _plain(value["value"]) if SIGNATURE in value else {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
