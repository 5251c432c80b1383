"""A configured stand-in over a fresh emulated AWS for each test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rehearsal.providers.aws import AwsProvider, provider
from rehearsal.providers.aws.provider import AwsConfigured
from rehearsal.providers.protocol import Checked, CheckRequest, Difference, Live, Resource, Urn
from rehearsal.providers.values import Properties

REGION = "us-east-1"


def urn(token: str, name: str) -> Urn:
    return Urn(f"urn:pulumi:dev::campus::{token}::{name}")


@dataclass
class World:
    """What the engine does, in a few words each."""

    configured: AwsConfigured
    made: dict[str, Resource] = field(default_factory=dict)

    def check(self, token: str, name: str, inputs: Properties, old: Properties | None = None) -> Checked:
        return self.configured.check(CheckRequest(urn(token, name), old or {}, inputs, random_seed=b"seed"))

    def checked(self, token: str, name: str, inputs: Properties, old: Properties | None = None) -> Properties:
        checked = self.check(token, name, inputs, old)
        assert not checked.failures, checked.failures
        return checked.inputs

    def make(self, token: str, name: str = "main", /, **inputs: Any) -> Resource:
        wanted = self.checked(token, name, inputs)
        created = self.configured.create(urn(token, name), wanted, 0)
        return Resource(urn(token, name), created.id, wanted, created.outputs)

    def diff(self, old: Resource, /, **inputs: Any) -> Difference:
        return self.configured.diff(old, self.checked(old.urn.type, old.urn.name, inputs, old.inputs))

    def update(self, old: Resource, /, **inputs: Any) -> Resource:
        wanted = self.checked(old.urn.type, old.urn.name, inputs, old.inputs)
        outputs = self.configured.update(old, wanted, 0)
        return Resource(old.urn, old.id, wanted, outputs)

    def read(self, resource: Resource) -> Live | None:
        return self.configured.read(resource)

    def refreshed(self, resource: Resource) -> Resource:
        live = self.read(resource)
        assert live is not None, f"{resource.urn.text} is gone"
        return Resource(resource.urn, live.id, live.inputs, live.outputs)

    def drift(self, resource: Resource) -> list[str]:
        """Paths that a refresh followed by a preview of the same program would show."""
        refreshed = self.refreshed(resource)
        return [change.path for change in self.configured.diff(refreshed, resource.inputs).changes]

    def delete(self, resource: Resource) -> None:
        self.configured.delete(resource, 0)


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> AwsProvider:
    return provider(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    with mock_aws():
        yield


@pytest.fixture
def world(stand_in: AwsProvider, emulated: None) -> World:  # noqa: ARG001  # only its effect is wanted
    return World(stand_in.configure({"region": REGION, "defaultTags": {"tags": {"environment": "dev"}}}))


@pytest.fixture
def client(emulated: None) -> Any:  # noqa: ARG001  # only its effect is wanted
    """Make a boto3 client of anybody else's: what it changes is drift."""

    def make(service: str, region: str = REGION) -> Any:
        untyped: Any = boto3.client
        return untyped(service, region_name=region)

    return make


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"
