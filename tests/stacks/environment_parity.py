"""Environment parity: preprod and prod have equal inputs, except an allow-list."""

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
"""Inputs that may differ, as `type name path`, each with the reason.

Names, accounts, DNS, addresses, people and the data classification are not listed. They are replaced by placeholders
before the comparison, so they must occur in the same places.
"""

Inputs = Mapping[str, Mapping[str, Any]]
"""Inputs by `type name`."""


@dataclass(frozen=True)
class Value:
    """One input value, as written and with placeholders for names of the environment."""

    written: Any
    normal: Any

    def same(self, other: "Value") -> bool:
        """Return True if both values are equal as written or after normalisation."""
        return bool(self.written == other.written or self.normal == other.normal)


NOTHING = Value(None, None)


@dataclass(frozen=True)
class ComparedResource:
    """One resource of an environment, with its input values by path."""

    title: Value
    """`type name`."""
    values: Mapping[str, Value]


ComparedResources = Mapping[str, ComparedResource]


def inputs(resources: Inputs, settings: EnvironmentSettings) -> ComparedResources:
    """Return an environment's resources by title, without the stack itself."""
    words = list(_words(settings))
    return {
        title: ComparedResource(
            Value(title, _normal(title, words)),
            {path: Value(value, _normal(value, words)) for path, value in _flat(properties)},
        )
        for title, properties in resources.items()
        if not title.startswith(("pulumi:pulumi:Stack", "pulumi.Stack"))
    }


def differences(left: ComparedResources, right: ComparedResources) -> list[str]:
    """Return a line per difference between preprod (left) and prod (right)."""
    # Equal titles match without normalisation: `on-call` is both a role and a persona.
    by_words = {str(each.title.normal): title for title, each in right.items() if title not in left}
    pairs = {title: title if title in right else by_words.get(str(each.title.normal)) for title, each in left.items()}
    lines = [f"only in preprod: {title}" for title, counterpart in sorted(pairs.items()) if counterpart is None]
    lines += [f"only in prod: {title}" for title in sorted(right.keys() - set(pairs.values()))]
    for title, counterpart in sorted(pairs.items()):
        if counterpart is not None:
            lines += _value_differences(title, left[title].values, right[counterpart].values)
    return lines


def _value_differences(title: str, preprod: Mapping[str, Value], prod: Mapping[str, Value]) -> Iterator[str]:
    for path in sorted(preprod.keys() | prod.keys()):
        preprod_value, prod_value = preprod.get(path, NOTHING), prod.get(path, NOTHING)
        if not preprod_value.same(prod_value) and not _allowed(title, path):
            yield f"{title} {path}: {preprod_value.written!r} in preprod, {prod_value.written!r} in prod"


def _allowed(title: str, path: str) -> bool:
    token, _, name = title.rpartition(" ")
    short = ".".join((token.split(":")[1].split("/")[0], token.split(":")[-1])) if ":" in token else token
    return any(fnmatchcase(f"{short} {name} {path}", pattern) for pattern in ALLOWED)


def _words(settings: EnvironmentSettings) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield patterns and their placeholders, in the order in which they are replaced."""
    literal = {
        settings.account: "ACCOUNT",
        settings.revision: "REVISION",  # preprod receives a release first
        settings.vault.address: "VAULT",
        str(settings.vault.cidr): "VAULT-RANGE",
        **dict.fromkeys(settings.hosts.values(), "HOST"),
    }
    # AWS uses this name for the image layer bucket in every account.
    yield re.compile(r"(?<=arn:aws:s3:::)prod-"), "AWS-"
    for text, word in literal.items():
        yield re.compile(re.escape(text)), word
    # Contacts (x@domain) and label prefixes (domain/x) use production's domain in every environment.
    domain = re.escape(settings.domain)
    yield re.compile(rf"(?<![@\w-])(?!(?<![/.]){domain}/){domain}"), "DOMAIN"
    for cidr, word in ((settings.network.cidr, "network."), (settings.recovery.cidr, "recovery.")):
        octets = ".".join(str(cidr).split(".")[:2])
        yield re.compile(rf"(?<![\d.]){re.escape(octets)}\."), word
    classification = re.escape(settings.data.classification)
    yield re.compile(rf"^{classification}$|(?<=\"){classification}(?=\")|(?<==){classification}\b"), "CLASS"
    yield re.compile(rf"\b{settings.environment}\b"), "ENVIRONMENT"
    # The required personas differ between the two, but have the same role.
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
