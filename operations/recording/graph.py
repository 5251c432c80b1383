"""Record the resources that a program registers, without an engine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.errors import OperationsError
from pulumi_wire.markers import SIGNATURE

PROJECT = Path(__file__).parents[2]
RECORDER = Path(__file__).with_name("recorder.py")
SECONDS = 120
"""Time limit of one recording; a program that takes longer is assumed to hang."""


class RecordingError(OperationsError):
    """The program failed; the message is the program's error message."""


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
    ignoreChanges: tuple[str, ...]  # noqa: N815  # the name in the engine's protocol
    dependencies: tuple[str, ...]
    protect: bool
    aliases: tuple[str, ...] = ()
    """Previous URNs of the resource."""

    def __getitem__(self, key: str) -> Any:
        return _plain(self.inputs.get(key))

    def is_secret(self, key: str) -> bool:
        """Return True if an input is a secret."""
        return isinstance(self.inputs[key], Mapping) and SIGNATURE in self.inputs[key]

    @property
    def cluster(self) -> str:
        """Name of the resource's Kubernetes provider; empty outside of clusters."""
        name = self.provider.rpartition("::")[0].rpartition("::")[2]
        return name if self.type.startswith("kubernetes:") else ""

    @property
    def region(self) -> Any:
        """AWS region of the resource; None for a resource without one."""
        return self["region"]

    @property
    def tags(self) -> dict[str, str]:
        """Tags by key."""
        return dict(self["tags"] or {})

    @property
    def arn(self) -> str:
        """ARN that the mocked cloud assigned."""
        return f"arn:{self.type.rpartition(':')[2]}:{self.name}"

    @property
    def id(self) -> str:
        """ID that the mocked cloud assigned."""
        return f"{self.name}-id"


@dataclass(frozen=True)
class Graph:
    """Resources, invokes and stack outputs of one run."""

    nodes: tuple[Node, ...]
    calls: tuple[Mapping[str, Any], ...]
    exports: Mapping[str, Any]
    seconds: float
    """Processor time of the program with its imports, without the start of the interpreter."""

    def all(self, resource_type: str) -> list[Node]:
        """Return the resources of a type.

        The type is short, such as `rds.Instance` or `k8s.Service`, or a whole type token.
        """
        return [node for node in self.nodes if resource_type in {node.type, short(node.type)}]

    def one(self, resource_type: str, name: str | None = None) -> Node:
        """Return the only resource of a type, or of a type and name.

        Raises LookupError when there is not exactly one.
        """
        matches = [node for node in self.all(resource_type) if name in {None, node.name}]
        if len(matches) != 1:
            raise LookupError(
                f"expected one {resource_type} {name or ''}, found {len(matches)}: {[node.name for node in matches]}"
            )
        return matches[0]

    @property
    def clusters(self) -> tuple[str, ...]:
        """Names of the Kubernetes providers in use, the primary cluster's first."""
        return tuple(sorted({node.cluster for node in self.nodes} - {""}))

    def aws(self) -> Iterator[Node]:
        """Yield every AWS resource."""
        yield from (node for node in self.nodes if node.type.startswith("aws:"))

    def ancestors(self, node: Node) -> list[Node]:
        """Return the parents of a resource, the nearest first."""
        by_urn = {each.urn: each for each in self.nodes}
        parents = []
        while node := by_urn.get(node.parent):  # type: ignore[assignment]  # None ends the loop
            parents.append(node)
        return parents

    def children(self, parent: str, resource_type: str) -> list[Node]:
        """Return the resources of a type whose parent has this URN."""
        return [node for node in self.all(resource_type) if node.parent == parent]

    def layer(self, node: Node) -> str:
        """Return the layer of a resource, e.g. `Network`; empty outside of layers."""
        return next((each.type.rpartition(":")[2] for each in self.ancestors(node) if ":layer:" in each.type), "")

    def without(self, *keys: str) -> dict[str, dict[str, Any]]:
        """Return each resource's inputs, except `keys`, by `<type> <name>`."""
        return {
            f"{node.type} {node.name}": {key: node[key] for key in node.inputs if key not in keys}
            for node in self.nodes
        }


def short(token: str) -> str:
    """Shorten a type token: `aws:rds/instance:Instance` to `rds.Instance`."""
    package, module, name = token.split(":", 2)
    return f"{module.split('/')[0] if package == 'aws' else {'kubernetes': 'k8s'}.get(package, package)}.{name}"


def record(environment: str, program: Path = PROJECT / "stacks", project: Path = PROJECT) -> Graph:
    """Run a program on mocks in a separate process and return its graph.

    Raises RecordingError when the program fails, subprocess.TimeoutExpired when it does not end.
    """
    return run_recorder(RECORDER, project, environment, program, python_path=(PROJECT,))


def run_recorder(
    recorder: Path,
    project: Path,
    environment: str,
    program: Path,
    *,
    python_path: Iterable[Path],
    cwd: Path | None = None,
) -> Graph:
    """Run a recorder in a separate process with its own import path.

    Raises RecordingError when the program fails, subprocess.TimeoutExpired when it does not end.
    """
    run = subprocess.run(
        [sys.executable, str(recorder), str(project), environment, str(program)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, python_path))},
        timeout=SECONDS,
        cwd=cwd,
    )
    if run.returncode:
        raise RecordingError(run.stderr)
    return parse(json.loads(run.stdout))


def parse(recording: Mapping[str, Any]) -> Graph:
    """Turn the recorder's output into a graph."""
    nodes = tuple(_node(registration) for registration in recording["resources"])
    return Graph(nodes, tuple(recording["calls"]), recording["exports"], recording["seconds"])


def _node(registration: Mapping[str, Any]) -> Node:
    values: dict[str, Any] = {
        key: tuple(each) if isinstance(each, list) else each for key, each in registration.items()
    }
    return Node(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _plain(value["value"]) if SIGNATURE in value else {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
