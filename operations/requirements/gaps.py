"""Gaps: parts of a requirement that no resource meets, and who must meet them."""

from dataclasses import dataclass
from enum import StrEnum


class GapKind(StrEnum):
    """Reason why no resource meets a part of a requirement."""

    OUTSIDE = "outside the program"
    """People or another system meet the part; resources never will."""
    NOT_MET = "not met yet"
    """Nothing meets the part, or nothing has shown that it is met."""


@dataclass(frozen=True)
class Gap:
    """Part of a requirement that no resource meets."""

    kind: GapKind
    what: str
    by: str
    """Person, team or system that meets the part, or must meet it in future."""


def outside(what: str, *, by: str) -> Gap:
    """Return a gap that people or another system fill."""
    return Gap(GapKind.OUTSIDE, what, by)


def not_yet(what: str, *, by: str) -> Gap:
    """Return a gap that nothing fills, or that nothing has shown to be filled."""
    return Gap(GapKind.NOT_MET, what, by)
