"""Fixtures: a real Vault, and an emulated provider configured for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hvac
import pytest
import requests

from rehearsal.dataplanes.vault import VaultServer
from rehearsal.home import Home
from rehearsal.processes import Supervisor
from rehearsal.providers.protocol import CheckRequest, ConfiguredProvider, ResourceState, Urn
from rehearsal.providers.vault import create_provider
from rehearsal.providers.vault.api import VaultApi
from rehearsal.providers.vault.provider import VaultProvider

BINARIES = Path(__file__).parents[4] / ".tools" / "bin"


@dataclass(frozen=True)
class Program:
    """Engine operations on one resource of a program."""

    configured: ConfiguredProvider
    api: VaultApi
    """Client of Vault, for changes outside the provider."""
    files: Path
    """Directory for the files of audit devices."""

    def check(self, token: str, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Check inputs, which must be valid, and return them completed."""
        checked = self.configured.check(CheckRequest(Urn(f"urn:pulumi:dev::shop::{token}::{name}"), {}, inputs, b"1"))
        assert not checked.failures
        return checked.inputs

    def create(self, token: str, name: str, inputs: dict[str, Any]) -> ResourceState:
        """Check, preview and create a resource."""
        urn, checked = Urn(f"urn:pulumi:dev::shop::{token}::{name}"), self.check(token, name, inputs)
        self.configured.preview_create(urn, checked)
        created = self.configured.create(urn, checked, 0)
        return ResourceState(urn, created.id, checked, created.outputs)

    def update(self, old: ResourceState, **changed: Any) -> ResourceState:
        """Preview and apply an update. Inputs with the value None are removed."""
        inputs = {key: value for key, value in {**old.inputs, **changed}.items() if value is not None}
        self.configured.preview_update(old, inputs)
        return ResourceState(old.urn, old.id, inputs, self.configured.update(old, inputs, 0))

    def drift(self, resource: ResourceState) -> list[str]:
        """Return the paths that change in a preview after a refresh."""
        live = self.configured.read(resource)
        assert live is not None
        refreshed = ResourceState(resource.urn, live.id, live.inputs, live.outputs)
        return [change.path for change in self.configured.diff(refreshed, resource.inputs).changes]


class NoVault:
    """Vault that must not be started."""

    def ensure(self) -> Any:
        raise AssertionError("Vault was started")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of cached SDK schemas."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def provider(cache: Path) -> VaultProvider:
    """Return a provider whose Vault must not be started."""
    return create_provider(NoVault(), cache)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Program]:
    """Return a program whose provider is configured for a running Vault."""
    home = Home(tmp_path_factory.mktemp("project"), "dev")
    home.make()
    supervisor = Supervisor(home)
    server = VaultServer(home, supervisor, lambda name: BINARIES / name)
    files = home.root / "audit"
    vault = create_provider(server, cache, files)
    try:
        yield Program(vault.configure({"address": "https://vault.example.com"}), vault.client(), files)
    finally:
        vault.close()
        server.stop()
        supervisor.stop_all()


@contextmanager
def login(program: Program, token: str) -> Iterator[Any]:
    """Yield a Vault client with another token."""
    with requests.Session() as session:
        session.trust_env = False
        yield hvac.Client(url=program.api.address, token=token, session=session)
