"""Generated resource names: stable across previews, unique, and valid for AWS."""

import random
import re

from rehearsal.providers.aws.table import AutoName
from rehearsal.providers.protocol import Autonaming, CheckFailure, CheckRequest
from rehearsal.providers.values import DEFAULTS, Properties

SUFFIX_DIGITS = 7
"""Random hexadecimal digits at the end of a generated name."""


def generated_name(
    autoname: AutoName, request: CheckRequest, inputs: Properties
) -> tuple[str | None, CheckFailure | None]:
    """Generate a name for a resource if the program sets none.

    Returns (name, failure). Both are None if the program sets the name.
    """
    if inputs.get(autoname.input) is not None:
        return None, None
    old = request.old_inputs
    if autoname.input in old.get(DEFAULTS, ()) and _same_prefix(autoname, inputs, old):
        return str(old[autoname.input]), None
    if request.autonaming is Autonaming.DISABLE:
        return None, CheckFailure(autoname.input, f'set "{autoname.input}": automatic naming is disabled')
    if request.autonaming is Autonaming.ENFORCE:
        return request.proposed_name, None
    digits = "".join(_generator(request).choices("0123456789abcdef", k=SUFFIX_DIGITS))
    prefix = inputs.get(f"{autoname.input}Prefix")
    if prefix is not None:
        return f"{prefix}{digits}{autoname.suffix}", None
    name = request.proposed_name or f"{_valid_part(autoname, request.urn.name)}-{digits}"
    return autoname.prefix + (name.lower() if autoname.lowercase else name) + autoname.suffix, None


def _generator(request: CheckRequest) -> random.Random:
    """Return a generator with the engine's seed, so that all previews agree."""
    return random.Random(request.random_seed or request.urn.text.encode())  # noqa: S311  # a name is not a secret


def _valid_part(autoname: AutoName, name: str) -> str:
    available = autoname.max_length - SUFFIX_DIGITS - 1 - len(autoname.prefix) - len(autoname.suffix)
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)[:available]


def _same_prefix(autoname: AutoName, inputs: Properties, old: Properties) -> bool:
    return bool(inputs.get(f"{autoname.input}Prefix") == old.get(f"{autoname.input}Prefix"))
