"""Places to bootstrap, and an empty AWS account in this process to do it in."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from operations.bootstrap.cloud import Cloud
from operations.bootstrap.place import Place
from rehearsal.cloud import moto_patches

ACCOUNT = "123456789012"
"""moto's own."""
TAGS = {
    "project": "campus-safety",
    "environment": "prod",
    "team": "student-safety",
    "feature": "bootstrap",
    "owner": "platform-engineering",
    "cost-centre": "cc-4100",
    "data-classification": "full",
}


def place(recovery_region: str = "us-west-2") -> Place:
    return Place("prod", ACCOUNT, "us-east-1", recovery_region, "campus-safety/platform", tuple(TAGS.items()))


@pytest.fixture
def prod() -> Place:
    return place()


@pytest.fixture
def single() -> Place:
    """An environment without a DR region."""
    return place("")


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws(), moto_patches.apply():
        yield Cloud(ACCOUNT)
