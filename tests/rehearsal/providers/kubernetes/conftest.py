"""Fixtures: a real cluster with two nodes, and a provider configured for it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal.dataplanes.kubernetes import Clusters, NodeSpec
from rehearsal.home import Home
from rehearsal.processes import Supervisor
from rehearsal.providers.kubernetes import create_provider
from rehearsal.providers.kubernetes.api import Api
from rehearsal.providers.kubernetes.kubeconfig import connection
from rehearsal.providers.kubernetes.objects import GroupVersionKind, ObjectRef
from rehearsal.providers.protocol import CheckRequest, ConfiguredProvider, ResourceState, Urn

BINARIES = Path(__file__).parents[4] / ".tools" / "bin"

_seeds = itertools.count()


@dataclass(frozen=True)
class Program:
    """Engine operations on one resource of a program."""

    configured: ConfiguredProvider
    api: Api
    """Client of the cluster, for changes outside the provider."""

    def check(self, token: str, name: str, inputs: dict[str, Any], old: ResourceState | None = None) -> dict[str, Any]:
        """Check inputs, which must be valid, and return them completed."""
        urn = Urn(f"urn:pulumi:dev::shop::{token}::{name}")
        seed = str(next(_seeds)).encode()
        checked = self.configured.check(CheckRequest(urn, old.inputs if old else {}, inputs, seed))
        assert not checked.failures
        return checked.inputs

    def create(self, token: str, name: str, inputs: dict[str, Any], timeout: float = 30) -> ResourceState:
        """Check, preview and create a resource."""
        urn, checked = Urn(f"urn:pulumi:dev::shop::{token}::{name}"), self.check(token, name, inputs)
        self.configured.preview_create(urn, checked)
        created = self.configured.create(urn, checked, timeout)
        return ResourceState(urn, created.id, checked, created.outputs)

    def update(self, old: ResourceState, inputs: dict[str, Any], timeout: float = 30) -> ResourceState:
        """Check, preview and apply an update."""
        checked = self.check(old.urn.type, old.urn.name, inputs, old)
        self.configured.preview_update(old, checked)
        return ResourceState(old.urn, old.id, checked, self.configured.update(old, checked, timeout))

    def drift(self, resource: ResourceState) -> list[str]:
        """Return the paths that change in a preview after a refresh."""
        live = self.configured.read(resource)
        assert live is not None
        refreshed = ResourceState(resource.urn, live.id, live.inputs, live.outputs)
        return [change.path for change in self.configured.diff(refreshed, resource.inputs).changes]

    def live(self, resource: ResourceState) -> dict[str, Any]:
        """Return the live object."""
        body = self.api.get(ObjectRef(GroupVersionKind.of(resource.inputs), *resource.id.split("/")))
        assert body is not None
        return body


@pytest.fixture(scope="session")
def kubeconfig_and_clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Clusters]]:
    """Start a cluster, and return its kubeconfig and the registry of clusters."""
    home = Home(tmp_path_factory.mktemp("project"), "dev")
    home.make()
    supervisor = Supervisor(home)
    clusters = Clusters(home, supervisor, lambda name: BINARIES / name)
    try:
        endpoint = clusters.create("campus", "us-east-1")
        nodes = [NodeSpec(f"node-{number}", 4, 16, f"us-east-1{zone}") for number, zone in enumerate("ab")]
        clusters.set_nodes("campus", "us-east-1", "main", nodes)
        yield endpoint.kubeconfig.read_text(), clusters
    finally:
        clusters.stop()
        supervisor.stop_all()


@pytest.fixture(scope="session")
def program(
    kubeconfig_and_clusters: tuple[str, Clusters], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """Return a program with a default provider that is configured for the cluster."""
    kubeconfig, clusters = kubeconfig_and_clusters
    kubernetes = create_provider(clusters, tmp_path_factory.mktemp("cache"))
    try:
        yield Program(
            kubernetes.configure({"kubeconfig": kubeconfig}),
            kubernetes.client(connection(kubeconfig, "", "", clusters)),
        )
    finally:
        kubernetes.close()


@pytest.fixture
def namespace(program: Program) -> Iterator[str]:
    """Create a namespace for each test."""
    created = program.create("kubernetes:core/v1:Namespace", "test", {})
    yield created.id
    annotated = {**created.inputs, "metadata": {"annotations": {"pulumi.com/skipAwait": "true"}}}
    program.configured.delete(ResourceState(created.urn, created.id, annotated, created.outputs), 0)
