"""Case files: one entry can describe several cases."""

from pathlib import Path

import pytest

from policy_packs.kernel.cases import Case, load_cases
from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource

KIND = "aws:kms/key:Key"


@rule("thing-must-pass", on=KIND)
def never(_key: Resource) -> Findings:
    """This rule always has a finding."""
    yield "It is wrong."


@pytest.fixture
def cases(tmp_path: Path) -> tuple[Case, ...]:
    file = tmp_path / "thing.cases.yaml"
    file.write_text(
        """
- rule: several-types
  types: [a, b]
  passes: [{properties: {x: 1}}]
- rule: below-a-path
  types: {a: spec.inner, b: ""}
  passes: [{properties: {x: 1}}]
- rule: one-property
  types: {a: spec.ttl}
  fails: [{each: [91, 100], value: <each>, message: "<path> is <each> days"}]
- rule: inside-texts
  type: a
  passes: [{each: [x, y], properties: {"<each>": ["a<each>", 1]}, stack: "<each>"}]
""",
        encoding="utf-8",
    )
    return load_cases(file)


def of(cases: tuple[Case, ...], name: str) -> list[Case]:
    return [case for case in cases if case.rule == name]


def test_a_case_stands_for_every_listed_type(cases: tuple[Case, ...]) -> None:
    assert [(case.type, case.properties) for case in of(cases, "several-types")] == [("a", {"x": 1}), ("b", {"x": 1})]


def test_properties_are_placed_below_the_path_of_a_type(cases: tuple[Case, ...]) -> None:
    nested, plain = of(cases, "below-a-path")
    assert nested.properties == {"spec": {"inner": {"x": 1}}}
    assert plain.properties == {"x": 1}


def test_each_member_is_a_case_with_its_value_and_message(cases: tuple[Case, ...]) -> None:
    first, second = of(cases, "one-property")
    assert (first.properties, first.message) == ({"spec": {"ttl": 91}}, "spec.ttl is 91 days")
    assert (second.properties, second.index) == ({"spec": {"ttl": 100}}, 1)


def test_members_are_replaced_in_keys_and_inside_texts(cases: tuple[Case, ...]) -> None:
    first, second = of(cases, "inside-texts")
    assert (first.properties, first.stack) == ({"x": ["ax", 1]}, "x")
    assert second.properties == {"y": ["ay", 1]}


def test_a_rule_has_no_verdict_on_a_type_that_it_does_not_judge() -> None:
    assert Case(never.name, KIND, 0).judge(never)
    assert Case(never.name, "aws:s3/bucket:Bucket", 0).judge(never) == []
