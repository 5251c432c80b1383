"""What the packs answer when they can't judge: a sentence for the client instead of a response."""

from collections.abc import Sequence


class Refusal(Exception):  # noqa: N818  # it is an answer: the question can't be answered, and why
    """A question whose answer is a sentence about what is wrong with it."""


class Mistakes(Refusal):  # the same
    """What the packs would judge by has mistakes; the message names it and has a line for each."""

    def __init__(self, subject: str, lines: Sequence[str]) -> None:
        count = "1 mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
        super().__init__("\n".join((f"{subject}: {count}; nothing was judged", *lines)))
