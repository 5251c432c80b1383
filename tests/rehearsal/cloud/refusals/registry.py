"""Registry of scenarios, each of which prepares one refused request."""

from collections.abc import Callable
from typing import Any

Call = Callable[[], Any]
"""Sends the request that AWS refuses."""
Scenario = Callable[[], Call]
"""Prepares the state, and returns the refused request."""
SCENARIOS: dict[str, Scenario] = {}
"""Scenarios by the name of the refusal."""


def scenario(prepare: Scenario) -> Scenario:
    """Register a scenario.

    The name of the function is that of the refusal, with underscores.
    """
    SCENARIOS[prepare.__name__.replace("_", " ")] = prepare
    return prepare


def twice(call: Call) -> Call:
    """Send a request, and return it for a second time."""
    call()
    return call
