"""Options of the whole test suite, and its handling of Ctrl-C."""

import signal

import pytest

# A shell starts background jobs with SIGINT ignored, and their child processes inherit this. Ctrl-C must end the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the number of killed engines."""
    parser.addoption("--kills", type=int, default=3, help="how often the engine is killed (default 3)")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """Number of times that a test kills the engine at a random moment."""
    return int(request.config.getoption("--kills"))
