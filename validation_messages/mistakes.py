"""A mistake in a file, and the layout of a list of mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """Location and description of one mistake."""

    location: str
    """Dotted key such as `network.zones.1`, or `line 7`. Empty for the file as a whole."""
    sentence: str
    """One sentence without a full stop."""

    def __str__(self) -> str:
        return f"{self.location}: {self.sentence}" if self.location else self.sentence


def aligned(mistakes: Sequence[Mistake]) -> list[str]:
    """Return a line per mistake, with the sentences in one column."""
    width = max((len(mistake.location) for mistake in mistakes), default=0)
    return [f"{mistake.location:<{width}} {mistake.sentence}" for mistake in mistakes]
