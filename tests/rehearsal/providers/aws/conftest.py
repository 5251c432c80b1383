"""Configured emulated provider on an empty emulated AWS for each test."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rehearsal.cloud import moto_patches
from rehearsal.providers.aws import AwsProvider, create_provider, operations
from tests.rehearsal.providers.aws.dependencies import Dependencies
from tests.rehearsal.providers.aws.engine import EngineClient

REGION = "us-east-1"


@pytest.fixture
def deps(engine: EngineClient) -> Dependencies:
    return Dependencies(engine)


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
