"""Configured emulated provider on an empty emulated AWS for each test."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rehearsal.cloud import moto_patches
from rehearsal.providers.aws import AwsProvider, create_provider, operations
from rehearsal.providers.protocol import ResourceState
from tests.rehearsal.providers.aws.dependencies import Dependencies
from tests.rehearsal.providers.aws.engine import EngineClient
from tests.rehearsal.providers.aws.lifecycle import CheckLifecycle, LifecycleCase

REGION = "us-east-1"
MOVES_WITH_THE_CLOCK = {"latestRestorableTime"}
"""Outputs that change every second."""


@pytest.fixture
def deps(engine: EngineClient) -> Dependencies:
    return Dependencies(engine)


@pytest.fixture
def check_lifecycle(engine: EngineClient, deps: Dependencies) -> CheckLifecycle:
    """Return a function that runs one lifecycle case and checks each step."""

    def check(case: LifecycleCase) -> ResourceState:
        inputs = case.inputs(deps)
        changed_inputs = case.changed_inputs(deps) if case.changed_inputs else None
        resource = engine.create(case.token, "life", **inputs)
        assert resource.urn.type == case.token
        assert engine.drift(resource) == [], "a new resource has no drift"
        live = engine.read(resource)
        assert live is not None
        clocks = dict.fromkeys(MOVES_WITH_THE_CLOCK & live.outputs.keys())
        assert {**live.outputs, **clocks} == {**resource.outputs, **clocks}, "a refresh changes no output"
        if changed_inputs is not None:
            difference = engine.diff(resource, **changed_inputs)
            assert difference.changes, "the change is detected"
            assert not any(change.replace for change in difference.changes), "the change is made in place"
            resource = engine.update(resource, **changed_inputs)
            assert engine.drift(resource) == [], "an updated resource has no drift"
        engine.delete(resource)
        engine.delete(resource)  # a deletion of a missing resource succeeds
        if not case.remains:
            assert engine.read(resource) is None
        return resource

    return check


@pytest.fixture(scope="session")
def patched_moto() -> Iterator[None]:
    patches = moto_patches.apply()
    yield
    patches.undo()


@pytest.fixture(scope="session")
def aws_provider(tmp_path_factory: pytest.TempPathFactory) -> AwsProvider:
    return create_provider(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def emulated(patched_moto: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001  # needed for its effect only
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setattr(operations, "DEPENDENCY_TIMEOUT", 5.0)
    monkeypatch.setattr(operations, "READY_TIMEOUT", 5.0)  # moto responds immediately, so a longer wait is a failure
    with mock_aws():
        yield


@pytest.fixture
def engine(aws_provider: AwsProvider, emulated: None) -> EngineClient:  # noqa: ARG001  # needed for its effect only
    return EngineClient(aws_provider.configure({"region": REGION, "defaultTags": {"tags": {"environment": "dev"}}}))


@pytest.fixture
def client(emulated: None) -> Any:  # noqa: ARG001  # needed for its effect only
    """Return a function that creates boto3 clients for changes outside the program."""

    def create_client(service: str, region: str = REGION) -> Any:
        create: Any = boto3.client  # the stubs accept only literal service names
        return create(service, region_name=region)

    return create_client
