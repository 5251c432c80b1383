"""Cells of one case: observations, with a reason for each that did not pass."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from operations.conformance.results import Cell, Check, Observation
from rehearsal.providers.aws.compiled import CompiledType
from tests.rehearsal.providers.aws.conformance.reasons import FAULTS, NO_UPDATE, NOT_APPLICABLE, NOT_TRIED, REMAINS
from tests.rehearsal.providers.aws.conformance.values import mutable_inputs
from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

ALL_WRITTEN = "AWS adds no value to those that the program sets."


@dataclass
class Explanation:
    """Cells of a case, and mistakes in the recorded reasons."""

    cells: dict[Check, Cell] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    """Failed or missing results without a recorded reason, and reasons for results that pass."""


def explain(case: LifecycleCase, compiled: CompiledType, observations: Iterable[Observation]) -> Explanation:
    """Build the cells of a case from its observations and the recorded reasons."""
    explanation = Explanation()
    observed = list(observations)
    for check in Check:
        cell = _cell(case, check, [each for each in observed if each.check is check], explanation.mistakes)
        missing = _missing(case, compiled, check, cell)
        if cell.passed or cell.failed or cell.exempt or missing:
            explanation.cells[check] = Cell(cell.passed, cell.failed, {**cell.exempt, **missing})
        elif case.number == 1 and not any(each.check is check for each in observed):
            explanation.mistakes.append(f"{check}: no result and no reason")
    return explanation


def _cell(case: LifecycleCase, check: Check, observations: list[Observation], mistakes: list[str]) -> Cell:
    passed: set[str] = set()
    failed: dict[str, str] = {}
    exempt: dict[str, str] = {}
    for observation in observations:
        part = observation.part
        reason = _reason(case, check, part)
        problem = observation.problem
        if not problem:
            passed.add(part)
            if reason:
                mistakes.append(f"{check} {part}: passes, so remove its reason")
        elif reason:
            (failed if reason in FAULTS.values() else exempt)[part] = reason
        else:
            mistakes.append(f"{check} {part}: {problem}")
    repeated = passed & failed.keys() | passed & exempt.keys()
    return Cell(frozenset(passed - repeated), failed, exempt)


def _reason(case: LifecycleCase, check: Check, part: str) -> str:
    keys = [(token, check, part) for token in (f"{case.token} {case.number}", case.token)]
    return next((reasons[key] for reasons in (FAULTS, NOT_APPLICABLE) for key in keys if key in reasons), "")


def _missing(case: LifecycleCase, compiled: CompiledType, check: Check, cell: Cell) -> dict[str, str]:
    """Return the reasons why parts of a check, or the whole check, have no result."""
    if case.number > 1:
        return {}
    tried = cell.passed | cell.failed.keys() | cell.exempt.keys()
    untried = NOT_TRIED.get(case.token, {}) if check is Check.DRIFT else {}
    reasons = {name: reason for name, reason in untried.items() if name not in tried}
    if tried or reasons:
        return reasons
    if check in (Check.UPDATED, Check.DRIFT, Check.REPAIRED) and not mutable_inputs(compiled):
        return {"": NO_UPDATE}
    if check in (Check.DELETION_SEEN, Check.RECREATED) and case.remains:
        return {"": REMAINS}
    if check is Check.PRESENT_VALUE:
        return {"": ALL_WRITTEN}
    whole = _reason(case, check, "")
    return {"": whole} if whole else {}
