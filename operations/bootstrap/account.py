"""An account as it is, and actions carried out in it."""

from collections.abc import Callable, Mapping, Sequence

from operations.bootstrap import buckets, identity, keys, tables
from operations.bootstrap.cloud import Cloud, Handler
from operations.bootstrap.plan import Action, Aspects, Kind, Piece, Verb, plan

HANDLERS: Mapping[Kind, Handler] = {
    Kind.KEY: keys.KEY,
    Kind.KEY_COPY: keys.KEY_COPY,
    Kind.BUCKET: buckets.BUCKET,
    Kind.TABLE: tables.TABLE,
    Kind.PROVIDER: identity.PROVIDER,
    Kind.POLICY: identity.POLICY,
    Kind.ROLE: identity.ROLE,
}


def look(cloud: Cloud, pieces: Sequence[Piece]) -> dict[str, Aspects | None]:
    """What there is of these pieces, by label; changes nothing."""
    return {piece.label: HANDLERS[piece.kind].find(cloud, piece) for piece in pieces}


def carry_out(cloud: Cloud, action: Action, told: Callable[[str], None]) -> None:
    """Make or mend one piece, and tell each step before it is taken.

    A piece that was made is looked at again: only what its creation left open is set.
    """
    handler, piece = HANDLERS[action.piece.kind], action.piece
    if action.verb is Verb.CREATE:
        told(f"create {piece.label}")
        handler.create(cloud, piece)
        (action,) = plan([piece], {piece.label: handler.find(cloud, piece)})
    for aspect in action.aspects:
        if aspect in handler.setters:
            told(f"set {aspect} of {piece.label}")
            handler.setters[aspect](cloud, piece)
