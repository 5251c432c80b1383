"""The conformance page shows every result, with reasons unless it passes."""

from pathlib import Path

import pytest

from operations.conformance.page import MissingReasonError, counts, page, share_passed
from operations.conformance.results import Cell, Check, Row, Status, load, merged, save, table

QUEUE = "aws:sqs/queue:Queue"
PASSED = Cell(frozenset({""}))
DRIFT = Cell(frozenset({"tags"}), {"policy": "moto drops it"}, {"delaySeconds": "not tried"})


def results(**changes: Cell) -> dict[str, dict[str, Row]]:
    row = {check: changes.get(check.name, PASSED) for check in Check}
    return {QUEUE: {"1": {**row, Check.DRIFT: DRIFT}}}


def test_page_shows_counts_and_reasons() -> None:
    text = page(results(REPLACED=Cell(exempt={"": "There is only one."})))
    assert "1 types have 11 cells: 9 passed, 1 not applicable, 1 failed. 90.0% of the applicable cells pass." in text
    assert "| `sqs/queue:Queue` | ✓ | ✓ |" in text
    assert " | 1/2 ✗ | " in text
    assert "| `sqs/queue:Queue` | drift | `policy` | moto drops it |" in text
    assert "- There is only one. `sqs/queue:Queue` (replaced)" in text


@pytest.mark.parametrize("cell", [Cell(), Cell(failed={"": ""}), Cell(frozenset({"a"}), exempt={"b": ""})])
def test_cell_without_a_reason_is_an_error(cell: Cell) -> None:
    with pytest.raises(MissingReasonError, match="Queue: replaced"):
        page(results(REPLACED=cell))


def test_input_fails_if_one_case_fails() -> None:
    cell = merged(
        [Cell(frozenset({"a", "b"})), Cell(frozenset({"a"}), {"b": "why"}), Cell(exempt={"a": "", "c": "no"})]
    )
    assert cell == Cell(frozenset({"a"}), {"b": "why"}, {"c": "no"})


def test_one_failed_part_fails_the_cell() -> None:
    rows = table(results())
    assert counts(rows) == {Status.PASSED: 10, Status.FAILED: 1}
    assert share_passed(rows) == pytest.approx(10 / 11)


def test_stored_results_are_read_back(tmp_path: Path) -> None:
    save(results(), tmp_path / "results.json")
    assert load(tmp_path / "results.json") == results()
