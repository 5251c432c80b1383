"""Fixtures: the packs, their cases, and the verdicts of a rule on a case."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from policy_packs import catalogue
from policy_packs.kernel.cases import Case
from policy_packs.kernel.registry import Pack
from policy_packs.kernel.verdict import Verdict

PACKS = {pack.name.removeprefix("campus-"): pack for pack in catalogue.PACKS}
RULES = catalogue.policies()
Judge = Callable[..., list[Verdict]]
SELECTIONS: Mapping[str, Callable[[Case], bool]] = {
    "passing": lambda case: not case.message,
    "failing": lambda case: bool(case.message),
    # Cases about one resource, so that a test can hide or change a part of the resource.
    "passing_resource": lambda case: bool(case.type) and not case.message,
    "failing_resource": lambda case: bool(case.type and case.message),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, is_selected in SELECTIONS.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(
                name, [pytest.param(case, id=str(case)) for case in catalogue.cases() if is_selected(case)]
            )


@pytest.fixture(scope="session")
def packs() -> Mapping[str, Pack]:
    return PACKS


@pytest.fixture(scope="session")
def verdicts() -> Judge:
    def judged(case: Case, properties: Mapping[str, Any] | None = None, *, dry_run: bool = True) -> list[Verdict]:
        return case.judge(RULES[case.rule], properties, dry_run=dry_run)

    return judged
