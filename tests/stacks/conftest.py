"""Graphs of the four environments, each recorded once per session."""

import pytest

from tests.stacks.graph import Graph, record


@pytest.fixture(scope="session")
def dev() -> Graph:
    return record("dev")


@pytest.fixture(scope="session")
def staging() -> Graph:
    return record("staging")


@pytest.fixture(scope="session")
def preprod() -> Graph:
    return record("preprod")


@pytest.fixture(scope="session")
def prod() -> Graph:
    return record("prod")


@pytest.fixture(scope="session", params=["dev", "staging", "preprod", "prod"])
def any_environment(request: pytest.FixtureRequest) -> Graph:
    """Recorded graph of each of the four environments in turn."""
    graph: Graph = request.getfixturevalue(request.param)
    return graph
