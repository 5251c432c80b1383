"""Environment parity: the same resources and inputs, except an allow-list."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from stacks.access import ACCESS
from stacks.settings import EnvironmentSettings

ALLOWED = {
    "budgets.Budget * limitAmount": "load tests come and go; production stays",
}
"""Inputs in which the twins may differ, as `type name path`, and why.

Names, accounts, DNS, addresses, people and the data's class are not here: they are replaced by words for what they are
before anything is compared, so that they must stand in the same places.
"""

Inputs = Mapping[str, Mapping[str, Any]]
"""Inputs by `type name`."""


@dataclass(frozen=True)
class Value:
    """One input value, as written and normalised across environments."""

    written: Any
    normal: Any

    def same(self, other: "Value") -> bool:
        """Return True if both are equal as written or after normalisation."""
        return bool(self.written == other.written or self.normal == other.normal)


NOTHING = Value(None, None)


@dataclass(frozen=True)
class Twin:
    """One resource of an environment, value by value."""

    title: Value
    """`type name`."""
    values: Mapping[str, Value]


Twins = Mapping[str, Twin]


def inputs(resources: Inputs, settings: EnvironmentSettings) -> Twins:
    """All resources but the stack itself, by title."""
    words = list(_words(settings))
    return {
        title: Twin(
            Value(title, _normal(title, words)),
            {path: Value(value, _normal(value, words)) for path, value in _flat(given)},
        )
        for title, given in resources.items()
        if not title.startswith(("pulumi:pulumi:Stack", "pulumi.Stack"))
    }


def differences(left: Twins, right: Twins) -> list[str]:
    """Return a line per difference between preprod (left) and prod (right)."""
    # A title that both have is one thing, whatever words are in it: `on-call` is a role as well as people.
    by_words = {str(each.title.normal): title for title, each in right.items() if title not in left}
    pairs = {title: title if title in right else by_words.get(str(each.title.normal)) for title, each in left.items()}
    lines = [f"only in preprod: {title}" for title, twin in sorted(pairs.items()) if twin is None]
    lines += [f"only in prod: {title}" for title in sorted(right.keys() - set(pairs.values()))]
    for title, twin in sorted(pairs.items()):
        if twin is not None:
            lines += _otherwise(title, left[title].values, right[twin].values)
    return lines


def _otherwise(title: str, mine: Mapping[str, Value], theirs: Mapping[str, Value]) -> Iterator[str]:
    for path in sorted(mine.keys() | theirs.keys()):
        here, there = mine.get(path, NOTHING), theirs.get(path, NOTHING)
        if not here.same(there) and not _allowed(title, path):
            yield f"{title} {path}: {here.written!r} in preprod, {there.written!r} in prod"


def _allowed(title: str, path: str) -> bool:
    token, _, name = title.rpartition(" ")
    short = ".".join((token.split(":")[1].split("/")[0], token.split(":")[-1])) if ":" in token else token
    return any(fnmatchcase(f"{short} {name} {path}", pattern) for pattern in ALLOWED)


def _words(settings: EnvironmentSettings) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield patterns and their replacements, in order of application."""
    literal = {
        settings.account: "ACCOUNT",
        settings.revision: "REVISION",  # a release is in preprod first
        settings.vault.address: "VAULT",
        str(settings.vault.cidr): "VAULT-RANGE",
        **dict.fromkeys(settings.hosts.values(), "HOST"),
    }
    # The bucket of image layers, which AWS calls so in every account.
    yield re.compile(r"(?<=arn:aws:s3:::)prod-"), "AWS-"
    for text, word in literal.items():
        yield re.compile(re.escape(text)), word
    # Contacts (x@domain) and label prefixes (domain/x) have production's domain in every environment.
    domain = re.escape(settings.domain)
    yield re.compile(rf"(?<![@\w-])(?!(?<![/.]){domain}/){domain}"), "DOMAIN"
    for cidr, word in ((settings.network.cidr, "network."), (settings.recovery.cidr, "recovery.")):
        octets = ".".join(str(cidr).split(".")[:2])
        yield re.compile(rf"(?<![\d.]){re.escape(octets)}\."), word
    kept = re.escape(settings.data.classification)
    yield re.compile(rf"^{kept}$|(?<=\"){kept}(?=\")|(?<==){kept}\b"), "CLASS"
    yield re.compile(rf"\b{settings.environment}\b"), "ENVIRONMENT"
    # The document lets other people into each of the two, and into the same role.
    for persona in ACCESS[settings.environment]:
        yield re.compile(rf"(?:(?<=[-:\"])|^){persona}\b"), "PERSONA"


def _normal(value: Any, words: list[tuple[re.Pattern[str], str]]) -> Any:
    if isinstance(value, str):
        for pattern, word in words:
            value = pattern.sub(word, value)
    return value


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from _flat(each, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from _flat(each, f"{path}[{index}]")
    else:
        yield path, value
