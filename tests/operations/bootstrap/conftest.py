"""Account contexts, and an empty emulated AWS account in this process."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from operations.bootstrap.cloud import AwsClients
from operations.bootstrap.context import AccountContext
from rehearsal.cloud import moto_patches

ACCOUNT = "123456789012"
"""moto's default account."""
TAGS = {
    "project": "campus-safety",
    "environment": "prod",
    "team": "student-safety",
    "feature": "bootstrap",
    "owner": "platform-engineering",
    "cost-centre": "cc-4100",
    "data-classification": "full",
}


def context(recovery_region: str = "us-west-2") -> AccountContext:
    return AccountContext("prod", ACCOUNT, "us-east-1", recovery_region, "campus-safety/platform", tuple(TAGS.items()))


@pytest.fixture
def prod() -> AccountContext:
    return context()


@pytest.fixture
def single() -> AccountContext:
    """An environment without a DR region."""
    return context("")


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsClients]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws(), moto_patches.apply():
        yield AwsClients(ACCOUNT)
