"""What rules are, and the two sentences that many of them say."""

from collections.abc import Callable, Iterator, Mapping

from stacks.errors import Mistake
from stacks.figures import Environment
from stacks.known import Known, NotParsedError

Mistakes = Iterator[Mistake]
Rule = Callable[[Environment, Known], Mistakes]
SiblingRule = Callable[[Environment, Known, Mapping[Environment, Known]], Mistakes]


def demand(known: Known, key: str, *, wanted: bool) -> Mistakes:
    """A flag that production's topology fixes."""
    try:
        if known[key] is not wanted:
            yield Mistake(key, f"must be {str(wanted).lower()} where production's topology is required")
    except NotParsedError:
        return


def at_least(environment: Environment, known: Known, key: str, fewest: int, unit: str) -> Mistakes:
    """A figure that the document sets a floor under."""
    try:
        if known[key] < fewest:
            yield Mistake(key, f"{known[key]} {unit} is below the {fewest} that the document sets for {environment}")
    except NotParsedError:
        return
