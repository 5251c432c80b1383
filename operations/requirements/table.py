"""Requirements as expectations about resources, checked against a preview."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jmespath

from operations.previews import PlannedResource, Preview, known
from operations.requirements.gaps import Gap
from operations.requirements.source import sentences
from stacks.requirements import Environment

ALL = tuple(Environment)
LONGEST_CELL = 72
"""Maximum length of a value in the table."""


@dataclass(frozen=True)
class ValueTest:
    """A test of a property's value, and the text that describes accepted values."""

    wording: str
    passes: Callable[[Any], bool]


def at_least(minimum: float) -> ValueTest:
    """Require a number that is at least the minimum in the requirements."""
    return ValueTest(f"at least {minimum:g}", lambda value: isinstance(value, int | float) and value >= minimum)


def at_most(maximum: float) -> ValueTest:
    """Require a number that is at most the maximum in the requirements."""
    return ValueTest(f"at most {maximum:g}", lambda value: isinstance(value, int | float) and value <= maximum)


def holding(*members: Any) -> ValueTest:
    """Require a list or text that contains all members."""
    wording = f"a value that contains {', '.join(map(as_text, members))}"
    return ValueTest(wording, lambda value: value and all(member in value for member in members))


SOME = ValueTest("any value", lambda value: value is not False and value not in (None, "", [], {}))
"""Any value except False, null and empty ones. The environment's settings determine the value."""


@dataclass(frozen=True)
class Expected:
    """A resource that must exist, and the value that one of its properties must have.

    Every resource whose name matches the pattern `name` must meet the expectation.
    """

    type: str
    name: str
    path: str = ""
    """JMESPath of an input; empty if the resource only has to exist."""
    wanted: Any = SOME
    """Value that the property must have, or ValueTest that its value must pass."""
    source: str = ""
    """Resource (`type name`) that the value must come from, for values that a preview does not know, such as ARNs."""
    count: int = 1
    """Minimum number of matching resources."""


@dataclass(frozen=True)
class Absent:
    """A resource that must not exist."""

    type: str
    name: str


Expectation = Expected | Absent
Scoped = tuple[tuple[Environment, ...], Expectation]
"""An expectation, and the environments in which it must hold."""


@dataclass(frozen=True)
class Requirement:
    """A sentence of the requirements source, the resources that meet it, and gaps."""

    identifier: str
    sentence: str
    met_by: tuple[Scoped, ...]
    gaps: tuple[Gap, ...] = ()


def requirement(identifier: str, *met_by: Scoped, gaps: Sequence[Gap] = ()) -> Requirement:
    """Create a requirement from the identifier of its sentence.

    Raises KeyError when the source has no such identifier.
    """
    return Requirement(identifier, sentences()[identifier], met_by, tuple(gaps))


def within(environments: Sequence[Environment]) -> Callable[..., Scoped]:
    """Return a function that creates expectations for these environments."""
    return lambda *args, **more: (tuple(environments), Expected(*args, **more))


def absent(environments: Sequence[Environment]) -> Callable[[str, str], Scoped]:
    """Return a function that creates expectations of absence in these environments."""
    return lambda resource_type, name: (tuple(environments), Absent(resource_type, name))


everywhere = within(ALL)
production_like = within((Environment.PREPROD, Environment.PROD))
below = within((Environment.DEV, Environment.STAGING))
dev, staging, preprod, prod = (within((environment,)) for environment in ALL)
not_below = absent((Environment.DEV, Environment.STAGING))


@dataclass(frozen=True)
class Finding:
    """Result of one expectation: the resources and the value found, or the problem."""

    resources: str
    property: str
    value: str
    problem: str = ""


def find(expectation: Expectation, preview: Preview) -> Finding:
    """Check one expectation in one environment."""
    matches = list(preview.find(expectation.type, expectation.name))
    title = f"{expectation.type} {expectation.name}"
    if isinstance(expectation, Absent):
        problem = f"{title} must not exist" if matches else ""
        return Finding(title, "", "none", problem)
    if len(matches) < expectation.count:
        counts = f" ({len(matches)} of {expectation.count})" if expectation.count > 1 else ""
        return Finding(title, expectation.path, "", f"{title} is missing{counts}")
    names = matches[0].name if len(matches) == 1 else f"{expectation.name} ({len(matches)})"
    checked = [_check(expectation, resource, preview) for resource in matches]
    problem = next((f"{title}: {problem}" for _, problem in checked if problem), "")
    values = " or ".join(dict.fromkeys(value for value, _ in checked))
    return Finding(f"{expectation.type} {names}", expectation.path, values, problem)


def _check(expectation: Expected, resource: PlannedResource, preview: Preview) -> tuple[str, str]:
    """Return the value as the table shows it, and the problem or an empty text."""
    if not expectation.path:
        return "exists", ""
    value = jmespath.search(expectation.path, resource.inputs)
    if expectation.source:
        return _check_source(expectation, resource, preview)
    if isinstance(expectation.wanted, ValueTest):
        passes, wording = expectation.wanted.passes(value), expectation.wanted.wording
    else:
        passes, wording = value == expectation.wanted, as_text(expectation.wanted)
    return _cell(value), "" if passes else f"{expectation.path} is {as_text(value)}, expected {wording}"


def _check_source(expectation: Expected, resource: PlannedResource, preview: Preview) -> tuple[str, str]:
    first = expectation.path.partition("[")[0].partition(".")[0]
    origins = [preview.by_urn(urn) for urn in resource.sources.get(first, ())]
    names = [f"{origin.type} {origin.name}" for origin in origins]
    if expectation.source in names:
        return f"from {expectation.source}", ""
    return "", f"{expectation.path} comes from {', '.join(names) or 'no resource'}, expected {expectation.source}"


def _cell(value: Any) -> str:
    """Return the text of a table cell; a long value is shown only as `set`."""
    if not known(value):
        return "known after the update"
    text = as_text(value)
    return text if len(text) <= LONGEST_CELL else "set"


def as_text(value: Any) -> str:
    """Return text unchanged, and any other value as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def missing(sections: Mapping[str, Iterable[Requirement]], previews: Mapping[Environment, Preview]) -> list[str]:
    """Return one sentence per requirement that is not met, in the order of the source."""
    return [
        f"{environment}: {finding.problem} ({one.identifier}: “{one.sentence}”)"
        for requirements in sections.values()
        for one in requirements
        for environments, expectation in one.met_by
        for environment in environments
        if (finding := find(expectation, previews[environment])).problem
    ]
