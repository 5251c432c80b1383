"""A real Vault, and the emulated provider towards it."""

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
    """What the engine does for one resource of a program, in short."""

    configured: ConfiguredProvider
    api: VaultApi
    """Past the emulated provider: what somebody else does to Vault."""
    files: Path
    """Below which audit devices write."""

    def check(self, token: str, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Checked inputs; nothing may be wrong with them."""
        checked = self.configured.check(CheckRequest(Urn(f"urn:pulumi:dev::shop::{token}::{name}"), {}, inputs, b"1"))
        assert not checked.failures
        return checked.inputs

    def create(self, token: str, name: str, inputs: dict[str, Any]) -> ResourceState:
        """Check, preview and create a resource."""
        urn, checked = Urn(f"urn:pulumi:dev::shop::{token}::{name}"), self.check(token, name, inputs)
        self.configured.preview_create(urn, checked)
        made = self.configured.create(urn, checked, 0)
        return ResourceState(urn, made.id, checked, made.outputs)

    def update(self, old: ResourceState, **changed: Any) -> ResourceState:
        """Preview and make a change; an input that becomes None is left out."""
        inputs = {key: value for key, value in {**old.inputs, **changed}.items() if value is not None}
        self.configured.preview_update(old, inputs)
        return ResourceState(old.urn, old.id, inputs, self.configured.update(old, inputs, 0))

    def drift(self, resource: ResourceState) -> list[str]:
        """Paths that a refresh followed by a preview shows as changed."""
        live = self.configured.read(resource)
        assert live is not None
        refreshed = ResourceState(resource.urn, live.id, live.inputs, live.outputs)
        return [change.path for change in self.configured.diff(refreshed, resource.inputs).changes]


class NoVault:
    """A rehearsal whose Vault nobody may start."""

    def ensure(self) -> Any:
        raise AssertionError("Vault was started")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the SDK package says of its types."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def provider(cache: Path) -> VaultProvider:
    """The emulated provider before Vault runs."""
    return create_provider(NoVault(), cache)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Program]:
    """A program towards a running Vault."""
    home = Home(tmp_path_factory.mktemp("project"), "dev")
    home.make()
    supervisor = Supervisor(home)
    server = VaultServer(home, supervisor, lambda name: BINARIES / name)
    files = home.root / "audit"
    made = create_provider(server, cache, files)
    try:
        yield Program(made.configure({"address": "https://vault.example.com"}), made.client(), files)
    finally:
        made.close()
        server.stop()
        supervisor.stop_all()


@contextmanager
def login(program: Program, token: str) -> Iterator[Any]:
    """A client with another token."""
    with requests.Session() as session:
        session.trust_env = False
        yield hvac.Client(url=program.api.address, token=token, session=session)
