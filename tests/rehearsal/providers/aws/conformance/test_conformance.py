"""Every emulated type passes the cycle, or a reason for its failure is recorded.

`REFRESH_CONFORMANCE=1 pytest tests/rehearsal/providers/aws/conformance` stores the results, and `ops generate` writes
the page.
"""

import os
from typing import Any

import pytest

from operations.conformance import page, results
from operations.conformance.results import Check
from rehearsal.cloud.inventory_parts import aws_client
from rehearsal.providers.aws.table import EmulatedType
from rehearsal.providers.aws.types import TABLE
from tests.rehearsal.providers.aws.cases import ALL_CASES
from tests.rehearsal.providers.aws.conformance.cycle import Cycle
from tests.rehearsal.providers.aws.conformance.explain import explain
from tests.rehearsal.providers.aws.conformance.values import mutable_inputs
from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

EMULATED = sorted(token for token, declaration in TABLE.items() if isinstance(declaration, EmulatedType))
REFRESH = "REFRESH_CONFORMANCE"
COMMAND = f"{REFRESH}=1 pytest tests/rehearsal/providers/aws/conformance && ops generate"


@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_results_of_the_cycle_are_the_stored_ones(
    case: LifecycleCase, engine: Any, deps: Any, aws_provider: Any
) -> None:
    compiled = aws_provider.compiled(case.token)
    explanation = explain(case, compiled, Cycle(case, engine, deps, compiled, aws_client).run())
    assert explanation.mistakes == []
    stored = results.load()
    if os.environ.get(REFRESH):
        results.save({**stored, case.token: {**stored.get(case.token, {}), str(case.number): explanation.cells}})
    else:
        assert explanation.cells == stored.get(case.token, {}).get(str(case.number)), f"to store: {COMMAND}"


def test_every_emulated_type_has_a_case() -> None:
    assert sorted({case.token for case in ALL_CASES}) == EMULATED


def test_every_stored_result_belongs_to_a_case() -> None:
    stored = {(token, number) for token, cases in results.load().items() for number in cases}
    assert stored == {(case.token, str(case.number)) for case in ALL_CASES}, f"to store: {COMMAND}"


@pytest.mark.parametrize("token", EMULATED)
def test_every_mutable_input_drifts_or_has_a_reason(token: str, aws_provider: Any) -> None:
    cell = results.table(results.load())[token][Check.DRIFT]
    covered = cell.passed | cell.failed.keys() | cell.exempt.keys()
    assert mutable_inputs(aws_provider.compiled(token)) <= covered


def test_at_least_95_percent_of_the_applicable_cells_pass() -> None:
    assert page.share_passed(results.table(results.load())) >= 0.95
