"""Manifests that Helm itself renders from this repository's charts."""

import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.toolchain import Toolchain, tools_directory
from tests.stacks.graph import PROJECT, Graph, Node

APPS = PROJECT / "gitops" / "apps"
SERVICE = PROJECT / "charts" / "service"
APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
PRIMARY = "kubernetes"
"""Name of the Kubernetes provider of the primary cluster, as in `Node.cluster`."""

Manifest = dict[str, Any]


class RenderError(Exception):
    """Helm rejected the values; the message is its error output."""


@cache
def helm() -> Path:
    binary = Toolchain(tools_directory(PROJECT / ".tools")).find("helm")
    if binary is None:
        pytest.fail("helm is missing; build it with `rehearse tools helm`")
    return binary


def render(
    chart: Path, release: str, namespace: str, values: Mapping[str, Any], files: Sequence[str] = ()
) -> list[Manifest]:
    """Return the manifests of a chart, with values merged as in Argo CD."""
    command = [str(helm()), "template", release, str(chart), f"--namespace={namespace}", "--values=-"]
    command[4:4] = [f"--values={chart / file}" for file in files]
    completed = subprocess.run(
        command, input=yaml.safe_dump(dict(values)), capture_output=True, text=True, check=False, timeout=60
    )
    if completed.returncode:
        raise RenderError(completed.stderr)
    return [document for document in yaml.safe_load_all(completed.stdout) if document]


def root_of(graph: Graph, cluster: str = PRIMARY) -> Node:
    """Return the root Application of a cluster."""
    (root,) = [node for node in graph.all(APPLICATION) if node.cluster == cluster]
    return root


def applications(graph: Graph, more: Mapping[str, Any] | None = None, cluster: str = PRIMARY) -> list[Manifest]:
    """Return the manifests of a cluster's root Application."""
    root = root_of(graph, cluster)["spec"]
    source = root["source"]
    values = {**source["helm"]["valuesObject"], **(more or {})}
    return render(
        PROJECT / source["path"], "root", root["destination"]["namespace"], values, source["helm"]["valueFiles"]
    )


def sources(application: Manifest) -> list[Manifest]:
    """Return all sources of an Application."""
    spec = application["spec"]
    return list(spec.get("sources") or [spec["source"]])
