"""What rules are, and the two sentences that many of them say."""

from collections.abc import Callable, Iterator, Mapping

from stacks.errors import Mistake
from stacks.parsed_values import NotParsedError, ParsedValues
from stacks.requirements import Environment

Mistakes = Iterator[Mistake]
SettingsRule = Callable[[Environment, ParsedValues], Mistakes]
CrossEnvironmentRule = Callable[[Environment, ParsedValues, Mapping[Environment, ParsedValues]], Mistakes]


def demand(values: ParsedValues, key: str, *, wanted: bool) -> Mistakes:
    """A flag that production's topology fixes."""
    try:
        if values[key] is not wanted:
            yield Mistake(key, f"must be {str(wanted).lower()} where production's topology is required")
    except NotParsedError:
        return


def at_least(environment: Environment, values: ParsedValues, key: str, fewest: int, unit: str) -> Mistakes:
    """A figure that the document sets a floor under."""
    try:
        if values[key] < fewest:
            yield Mistake(key, f"{values[key]} {unit} is below the {fewest} that the document sets for {environment}")
    except NotParsedError:
        return
