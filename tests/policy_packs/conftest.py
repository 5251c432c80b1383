"""The packs, their tables of cases, and what a rule says about one of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_packs.cost.__main__ import PACK as COST
from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Pack, Rule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import Verdict, judge
from policy_packs.security.__main__ import PACK as SECURITY
from policy_packs.tagging.__main__ import PACK as TAGGING

PACKS = {"tagging": TAGGING, "cost": COST, "security": SECURITY}
RULES = {policy.name: policy for pack in PACKS.values() for policy in pack.policies if isinstance(policy, Rule)}
Case = Mapping[str, Any]
Judge = Callable[..., list[Verdict]]


def _cases(wanted: str) -> list[Any]:
    found = []
    for file in sorted((Path(__file__).parent / "cases").glob("*.yaml")):
        for table in yaml.safe_load(file.read_text(encoding="utf-8")):
            for index, case in enumerate(table[wanted]):
                name = f"{table['rule']}-{table['kind'].rpartition(':')[2]}-{index}"
                found.append(pytest.param({**case, "rule": table["rule"], "kind": table["kind"]}, id=name))
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name in ("passing", "failing"):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, _cases({"passing": "passes", "failing": "fails"}[name]))


@pytest.fixture(scope="session")
def packs() -> Mapping[str, Pack]:
    return PACKS


@pytest.fixture(scope="session")
def failing_cases() -> list[Case]:
    return [parameter.values[0] for parameter in _cases("fails")]


@pytest.fixture(scope="session")
def passing_cases() -> list[Case]:
    return [parameter.values[0] for parameter in _cases("passes")]


@pytest.fixture(scope="session")
def verdicts() -> Judge:
    def judged(case: Case, given: Mapping[str, Any] | None = None, *, dry_run: bool = True) -> list[Verdict]:
        rule = RULES[case["rule"]]
        provider = Resource.of("pulumi:providers:aws", case["provider"]) if "provider" in case else None
        properties = case["given"] if given is None else given
        resource = Resource.of(case["kind"], properties, urn="urn:it", name="it", provider=provider)
        context = Context(case.get("stack", "dev"), dry_run).with_settings(rule.settings, {})
        return list(judge(rule, resource, context))

    return judged
