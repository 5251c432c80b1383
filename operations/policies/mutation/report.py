"""Report of a mutation test, and the reasons why mutants survive it."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from operations.policies.mutation.changes import Kind
from operations.policies.mutation.running import Score, Survivor, total

TARGET = 0.95
"""Fraction of the mutants that the cases must detect."""
EQUIVALENT = Path(__file__).with_name("equivalent.yaml")
EVERY = "*"
"""Key of a reason that applies to all undetected mutants of a module."""
PAGE = Path("docs", "reference", "policy-mutation.md")
_HEAD = """# Mutation test of the policy packs

`ops policy mutation --write` writes this page.

A mutant is a copy of the packs with one mistake, which the cases beside the rules (`*.cases.yaml`) must detect.
The kinds of mistakes are:

| kind | mistake |
|---|---|
| code | a negated condition, another comparison, a dropped filter or finding |
| constant | another number, text or property name; another value of a module's constant |
| argument | another argument of a rule factory or helper, another default of a setting |
| table | a dropped member of a table, set, list or dictionary |
| type | a dropped resource type of a rule |

Texts for readers, enforcement levels and JSON schemas are not changed, because cases do not judge them. Mistakes that
prevent the packs from being imported are not counted. Functions and tables that several rules share have rows of their
own, below the rules.

The score is the share of mutants that the cases detect. A high score means that a mistaken change of a rule would be
noticed. It does not show that the rules are complete, or that they judge requests as AWS does.
"""


@cache
def reasons() -> Mapping[tuple[str, str], str]:
    """Return the listed reasons, by changed statement and description of the change."""
    content: Mapping[str, Mapping[str, str]] = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8"))
    return {(name, change): reason for name, changes in content.items() for change, reason in changes.items()}


def reason_of(survivor: Survivor) -> str:
    """Return the reason listed for a mutant or its whole module, or an empty text."""
    own = reasons().get((survivor.statement, survivor.change), "")
    return own or reasons().get((survivor.statement.rpartition(".")[0], EVERY), "")


def unexplained(by_subject: Mapping[str, Score]) -> list[str]:
    """Return the survivors without a listed reason, one line each."""
    return [
        f"{score.subject}: {survivor}"
        for score in by_subject.values()
        for survivor in score.survivors
        if not reason_of(survivor)
    ]


def outdated(by_subject: Mapping[str, Score]) -> list[str]:
    """Return the entries of the list of reasons that match no surviving mutant."""
    survivors = [survivor for score in by_subject.values() for survivor in score.survivors]
    surviving = {(survivor.statement, survivor.change) for survivor in survivors}
    surviving |= {(survivor.statement.rpartition(".")[0], EVERY) for survivor in survivors}
    return [f"{statement}: {change}" for statement, change in reasons() if (statement, change) not in surviving]


def page(by_subject: Mapping[str, Score]) -> str:
    """Return the report as Markdown."""
    return "\n".join((_HEAD, *_summary(by_subject), "", *_table(by_subject), "", *_survivors(by_subject))) + "\n"


def _summary(by_subject: Mapping[str, Score]) -> Iterator[str]:
    every = sum(score.all for score in by_subject.values())
    killed = sum(score.killed for score in by_subject.values())
    rules = sum(score.is_rule for score in by_subject.values())
    share = f"{total(by_subject):.1%}"
    yield f"The cases detect {killed} of {every} mutants ({share}) of {rules} rules and of what the rules share."


def _table(by_subject: Mapping[str, Score]) -> Iterator[str]:
    yield f"| rule, or shared function or table | {' | '.join(Kind)} | mutants | detected |"
    yield f"|---|{'---:|' * (len(Kind) + 2)}"
    for score in sorted(by_subject.values(), key=lambda each: (not each.is_rule, each.subject)):
        kinds = " | ".join(str(score.mutants.get(kind, "")) for kind in Kind)
        yield f"| `{score.subject}` | {kinds} | {score.all} | {score.killed} |"


def _survivors(by_subject: Mapping[str, Score]) -> Iterator[str]:
    yield "## Undetected mutants"
    yield ""
    yield "| rule, or shared function or table | place | change | reason |"
    yield "|---|---|---|---|"
    for score in by_subject.values():
        for survivor in score.survivors:
            why = reason_of(survivor) or "none yet: add a case"
            place = f"[{Path(survivor.file).name}:{survivor.line}](../../{survivor.file})"
            yield f"| `{score.subject}` | {place} | {_code(survivor)} | {why} |"


def _code(survivor: Survivor) -> str:
    text = survivor.change.replace("|", "\\|")
    return f"``{text}``" if "`" in text else f"`{text}`"
