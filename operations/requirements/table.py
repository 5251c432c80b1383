"""Rows of the requirement table, and how one is held against what an environment is going to be."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jmespath

from operations.previews import Planned, Preview, known
from stacks.figures import Environment

ALL = tuple(Environment)
LONGEST_CELL = 72
"""Characters of a value that the table shows."""


@dataclass(frozen=True)
class Wish:
    """What a property must be: a test, and how it is said."""

    says: str
    holds: Callable[[Any], bool]


def at_least(fewest: float) -> Wish:
    """A number that is not below a figure of the document."""
    return Wish(f"at least {fewest:g}", lambda value: isinstance(value, int | float) and value >= fewest)


def at_most(most: float) -> Wish:
    """A number that is not above a figure of the document."""
    return Wish(f"at most {most:g}", lambda value: isinstance(value, int | float) and value <= most)


def holding(*wanted: Any) -> Wish:
    """A list or a text with all of these in it."""
    return Wish(f"holds {', '.join(map(show, wanted))}", lambda value: value and all(one in value for one in wanted))


SOME = Wish("something", lambda value: value is not False and value not in (None, "", [], {}))
"""Set to something, of which the environment's settings say more."""


@dataclass(frozen=True)
class Has:
    """A resource that must be there, and what one of its properties must be.

    `path` is JMESPath over the inputs; empty when it is enough that the resource exists. With `source` the property
    must come from a resource, `type name`, which is all that a preview knows of ARNs and the like. Every resource that
    the name's pattern matches must be so.
    """

    type: str
    name: str
    path: str = ""
    wanted: Any = SOME
    source: str = ""
    count: int = 1
    """How many there must be at least."""


@dataclass(frozen=True)
class Lacks:
    """A resource that must not be there."""

    type: str
    name: str


Expectation = Has | Lacks


@dataclass(frozen=True)
class Row:
    """A sentence of the document, word by word, and what must be where for it to hold."""

    sentence: str
    met_by: tuple[tuple[tuple[Environment, ...], Expectation], ...]


def row(sentence: str, *met_by: tuple[tuple[Environment, ...], Expectation]) -> Row:
    """Shorthand: `row("…", everywhere("rds.Instance", "records", "storageEncrypted", True))`."""
    return Row(sentence, met_by)


def within(environments: Sequence[Environment]) -> Callable[..., tuple[tuple[Environment, ...], Expectation]]:
    """What must be in some environments."""
    return lambda *args, **more: (tuple(environments), Has(*args, **more))


def absent(environments: Sequence[Environment]) -> Callable[[str, str], tuple[tuple[Environment, ...], Expectation]]:
    """What must not be in some environments."""
    return lambda kind, name: (tuple(environments), Lacks(kind, name))


everywhere = within(ALL)
guarded = within((Environment.PREPROD, Environment.PROD))
below = within((Environment.DEV, Environment.STAGING))
dev, staging, preprod, prod = (within((environment,)) for environment in ALL)
not_below = absent((Environment.DEV, Environment.STAGING))


@dataclass(frozen=True)
class Finding:
    """What an environment has for an expectation: the resources and the value, or what is wrong."""

    resources: str
    property: str
    value: str
    problem: str = ""


def find(expectation: Expectation, preview: Preview) -> Finding:
    """Hold one expectation against one environment."""
    found = list(preview.find(expectation.type, expectation.name))
    title = f"{expectation.type} {expectation.name}"
    if isinstance(expectation, Lacks):
        problem = f"has {title}, which must not be there" if found else ""
        return Finding(title, "", "none", problem)
    if len(found) < expectation.count:
        short_of = f" (has {len(found)} of {expectation.count})" if expectation.count > 1 else ""
        return Finding(title, expectation.path, "", f"has no {title}{short_of}")
    names = found[0].name if len(found) == 1 else f"{expectation.name} ({len(found)})"
    seen = [_look(expectation, one, preview) for one in found]
    problem = next((f"{title}: {problem}" for _, problem in seen if problem), "")
    values = " or ".join(dict.fromkeys(value for value, _ in seen))
    return Finding(f"{expectation.type} {names}", expectation.path, values, problem)


def _look(expectation: Has, resource: Planned, preview: Preview) -> tuple[str, str]:
    """The value as it is shown, and what is wrong with it."""
    if not expectation.path:
        return "exists", ""
    value = jmespath.search(expectation.path, resource.inputs)
    if expectation.source:
        return _source(expectation, resource, preview)
    if isinstance(expectation.wanted, Wish):
        holds, says = expectation.wanted.holds(value), expectation.wanted.says
    else:
        holds, says = value == expectation.wanted, show(expectation.wanted)
    return _shown(value), "" if holds else f"{expectation.path} is {show(value)}, wanted {says}"


def _source(expectation: Has, resource: Planned, preview: Preview) -> tuple[str, str]:
    first = expectation.path.partition("[")[0].partition(".")[0]
    origins = [preview.named(urn) for urn in resource.sources.get(first, ())]
    shown = [f"{one.type} {one.name}" for one in origins]
    if expectation.source in shown:
        return f"that of {expectation.source}", ""
    return "", f"{expectation.path} comes from {', '.join(shown) or 'nowhere'}, wanted {expectation.source}"


def _shown(value: Any) -> str:
    """A value for a cell: long ones are looked up in the preview."""
    if not known(value):
        return "known to AWS"
    text = show(value)
    return text if len(text) <= LONGEST_CELL else "set"


def show(value: Any) -> str:
    """A value as JSON, without quotes around plain text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def missing(sections: Mapping[str, Iterable[Row]], previews: Mapping[Environment, Preview]) -> list[str]:
    """What is not as the document wants it: one sentence each, in the order of the document."""
    return [
        f"{environment}: {finding.problem} (“{one.sentence}”)"
        for rows in sections.values()
        for one in rows
        for environments, expectation in one.met_by
        for environment in environments
        if (finding := find(expectation, previews[environment])).problem
    ]
