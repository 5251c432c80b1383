"""Limits on claims: the statuses that a requirement's resources support.

A resource supports a claim by its effect, not by its name. A type that a rehearsal only records supports no claim. A
tag describes data but does not change it. A bucket is not a backup. A permission is not an approval, and a setting is
not a measured result.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from operations.previews import Preview
from operations.requirements.gaps import Gap, GapKind, not_yet
from operations.requirements.table import Expectation, Expected, Requirement, find
from stacks.requirements import Environment

BACKUP = re.compile(r"\b(backups?|snapshots?)\b", re.IGNORECASE)
NEEDS_PEOPLE = re.compile(r"\b(approvals?|process|review)\b", re.IGNORECASE)
NEEDS_MEASURING = re.compile(r"\d+(\.\d+)?% (availability|cost|savings)", re.IGNORECASE)
REAL_ACCOUNT = "the first update of a real account, which must show its effect"


class Status(StrEnum):
    """Status of a requirement."""

    MET = "met"
    IN_PART = "met in part"
    OUTSIDE = "outside the program"
    NOT_MET = "not met yet"


def weakness(requirement: Requirement, expectation: Expectation, preview: Preview) -> str:
    """Return the reason why an expectation does not count even if it holds.

    Return "" if the expectation is evidence that the requirement is met.
    """
    if not isinstance(expectation, Expected):
        return ""
    if expectation.type in preview.recorded:
        return f"{expectation.type} is only recorded in a rehearsal"
    if expectation.path.startswith("tags."):
        return f"a tag of {expectation.type} describes data but changes none"
    if BACKUP.search(requirement.sentence) and expectation.type.startswith("s3.Bucket"):
        return f"{expectation.type} is storage, not a backup"
    return ""


def open_parts(requirement: Requirement, previews: Mapping[Environment, Preview]) -> tuple[Gap, ...]:
    """Return a requirement's gaps, plus one for each recorded type that it expects."""
    recorded = {
        expectation.type
        for environments, expectation in requirement.met_by
        for environment in environments
        if isinstance(expectation, Expected) and expectation.type in previews[environment].recorded
    }
    found = (not_yet(f"{name} is only recorded in a rehearsal", by=REAL_ACCOUNT) for name in sorted(recorded))
    return (*requirement.gaps, *found)


def status(requirement: Requirement, previews: Mapping[Environment, Preview]) -> Status:
    """Return the status that the resources support."""
    supported = any(
        not weakness(requirement, expectation, previews[environment])
        and not find(expectation, previews[environment]).problem
        for environments, expectation in requirement.met_by
        for environment in environments
    )
    parts = open_parts(requirement, previews)
    if supported:
        return Status.IN_PART if parts else Status.MET
    only_outside = bool(parts) and all(part.kind is GapKind.OUTSIDE for part in parts)
    return Status.OUTSIDE if only_outside else Status.NOT_MET


def overclaims(sections: Iterable[Iterable[Requirement]], previews: Mapping[Environment, Preview]) -> Iterator[str]:
    """Yield one sentence per requirement that claims more than its resources show."""
    for requirement in (one for section in sections for one in section):
        reason = _overclaim(requirement, previews)
        if reason:
            yield f"{requirement.identifier}: {reason} (“{requirement.sentence}”)"


def _overclaim(requirement: Requirement, previews: Mapping[Environment, Preview]) -> str:
    if requirement.gaps:
        return ""
    if match := NEEDS_PEOPLE.search(requirement.sentence):
        return f"no resource meets “{match[0]}”; add a gap that names who does"
    if match := NEEDS_MEASURING.search(requirement.sentence):
        return f"no resource shows “{match[0]}”; add a gap that names who measures it"
    for environments, expectation in requirement.met_by:
        for environment in environments:
            weak = weakness(requirement, expectation, previews[environment])
            if weak and expectation.type not in previews[environment].recorded:
                return f"{weak}; add a gap that names who meets the requirement"
    return ""
