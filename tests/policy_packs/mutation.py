"""Mutation test of the rules: do their cases notice a mistake?

`python -m tests.policy_packs.mutation [RULE…]`.

Every function of the packs is changed in one place at a time (`mutants`), in this process, and the cases of the rules
that it may concern are judged again. A mutant that no case notices survives, and is listed. Our own runner instead of
mutmut's or cosmic-ray's: theirs start a test run for every mutant, this one judges some hundred a second.
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

PROMISED = 0.95
SECONDS_PER_MUTANT = 5
"""A mutant that takes longer than this goes round in circles, which any test would notice."""
NO_RULES = ("kernel", "__main__", "sdk", "table", "catalogue", "iam_permissions_management")
"""Last or first parts of the names of modules that no rule calls while it judges."""


class Endless(Exception):  # noqa: N818  # says what the mutant is
    """A mutant did not come to an end."""


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
    """A function or class of a pack, and the cases that may notice a change to it."""

    module: ModuleType
    statement: ast.FunctionDef | ast.ClassDef
    rule: str
    cases: Sequence[Case]

    def __str__(self) -> str:
        return self.rule or f"{self.module.__name__.removeprefix('policy_packs.')}.{self.statement.name}"


def modules() -> list[ModuleType]:
    """The modules of the packs that rules are made of."""
    names = (each.name for each in pkgutil.walk_packages(policy_packs.__path__, "policy_packs."))
    return [importlib.import_module(name) for name in names if not set(name.split(".")) & set(NO_RULES)]


def subjects(wanted: Sequence[str]) -> Iterator[Subject]:
    """Return the functions to mutate: all, or those of these rules."""
    packs = {policy.name: pack.name.removeprefix("campus-") for pack in catalogue.PACKS for policy in pack.policies}
    for module in modules():
        of_pack = [case for case in catalogue.cases() if packs[case.rule] == module.__name__.split(".")[1]]
        nearest = _rules(module)
        of_pack.sort(key=lambda case: case.rule not in nearest)  # called at once
        for statement in ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body:
            if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
                continue
            found = getattr(module, statement.name)
            rule = found.name if isinstance(found, Policy) else ""
            if not wanted or rule in wanted:
                own = [case for case in of_pack if case.rule == rule] if rule else of_pack
                yield Subject(module, statement, rule, own)


def scores(wanted: Sequence[str] = ()) -> dict[str, Score]:
    """Judge every mutant of what is wanted."""
    found: dict[str, Score] = defaultdict(Score)
    for subject in subjects(wanted):
        for mutant in mutants(subject.statement):
            score = found[str(subject)]
            if _is_noticed(subject, mutant):
                score.killed += 1
            else:
                score.survivors.append(f"{Path(str(subject.module.__file__)).name}:{mutant.line}: {mutant.what}")
    return dict(found)


def total(found: dict[str, Score]) -> float:
    """The part of all mutants that was noticed."""
    return sum(score.killed for score in found.values()) / max(1, sum(score.all for score in found.values()))


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
    """Have the mutant stand wherever the original does.

    In its module, where it is imported, and in tables.
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
    """The names of every module, and the tables of functions that they have."""
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
    """Return True if a case has another outcome than its table says."""
    found = case.judge(policy)
    if not case.message:
        return bool(found)
    said = [verdict for verdict in found if isinstance(verdict, Violation) and case.message in verdict.message]
    return not said or len(found) != sum(isinstance(verdict, Violation) for verdict in found)


def main(
    rules: Annotated[
        list[str] | None, typer.Argument(help="Rules to mutate; all, and what they share, if none.")
    ] = None,
) -> None:
    """Print every survivor and the score.

    The exit code is 1 when it is below what is promised.
    """
    found = scores(rules or ())
    for name, score in sorted(found.items()):
        if score.survivors:
            sys.stdout.write(f"{name}: {score.killed} of {score.all}\n")
            sys.stdout.writelines(f"  survives  {survivor}\n" for survivor in score.survivors)
    mutated = sum(score.all for score in found.values())
    sys.stdout.write(f"{total(found):.1%} of {mutated} mutants were noticed (promised: {PROMISED:.0%})\n")
    raise typer.Exit(int(total(found) < PROMISED))


if __name__ == "__main__":
    typer.run(main)
