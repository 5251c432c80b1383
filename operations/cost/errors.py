"""What can be wrong with what somebody asked of `ops cost`."""

from collections.abc import Sequence


class CostError(Exception):
    """The message is for the person at the terminal."""


def told(mistakes: Sequence[str]) -> str:
    """The mistakes in the pack's data, a line each, under how many there are."""
    return "\n".join((f"{len(mistakes)} mistakes in the cost pack's data; nothing was done", *mistakes))
