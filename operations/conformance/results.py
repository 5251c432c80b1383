"""Results of the conformance cycle of the emulated AWS types.

The tests in `tests/rehearsal/providers/aws/conformance` run the cycle. They fail if a result differs from the stored
copy in docs/reference/conformance.json.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

STORE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "conformance.json"


class Check(StrEnum):
    """Step of the cycle, a column of the table."""

    CREATED = "created"
    UNCHANGED = "no change"
    PRESENT_VALUE = "present value"
    UPDATED = "updated"
    DRIFT = "drift"
    REPAIRED = "repaired"
    DELETION_SEEN = "deletion seen"
    RECREATED = "recreated"
    REPLACED = "replaced"
    DELETED = "deleted"
    NOTHING_LEFT = "nothing left"


PER_INPUT = frozenset({Check.PRESENT_VALUE, Check.DRIFT, Check.REPAIRED})
"""Checks with one result per input."""


class Status(StrEnum):
    """Status of a cell."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Observation:
    """Result of one step, or of one input in a step."""

    check: Check
    part: str = ""
    """Input, or empty if the step has one result."""
    problem: str = ""
    """Description of the failure, or empty if the step passed."""


@dataclass(frozen=True)
class Cell:
    """Results of one check of one type or case.

    Results are stored by part. A part is the name of an input, or an empty text for the whole step.
    """

    passed: frozenset[str] = frozenset()
    failed: Mapping[str, str] = field(default_factory=dict)
    """Part → reason why it fails."""
    exempt: Mapping[str, str] = field(default_factory=dict)
    """Part → reason why the check does not apply."""

    @property
    def status(self) -> Status:
        """Status of the cell: one failed part fails it."""
        if self.failed:
            return Status.FAILED
        return Status.PASSED if self.passed else Status.NOT_APPLICABLE

    def to_json(self) -> dict[str, Any]:
        """Return the stored form, without empty members."""
        members = {"passed": sorted(self.passed), "failed": dict(self.failed), "not applicable": dict(self.exempt)}
        return {name: value for name, value in members.items() if value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Cell":
        """Create a cell from the form that `to_json` returns."""
        passed = frozenset(stored.get("passed", ()))
        return cls(passed, stored.get("failed", {}), stored.get("not applicable", {}))


Row = Mapping[Check, Cell]
"""Cells of one case or type."""


def merged(cells: Iterable[Cell]) -> Cell:
    """Merge the cells of a type's cases.

    A part passes if it passes in every case that tries it.
    """
    passed: set[str] = set()
    failed: dict[str, str] = {}
    exempt: dict[str, str] = {}
    for cell in cells:
        passed |= cell.passed
        failed |= cell.failed
        exempt |= cell.exempt
    tried = {part: reason for part, reason in exempt.items() if part not in passed and part not in failed}
    return Cell(frozenset(passed - failed.keys()), failed, tried)


def load(path: Path = STORE) -> dict[str, dict[str, Row]]:
    """Return the stored rows, by type token and number of the case."""
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {
        token: {
            number: {Check(check): Cell.from_json(cell) for check, cell in row.items()} for number, row in cases.items()
        }
        for token, cases in stored.items()
    }


def save(results: Mapping[str, Mapping[str, Row]], path: Path = STORE) -> None:
    """Store rows, one line per check so that a difference is readable."""
    path.write_text(_object(((token, _cases(cases)) for token, cases in sorted(results.items())), "") + "\n", "utf-8")


def _cases(cases: Mapping[str, Row]) -> str:
    return _object(((number, _row(row)) for number, row in sorted(cases.items(), key=lambda case: int(case[0]))), " ")


def _row(row: Row) -> str:
    return _object(((check.value, json.dumps(row[check].to_json())) for check in Check if check in row), "  ")


def _object(members: Iterable[tuple[str, str]], indent: str) -> str:
    """Return a JSON object with one member per line. The values are JSON text."""
    lines = (f"{indent} {json.dumps(name)}: {value}" for name, value in members)
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def table(results: Mapping[str, Mapping[str, Row]]) -> dict[str, dict[Check, Cell]]:
    """Return one row per type, merged from its cases."""
    return {
        token: {check: merged(row[check] for row in cases.values() if check in row) for check in Check}
        for token, cases in sorted(results.items())
    }


def without_reason(rows: Mapping[str, Row]) -> Iterator[str]:
    """Yield each cell that is empty, or whose failure or exemption has no reason."""
    for token, row in rows.items():
        for check, cell in row.items():
            reasons = [*cell.failed.values(), *cell.exempt.values()]
            if (not cell.passed and not reasons) or not all(reasons):
                yield f"{token}: {check}"
