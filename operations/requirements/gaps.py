"""Gaps: parts of a sentence that no resource meets, and who meets them."""

from dataclasses import dataclass
from enum import StrEnum


class GapKind(StrEnum):
    """Reason why no resource meets a part of a sentence."""

    OUTSIDE = "outside the program"
    """People or another system meet it; resources never will."""
    NOT_MET = "not met yet"
    """Nothing meets it, or nothing has shown that it is met."""


@dataclass(frozen=True)
class Gap:
    """Part of a sentence that no resource meets."""

    kind: GapKind
    what: str
    by: str
    """Person, team or system that meets it, or will have to."""


def outside(what: str, *, by: str) -> Gap:
    """Return a part that people or another system meet."""
    return Gap(GapKind.OUTSIDE, what, by)


def not_yet(what: str, *, by: str) -> Gap:
    """Return a part that nothing meets, or that nothing has shown to be met."""
    return Gap(GapKind.NOT_MET, what, by)
