"""Mutation test of the rules: the cases must detect mistakes.

Run it with `python -m tests.policy_packs.mutation [RULE…]`.

The runner changes every function of the packs in one place at a time (`mutants`), in this process, and judges the
cases of the affected rules again. A mutant that no case detects survives and is listed. mutmut and cosmic-ray start a
test run for every mutant, whereas this runner judges a few hundred mutants a second.
"""

import ast
import importlib
import pkgutil
import signal
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Annotated

import typer

import policy_packs
from policy_packs import catalogue
from policy_packs.kernel.cases import Case
from policy_packs.kernel.registry import Policy
from policy_packs.kernel.verdict import Violation
from tests.policy_packs.mutants import Mutant, mutants

TARGET = 0.95
SECONDS_PER_MUTANT = 5
"""A mutant that takes longer than this is in an endless loop, which any test would detect."""
NO_RULES = ("kernel", "__main__", "sdk", "table", "catalogue", "iam_permissions_management")
"""Modules that rules do not call while they judge a resource, by the first or last part of the module's name."""


class Endless(Exception):  # noqa: N818  # says what the mutant is
    """A mutant did not finish in time."""


@dataclass
class Score:
    """Mutants of one rule, or of one helper that several rules share."""

    killed: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def all(self) -> int:
        """Number of mutants."""
        return self.killed + len(self.survivors)


@dataclass(frozen=True)
class Subject:
    """A function or class of a pack, and the cases that may detect a change to it."""

    module: ModuleType
    statement: ast.FunctionDef | ast.ClassDef
    rule: str
    cases: Sequence[Case]

    def __str__(self) -> str:
        return self.rule or f"{self.module.__name__.removeprefix('policy_packs.')}.{self.statement.name}"


def modules() -> list[ModuleType]:
    """Return the modules that contain the packs' rules and their helpers."""
    names = (each.name for each in pkgutil.walk_packages(policy_packs.__path__, "policy_packs."))
    return [importlib.import_module(name) for name in names if not set(name.split(".")) & set(NO_RULES)]


def subjects(rules: Sequence[str]) -> Iterator[Subject]:
    """Yield the functions to mutate: all, or only those of the given rules."""
    packs = {policy.name: pack.name.removeprefix("campus-") for pack in catalogue.PACKS for policy in pack.policies}
    for module in modules():
        of_pack = [case for case in catalogue.cases() if packs[case.rule] == module.__name__.split(".")[1]]
        nearest = _rules(module)
        of_pack.sort(key=lambda case: case.rule not in nearest)  # called at once
        for statement in ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body:
            if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
                continue
            member = getattr(module, statement.name)
            rule = member.name if isinstance(member, Policy) else ""
            if not rules or rule in rules:
                own = [case for case in of_pack if case.rule == rule] if rule else of_pack
                yield Subject(module, statement, rule, own)


def scores(rules: Sequence[str] = ()) -> dict[str, Score]:
    """Judge every mutant of all rules, or of the given rules."""
    by_subject: dict[str, Score] = defaultdict(Score)
    for subject in subjects(rules):
        for mutant in mutants(subject.statement):
            score = by_subject[str(subject)]
            if _is_noticed(subject, mutant):
                score.killed += 1
            else:
                score.survivors.append(f"{Path(str(subject.module.__file__)).name}:{mutant.line}: {mutant.what}")
    return dict(by_subject)


def total(by_subject: dict[str, Score]) -> float:
    """Return the fraction of mutants that the cases detected."""
    return sum(score.killed for score in by_subject.values()) / max(1, sum(score.all for score in by_subject.values()))


def _rules(module: ModuleType) -> dict[str, Policy]:
    return {each.name: each for each in vars(module).values() if isinstance(each, Policy)}


def _is_noticed(subject: Subject, mutant: Mutant) -> bool:
    code = compile(ast.Module([mutant.tree], []), str(subject.module.__file__), "exec")
    try:
        with _in_place(subject.module, subject.statement.name, code), _limited():
            rules = {name: rule for module in modules() for name, rule in _rules(module).items()}
            return any(_fails(case, rules[case.rule]) for case in subject.cases)
    except Endless:
        return True


@contextmanager
def _in_place(module: ModuleType, name: str, code: CodeType) -> Iterator[None]:
    """Replace a function or class with a mutant inside the block.

    The original is replaced in its own module, in modules that import it, and in tables of functions.
    """
    original = getattr(module, name)
    places = [(holder, key) for holder in _holders() for key, value in holder.items() if value is original]
    exec(code, vars(module))  # noqa: S102  # code of this repository with one of its operators changed
    mutant = getattr(module, name)
    for holder, key in places:
        holder[key] = mutant
    try:
        yield
    finally:
        for holder, key in places:
            holder[key] = original


def _holders() -> Iterator[dict[str, object]]:
    """Yield the namespace of every module, and the tables of functions in it."""
    for module in modules():
        yield vars(module)
        yield from (table for table in list(vars(module).values()) if isinstance(table, dict) and _is_table(table))


def _is_table(table: dict[str, object]) -> bool:
    return any(isinstance(value, FunctionType) for value in table.values())


@contextmanager
def _limited() -> Iterator[None]:
    def end(*_: object) -> None:
        raise Endless

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(SECONDS_PER_MUTANT)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _fails(case: Case, policy: Policy) -> bool:
    """Return True if the outcome of a case differs from the expected one."""
    verdicts = case.judge(policy)
    if not case.message:
        return bool(verdicts)
    said = [verdict for verdict in verdicts if isinstance(verdict, Violation) and case.message in verdict.message]
    return not said or len(verdicts) != sum(isinstance(verdict, Violation) for verdict in verdicts)


def main(
    rules: Annotated[
        list[str] | None, typer.Argument(help="Rules to mutate. If none is given, all rules and their shared helpers.")
    ] = None,
) -> None:
    """Print every survivor and the score.

    The exit code is 1 if the score is below the target.
    """
    by_subject = scores(rules or ())
    for name, score in sorted(by_subject.items()):
        if score.survivors:
            sys.stdout.write(f"{name}: {score.killed} of {score.all}\n")
            sys.stdout.writelines(f"  survives  {survivor}\n" for survivor in score.survivors)
    mutated = sum(score.all for score in by_subject.values())
    sys.stdout.write(f"{total(by_subject):.1%} of {mutated} mutants were detected (target: {TARGET:.0%})\n")
    raise typer.Exit(int(total(by_subject) < TARGET))


if __name__ == "__main__":
    typer.run(main)
