"""Registry of scenarios, each of which prepares one refused request."""

from collections.abc import Callable
from typing import Any

Call = Callable[[], Any]
"""Function that sends the request that AWS refuses."""
Scenario = Callable[[], Call]
"""Function that prepares the state, and returns the function that sends the refused request."""
SCENARIOS: dict[str, Scenario] = {}
"""Name of the refusal → scenario."""


def scenario(prepare: Scenario) -> Scenario:
    """Register a scenario.

    The name of the function must be the name of the refusal, with underscores instead of spaces.
    """
    SCENARIOS[prepare.__name__.replace("_", " ")] = prepare
    return prepare


def twice(call: Call) -> Call:
    """Send a request, and return the function that sends it again."""
    call()
    return call
