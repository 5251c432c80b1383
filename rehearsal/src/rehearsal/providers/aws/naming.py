"""Names that the provider makes up: stable over previews, unique, and in the form that AWS takes."""

import random
import re

from rehearsal.providers.aws.table import Auto
from rehearsal.providers.protocol import Autonaming, CheckFailure, CheckRequest
from rehearsal.providers.values import DEFAULTS, Properties

SUFFIX = 7
"""Random hexadecimal digits behind a made-up name."""


def named(auto: Auto, request: CheckRequest, inputs: Properties) -> tuple[str | None, CheckFailure | None]:
    """The name for a resource whose program gives none; (None, None) when it gives one, or a prefix."""
    if inputs.get(auto.input) is not None:
        return None, None
    old = request.old_inputs
    if auto.input in old.get(DEFAULTS, ()) and _prefix_kept(auto, inputs, old):
        return str(old[auto.input]), None
    if request.autonaming is Autonaming.DISABLE:
        return None, CheckFailure(auto.input, f'"{auto.input}" must be given: automatic naming is switched off')
    if request.autonaming is Autonaming.ENFORCE:
        return request.proposed_name, None
    digits = "".join(_generator(request).choices("0123456789abcdef", k=SUFFIX))
    given = inputs.get(f"{auto.input}Prefix")
    if given is not None:
        return f"{given}{digits}{auto.suffix}", None
    name = request.proposed_name or f"{_shortened(auto, request.urn.name)}-{digits}"
    return auto.prefix + (name.lower() if auto.lower else name) + auto.suffix, None


def _generator(request: CheckRequest) -> random.Random:
    """Seeded by the engine, so that all previews of one change show the same name."""
    return random.Random(request.random_seed or request.urn.text.encode())  # noqa: S311  # a name is no secret


def _shortened(auto: Auto, name: str) -> str:
    room = auto.limit - SUFFIX - 1 - len(auto.prefix) - len(auto.suffix)
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)[:room]


def _prefix_kept(auto: Auto, inputs: Properties, old: Properties) -> bool:
    return bool(inputs.get(f"{auto.input}Prefix") == old.get(f"{auto.input}Prefix"))
