"""Types of rules, and two checks that many rules share."""

from collections.abc import Callable, Iterator, Mapping

from stacks.errors import Mistake
from stacks.parsed_values import NotParsedError, ParsedValues
from stacks.requirements import Environment

Mistakes = Iterator[Mistake]
SettingsRule = Callable[[Environment, ParsedValues], Mistakes]
CrossEnvironmentRule = Callable[[Environment, ParsedValues, Mapping[Environment, ParsedValues]], Mistakes]


def demand(values: ParsedValues, key: str, *, expected: bool) -> Mistakes:
    """Check that a flag has the value that production-like environments require."""
    try:
        if values[key] is not expected:
            yield Mistake(key, f"must be {str(expected).lower()} in production-like environments")
    except NotParsedError:
        return


def at_least(environment: Environment, values: ParsedValues, key: str, minimum: int, unit: str) -> Mistakes:
    """Check a value against a minimum that the requirements set."""
    try:
        if values[key] < minimum:
            yield Mistake(key, f"{values[key]} {unit} is less than the {minimum} {unit} required for {environment}")
    except NotParsedError:
        return
