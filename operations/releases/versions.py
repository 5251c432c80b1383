"""Semantic versions of the components, read from the change log."""

import re
from dataclasses import dataclass
from pathlib import Path

from operations.recording import PROJECT

CHANGELOG = PROJECT / "CHANGELOG.md"
_HEADING = re.compile(r"^## (\d+)\.(\d+)\.(\d+)\b", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Version:
    """Semantic version (semver.org)."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Parse `1.2.3`. Raises ValueError for anything else."""
        numbers = text.split(".")
        if len(numbers) != 3 or not all(number.isdecimal() for number in numbers):  # noqa: PLR2004  # the three parts
            raise ValueError(f"{text!r} is not a semantic version such as 1.2.3")
        return cls(*map(int, numbers))


def released(changelog: Path = CHANGELOG) -> tuple[Version, ...]:
    """Return the versions in the change log, highest first."""
    headings = _HEADING.findall(changelog.read_text(encoding="utf-8"))
    return tuple(sorted((Version(*map(int, numbers)) for numbers in headings), reverse=True))
