"""Options of the whole suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long a run may take is the caller's to say."""
    parser.addoption("--kills", type=int, default=3, help="how often the engine is killed (default 3)")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """How often the engine is killed at a random moment."""
    return int(request.config.getoption("--kills"))
