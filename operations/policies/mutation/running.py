"""Mutation test: every mutant of the packs, and the cases that detect it.

A mutant is a copy of the packs with one mistake. The cases of the affected rules are judged again with it, in this
process. A mutant that changes the outcome of no case survives. mutmut and cosmic-ray start a test run for every mutant,
whereas this module judges several hundred mutants a second.
"""

import signal
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from operations.policies.errors import PolicyRequestError
from operations.policies.explaining import explain
from operations.policies.mutation.changes import Kind, Mutant
from operations.policies.mutation.program import Program, Statement, UnloadableError
from operations.recording import PROJECT
from policy_packs import catalogue
from policy_packs.kernel.cases import Case
from policy_packs.kernel.registry import ANY_TYPE, Policy, ResourceRule
from policy_packs.kernel.verdict import Violation
from policy_packs.tagging.tags import TAGGABLE

SECONDS_PER_MUTANT = 5
"""A mutant that takes more processor time than this is in an endless loop, which any test would detect."""
Selection = Callable[[str], bool]
"""Function that returns True for a mutant to judge. Its argument is the mutant's subject and change."""


class EndlessError(BaseException):
    """A mutant did not finish in time.

    This is not an `Exception`, because the kernel turns an `Exception` of a rule into a finding and continues.
    """


@dataclass(frozen=True)
class Survivor:
    """A mutant that no case detects."""

    kind: Kind
    statement: str
    """Module and name of the changed function, rule or table."""
    file: str
    line: int
    change: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.change}"


_Outcome = tuple[Kind, Survivor | None]


@dataclass
class Score:
    """Mutants of one rule, or of a function or table that several rules share."""

    subject: str
    """Name of the rule, or module and name of the shared function or table."""
    is_rule: bool
    mutants: dict[Kind, int] = field(default_factory=dict)
    survivors: list[Survivor] = field(default_factory=list)

    @property
    def all(self) -> int:
        """Number of mutants."""
        return sum(self.mutants.values())

    @property
    def killed(self) -> int:
        """Number of mutants that a case detects."""
        return self.all - len(self.survivors)

    def add(self, kind: Kind, survivor: Survivor | None) -> None:
        """Count a mutant."""
        self.mutants[kind] = self.mutants.get(kind, 0) + 1
        if survivor:
            self.survivors.append(survivor)


def every(_: str) -> bool:
    """Select every mutant."""
    return True


def one_of(number: int) -> Selection:
    """Select about one mutant in `number`, the same ones in every run."""
    return lambda mutant: zlib.crc32(mutant.encode()) % number == 0


def scores(rules: Sequence[str] = (), selected: Selection = every) -> Mapping[str, Score]:
    """Judge the mutants of all rules, or only those of the given rules.

    A mutant of a function or table that only one rule uses counts for this rule. No types are dropped from rules that
    apply to every taggable type, because a data file lists these types, and a test compares that file with AWS's
    provider.
    """
    program, cases = Program(), cases_by_rule(catalogue.cases())
    policies = catalogue.policies()
    if wrong := [str(case) for name in cases for case in cases[name] if is_unexpected(case, policies[name])]:
        raise PolicyRequestError(
            "These cases already fail on the unchanged rules, so they would detect every mutant. "
            f"Correct them first: {', '.join(wrong)}"
        )
    by_subject = {name: Score(name, is_rule=True) for name in catalogue.policies() if not rules or name in rules}
    for statement in program.statements:
        affected = program.rules(statement)
        if not affected or (rules and affected.isdisjoint(rules)):
            continue
        policy = program.policy(statement)
        subject = policy.name if policy else next(iter(affected)) if len(affected) == 1 else str(statement)
        if rules and len(affected) == 1 and subject not in rules:
            continue
        score = by_subject.setdefault(subject, Score(subject, is_rule=False))
        judged = [case for rule in sorted(affected, key=lambda each: each != subject) for case in cases[rule]]
        outcomes = [*_judge_code(program, statement, judged, selected)]
        if isinstance(policy, ResourceRule) and policy.on != TAGGABLE:
            outcomes += _judge_types(program, statement, policy, cases[policy.name], selected)
        for kind, survivor in outcomes:
            score.add(kind, survivor)
    return {name: score for name, score in sorted(by_subject.items()) if score.all or score.is_rule}


def require_rules(names: Sequence[str]) -> None:
    """Raise PolicyRequestError if a rule does not exist."""
    for name in names:
        explain(name)


def total(by_subject: Mapping[str, Score]) -> float:
    """Return the fraction of mutants that the cases detect."""
    return sum(score.killed for score in by_subject.values()) / max(1, sum(score.all for score in by_subject.values()))


def _judge_code(
    program: Program, statement: Statement, cases: Sequence[Case], selected: Selection
) -> Iterator[_Outcome]:
    for mutant in program.mutants(statement):
        if selected(f"{statement} {mutant.line - statement.node.lineno} {mutant.change}"):
            survivor = Survivor(mutant.kind, str(statement), _name(program, statement), mutant.line, mutant.change)
            try:
                yield mutant.kind, None if _is_noticed(program, statement, mutant, cases) else survivor
            except UnloadableError:
                continue  # Any import shows this mistake, so it says nothing about the cases.


def _judge_types(
    program: Program, statement: Statement, rule: ResourceRule, cases: Sequence[Case], selected: Selection
) -> Iterator[_Outcome]:
    """Drop each resource type of a rule in turn.

    A failing case detects the mutant that drops the case's type.
    """
    failing = {case.type for case in cases if case.message}
    for resource_type in sorted(rule.on):
        if selected(f"{rule.name} {resource_type}"):
            change = f"without type {resource_type}"
            survivor = Survivor(Kind.TYPE, str(statement), _name(program, statement), statement.node.lineno, change)
            is_noticed = resource_type in failing or (resource_type == ANY_TYPE and failing)
            yield Kind.TYPE, None if is_noticed else survivor


def _is_noticed(program: Program, statement: Statement, mutant: Mutant, cases: Sequence[Case]) -> bool:
    try:
        with _limited():
            rules = program.changed(statement, mutant.tree)
            return any(is_unexpected(case, rules[case.rule]) for case in cases)
    except EndlessError:
        return True


def is_unexpected(case: Case, policy: Policy) -> bool:
    """Return True if the outcome of a case differs from the expected one."""
    verdicts = case.judge(policy)
    if not case.message:
        return bool(verdicts)
    said = [verdict for verdict in verdicts if isinstance(verdict, Violation) and case.message in verdict.message]
    return not said or len(verdicts) != sum(isinstance(verdict, Violation) for verdict in verdicts)


def cases_by_rule(cases: Sequence[Case]) -> Mapping[str, Sequence[Case]]:
    """Return the cases of each rule."""
    by_rule: dict[str, list[Case]] = {name: [] for name in catalogue.policies()}
    for case in cases:
        by_rule[case.rule].append(case)
    return by_rule


def _name(program: Program, statement: Statement) -> str:
    return program.file(statement).relative_to(PROJECT).as_posix()


@contextmanager
def _limited() -> Iterator[None]:
    def end(*_: object) -> None:
        raise EndlessError

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_PER_MUTANT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
