"""Coverage of public rule sets.

Each identifier is covered, left out with a reason, or unassigned (neither).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

import policy_packs
from policy_packs.kernel.registry import Policy

FILE = Path(policy_packs.__path__[0]) / "coverage.yaml"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, BeforeValidator(str)]
"""Identifier as text; Checkov's identifiers are numbers in the file."""


class Area(BaseModel):
    """Identifiers that a public rule set has for one subject."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    set: str
    area: Text
    names: tuple[Name, ...]

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Full identifiers, as in a rule's `covers`."""
        return tuple(f"{self.set}{name}" for name in self.names)


class Measure(BaseModel):
    """Content of coverage.yaml: all identifiers, and the reasons for leaving some out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    identifiers: tuple[Area, ...]
    left_out: Mapping[str, Text]


@dataclass(frozen=True)
class Coverage:
    """Covered, left-out and unassigned identifiers of the public rule sets."""

    measure: Measure
    rules: Mapping[str, tuple[str, ...]]
    """Names of the rules that cover an identifier, by identifier."""

    @property
    def listed(self) -> tuple[str, ...]:
        """All identifiers, in the order of the file."""
        return tuple(name for area in self.measure.identifiers for name in area.identifiers)

    @property
    def unassigned(self) -> tuple[str, ...]:
        """Identifiers that are neither covered nor left out."""
        return tuple(name for name in self.listed if name not in self.rules and name not in self.measure.left_out)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Inconsistent identifiers: unlisted, listed twice, or both covered and left out."""
        listed = self.listed
        unknown = sorted((set(self.rules) | set(self.measure.left_out)) - set(listed))
        both = sorted(set(self.rules) & set(self.measure.left_out))
        return (
            *(f"{name} isn't listed in coverage.yaml{_where(self.rules.get(name))}" for name in unknown),
            *(f"{name} is left out, but covered by {', '.join(self.rules[name])}" for name in both),
            *sorted(f"{name} is listed twice" for name in {each for each in listed if listed.count(each) > 1}),
        )

    def count(self, names: Collection[str]) -> tuple[int, int, int]:
        """Return the numbers of covered, left-out and unassigned identifiers."""
        covered = sum(name in self.rules for name in names)
        left_out = sum(name in self.measure.left_out for name in names)
        return covered, left_out, sum(name in self.unassigned for name in names)


def coverage(policies: Iterable[Policy], file: Path = FILE) -> Coverage:
    """Compare the rules with the identifiers in coverage.yaml.

    Raises pydantic's ValidationError if the file is invalid.
    """
    measure = Measure.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    rules: dict[str, tuple[str, ...]] = {}
    for policy in policies:
        for name in policy.covers:
            rules[name] = (*rules.get(name, ()), policy.name)
    return Coverage(measure, rules)


def _where(rules: tuple[str, ...] | None) -> str:
    return f" ({', '.join(rules)})" if rules else ""
