"""Notations in which AWS stores values that it accepts in several notations."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rehearsal.providers.values import UNKNOWN, Properties

ALL_PROTOCOLS = "-1"
"""Protocol of a rule that applies to all protocols. AWS stores no ports for such a rule."""
_PROTOCOLS = {"all": ALL_PROTOCOLS, "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_ROOT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")
_UPPER_CASE = re.compile(r"[A-Z]")


def protocol_name(protocol: Any) -> str:
    """Return a rule's protocol as EC2 stores it: `tcp` for `TCP` and for `6`."""
    text = str(protocol).lower()
    return _PROTOCOLS.get(text, text)


def rules_with_protocol_names(rules: list[Properties]) -> list[Properties]:
    """Return inline rules of a security group with the protocols that EC2 stores."""
    return [
        {**rule, "protocol": protocol_name(rule["protocol"])} if isinstance(rule, dict) and "protocol" in rule else rule
        for rule in rules
    ]


def key_id(key: str) -> str:
    """Return the id of a KMS key, given its ARN or id."""
    return key.rpartition(":key/")[2]


def account_of_root(principal: Any) -> Any:
    """Return the account id if the principal is an account's root ARN.

    Policies accept both notations. Any other principal is returned unchanged.
    """
    root = _ROOT.fullmatch(principal) if isinstance(principal, str) else None
    return root[1] if root else principal


def lower_case(*names: str) -> Callable[[Properties], Iterator[tuple[str, str]]]:
    """Return a validation that requires lower case, as the real provider does."""

    def validate(inputs: Properties) -> Iterator[tuple[str, str]]:
        yield from upper_case(inputs, names)

    return validate


def upper_case(inputs: Properties, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the named inputs with upper-case letters, each with a reason."""
    for name in names:
        value = inputs.get(name)
        if isinstance(value, str) and value != UNKNOWN and _UPPER_CASE.search(value):
            yield name, f'"{name}" must be in lower case, because AWS stores it so'
