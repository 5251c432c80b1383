"""What there should be, held against what was found: a list of actions, each of which makes or mends one piece.

Pure. An action never removes a piece, and a piece that nobody asked for is never looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Aspects = Mapping[str, Any]
"""Settings of a piece by name; values are what JSON can hold."""


class Kind(StrEnum):
    """What a piece is."""

    KEY = "KMS key"
    KEY_COPY = "KMS replica key"
    BUCKET = "S3 bucket"
    TABLE = "DynamoDB table"
    PROVIDER = "OIDC provider"
    POLICY = "IAM policy"
    ROLE = "IAM role"


FIXED = {
    Kind.KEY: frozenset({"multi-region"}),
    Kind.KEY_COPY: frozenset({"primary region"}),
    Kind.BUCKET: frozenset({"region"}),
    Kind.TABLE: frozenset({"key"}),
}
"""Aspects that AWS never changes: a piece in which one is wrong has to be replaced by hand."""


@dataclass(frozen=True)
class Piece:
    """One thing that should exist."""

    kind: Kind
    name: str
    region: str
    """Empty for what has none."""
    aspects: Aspects

    @property
    def label(self) -> str:
        """How people call it, e.g. `S3 bucket campus-dev-pulumi-state`."""
        return f"{self.kind} {self.name}"


class Verb(StrEnum):
    """What has to be done about a piece."""

    KEEP = "keep"
    CREATE = "create"
    CHANGE = "change"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Action:
    """What is done about one piece; a kept one has no aspects to set."""

    verb: Verb
    piece: Piece
    aspects: tuple[str, ...] = ()
    """To be set, in this order; of a conflict those that cannot be."""
    found: Aspects = field(default_factory=dict)


def plan(pieces: Sequence[Piece], found: Mapping[str, Aspects | None]) -> tuple[Action, ...]:
    """One action for each piece, in the order of pieces; `found` is by label, None or absent for what isn't there."""
    return tuple(_action(piece, found.get(piece.label)) for piece in pieces)


def _action(piece: Piece, found: Aspects | None) -> Action:
    if found is None:
        return Action(Verb.CREATE, piece, tuple(piece.aspects))
    wrong = tuple(name for name, wanted in piece.aspects.items() if not same(wanted, found.get(name)))
    fixed = tuple(name for name in wrong if name in FIXED.get(piece.kind, ()))
    if fixed:
        return Action(Verb.CONFLICT, piece, fixed, found)
    return Action(Verb.CHANGE if wrong else Verb.KEEP, piece, wrong, found)


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same to AWS, which orders lists and unwraps single items as it likes."""
    return bool(_canonical(one) == _canonical(other))


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = sorted((_canonical(item) for item in value), key=repr)
        return items[0] if len(items) == 1 else items
    return value


def to_do(actions: Sequence[Action]) -> tuple[Action, ...]:
    """Actions that would change something."""
    return tuple(action for action in actions if action.verb in {Verb.CREATE, Verb.CHANGE})


def conflicts(actions: Sequence[Action]) -> tuple[Action, ...]:
    """Actions that nobody can carry out."""
    return tuple(action for action in actions if action.verb is Verb.CONFLICT)
