"""Mutation test: the cases detect mistakes in the rules."""

import ast
import re
import time
from collections.abc import Mapping

import pytest

from operations.generate import PROJECT
from operations.policies.mutation import report, running
from operations.policies.mutation.changes import Kind, mutants
from operations.policies.mutation.program import Program
from operations.policies.mutation.running import Score, one_of, scores, total
from policy_packs import catalogue
from policy_packs.kernel.registry import ANY_TYPE, ResourceRule
from policy_packs.tagging.tags import TAGGABLE

ALWAYS_FINDINGS = {
    ("vpc-must-not-be-default", "aws:ec2/defaultVpc:DefaultVpc"),
    ("iam-must-not-keep-credentials", "aws:iam/user:User"),
    ("iam-must-not-keep-credentials", "aws:iam/userLoginProfile:UserLoginProfile"),
    ("iam-permissions-must-not-be-of-users", "aws:iam/userPolicy:UserPolicy"),
    ("iam-permissions-must-not-be-of-users", "aws:iam/userPolicyAttachment:UserPolicyAttachment"),
}
"""Pairs of a rule and a type. The rule has a finding on every resource of the type."""
NEVER_FINDINGS = {("vpc-must-not-be-default", "aws:ec2/vpc:Vpc")}
"""Pairs of a rule and a type. The rule has no finding on any resource of the type."""


@pytest.fixture(scope="module")
def program() -> Program:
    return Program()


@pytest.fixture(scope="module")
def every_score() -> Mapping[str, Score]:
    return scores()


def changed(source: str) -> list[str]:
    return [ast.unparse(mutant.tree).partition("\n")[2].strip() for mutant in mutants(ast.parse(source).body[0])]


def redefined(source: str) -> list[str]:
    return [ast.unparse(mutant.tree) for mutant in mutants(ast.parse(source).body[0])]


def test_the_cases_detect_a_sample_of_mutants() -> None:
    by_subject = scores(selected=one_of(6))
    assert sum(score.all for score in by_subject.values()) > 500
    assert report.unexplained(by_subject) == []
    assert total(by_subject) >= report.TARGET


@pytest.mark.full
def test_the_cases_detect_nearly_every_mutant_and_the_rest_have_a_reason(every_score: Mapping[str, Score]) -> None:
    assert report.unexplained(every_score) == []
    assert report.outdated(every_score) == []
    assert total(every_score) >= report.TARGET


@pytest.mark.full
def test_the_stored_report_is_current(every_score: Mapping[str, Score]) -> None:
    stored = (PROJECT / report.PAGE).read_text(encoding="utf-8")
    assert _without_lines(stored) == _without_lines(report.page(every_score)), "run `ops policy mutation --write`"


def test_every_rule_has_mutants(program: Program) -> None:
    rules = {rule.name: statement for statement in program.statements if (rule := program.policy(statement))}
    assert set(rules) == set(catalogue.policies())
    for name, statement in rules.items():
        rule = program.policy(statement)
        has_types = isinstance(rule, ResourceRule) and rule.on != TAGGABLE
        assert has_types or any(program.mutants(statement)), name


def test_every_rule_has_a_failing_and_a_passing_case_for_each_of_its_types() -> None:
    cases = catalogue.cases()
    failing = {(case.rule, case.type) for case in cases if case.message}
    passing = {(case.rule, case.type) for case in cases if not case.message}
    rules = [rule for rule in catalogue.policies().values() if isinstance(rule, ResourceRule)]
    pairs = {(rule.name, each) for rule in rules for each in rule.on - {ANY_TYPE} if rule.on != TAGGABLE}
    assert pairs - failing == NEVER_FINDINGS
    assert pairs - passing == ALWAYS_FINDINGS


def test_a_copy_without_a_change_decides_as_the_packs_do(program: Program) -> None:
    cases = running.cases_by_rule(catalogue.cases())
    for statement in program.statements:
        if program.policy(statement) is None and (names := program.rules(statement)):
            rules = program.changed(statement, statement.node)
            assert set(rules) == names
            assert not [case for name in names for case in cases[name][:2] if running.is_unexpected(case, rules[name])]


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
        ("r['a']", ["not r['a']", "r['a~']"]),
        ("f('a', T)", ["not f('a', T)", "f('a~', T)", "f('a', None)"]),
        ("f(*T, b=1)", ["not f(*T, b=1)", "f(b=1)", "f(*T)", "f(*T, b=2)"]),
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


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("T = ('a', 'b')", ["T = ('b',)", "T = ('a',)"]),
        ("T = frozenset({'a', 'b'})", ["T = frozenset({'b'})", "T = frozenset({'a'})"]),
        ("T = {'a': 'b'}", ["T = {}", "T = {'a': 'b~'}"]),
        ("T = 'CreateUser DeleteUser'", ["T = 'DeleteUser'", "T = 'CreateUser'"]),
        ("N = 14", ["N = 15"]),
        ("A, B = 6, 4", ["A, B = (7, 4)", "A, B = (6, 5)"]),
        (
            "r = make('a', path='b', fix='Do it.')",
            ["r = make('a~', path='b', fix='Do it.')", "r = make('a', path='b~', fix='Do it.')"],
        ),
        ("T = Callable[[int], str]", []),
    ],
)
def test_members_constants_and_arguments_of_a_module_are_changed(source: str, expected: list[str]) -> None:
    assert redefined(source) == expected


def test_texts_for_readers_and_annotations_are_left_unchanged() -> None:
    assert changed('@rule("a", on=1 == 2)\ndef f(r: "a" == "b") -> (1 == 1):\n    """Text."""\n    return r') == []
    assert changed("def f(r):\n    return f'{g(1)} is wrong'") == []


def test_settings_of_a_rule_are_changed() -> None:
    source = "@rule('a', on=T, settings={'days': limit(dev=1)})\ndef f(r):\n    return r"
    kinds = {(mutant.kind, mutant.change) for mutant in mutants(ast.parse(source).body[0])}
    assert (Kind.ARGUMENT, "dev=2") in kinds


def test_a_table_affects_the_rules_that_use_it_through_other_modules(program: Program) -> None:
    statement = next(each for each in program.statements if str(each) == "security.pod_specs.POD_SPEC_PATHS")
    assert {"k8s-pods-must-not-be-privileged", "k8s-containers-must-have-limits"} <= program.rules(statement)
    assert "rds-must-not-be-public" not in program.rules(statement)


def test_the_packs_stay_as_they_were() -> None:
    before = catalogue.policies()
    assert scores(["rds-must-not-be-public"])["rds-must-not-be-public"].all > 3
    assert catalogue.policies() == before


def test_a_case_that_is_missing_lets_mutants_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = "rds-must-not-be-public"
    passing = tuple(case for case in catalogue.cases() if case.rule == rule and not case.message)
    monkeypatch.setattr(catalogue, "cases", lambda: passing)
    score = scores([rule])[rule]
    assert {survivor.kind for survivor in score.survivors} >= {Kind.CODE, Kind.TYPE}


def test_a_mutant_without_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SECONDS_PER_MUTANT", 1)
    with pytest.raises(running.EndlessError), running._limited():
        _run_for_a_minute()


def _run_for_a_minute() -> None:
    began = time.process_time()
    while time.process_time() - began < 60:
        pass


def _without_lines(page: str) -> str:
    return re.sub(r"(\.py):\d+", r"\1", page)
