"""Mutation test: the cases detect mistakes in the rules."""

import ast
import time

import pytest

from tests.policy_packs import mutation
from tests.policy_packs.mutants import mutants
from tests.policy_packs.mutation import TARGET, scores, total


def changed(source: str) -> list[str]:
    return [ast.unparse(mutant.tree).partition("\n")[2].strip() for mutant in mutants(ast.parse(source).body[0])]


def test_nearly_every_mutant_of_every_rule_is_noticed() -> None:
    by_subject = scores()
    survivors = "\n".join(f"{name}: {line}" for name, score in by_subject.items() for line in score.survivors)
    assert total(by_subject) >= TARGET, survivors


def test_every_rule_that_decides_anything_has_mutants() -> None:
    assert {subject.rule for subject in mutation.subjects(()) if subject.rule} <= set(scores())


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a", ["not a"]),
        ("not a", ["a"]),
        ("a is None", ["not a is None", "a is not None"]),
        ("a == 3", ["not a == 3", "a != 3", "a == 4"]),
        ("a < b", ["not a < b", "a >= b", "a <= b"]),
        ("a in {1, 2}", ["not a in {1, 2}", "a not in {1, 2}", "a in {2}", "a in {1}"]),
        ("a and b", ["not (a and b)", "a or b", "b", "a"]),
        ("any(x)", ["not any(x)", "all(x)"]),
    ],
)
def test_every_condition_is_negated_weakened_and_moved(condition: str, expected: list[str]) -> None:
    changes = changed(f"def rule(r):\n    if {condition}:\n        pass")
    assert changes == [f"if {each}:\n        pass" for each in expected]


def test_filters_and_findings_are_dropped() -> None:
    assert changed("def rule(r):\n    yield r") == ["yield from ()"]
    assert changed("def f(r):\n    return [x for x in r if x]") == [
        "return [x for x in r]",
        "return [x for x in r if not x]",
    ]


def test_decorators_and_annotations_are_left_alone() -> None:
    assert changed('@rule("a", on=1 == 2)\ndef f(r: "a" == "b") -> (1 == 1):\n    return r') == []


def test_the_packs_are_as_they_were_afterwards() -> None:
    before = [dict(vars(module)) for module in mutation.modules()]
    scores(["rds-must-not-be-public"])
    assert [dict(vars(module)) for module in mutation.modules()] == before


def test_a_mutant_without_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutation, "SECONDS_PER_MUTANT", 1)
    began = time.monotonic()
    with pytest.raises(mutation.Endless), mutation._limited():
        time.sleep(60)
    assert time.monotonic() - began < 30
