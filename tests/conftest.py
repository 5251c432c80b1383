"""Options of the whole suite, and the one thing about its surroundings that tests depend on."""

import signal

import pytest

# A shell that starts something in the background has it ignore Ctrl-C, and so all that it starts in turn.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long a run may take is the caller's to say."""
    parser.addoption("--kills", type=int, default=3, help="how often the engine is killed (default 3)")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """How often the engine is killed at a random moment."""
    return int(request.config.getoption("--kills"))
