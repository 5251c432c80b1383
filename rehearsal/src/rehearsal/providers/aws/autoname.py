"""Generated resource names: stable across previews, unique, and valid for AWS."""

import random
import re

from rehearsal.providers.aws.table import AutoName
from rehearsal.providers.protocol import Autonaming, CheckFailure, CheckRequest
from rehearsal.providers.values import DEFAULTS, Properties

SUFFIX_DIGITS = 7
"""Random hexadecimal digits at the end of a generated name."""
FIFO_SUFFIX = ".fifo"
"""Suffix that AWS requires in the name of a FIFO queue or topic."""


def generated_name(
    autoname: AutoName, request: CheckRequest, inputs: Properties
) -> tuple[str | None, CheckFailure | None]:
    """Generate a name for a resource if the program sets none.

    Returns (name, failure). Both are None if the program sets the name.
    """
    if inputs.get(autoname.input) is not None:
        return None, None
    old = request.old_inputs
    if autoname.input in old.get(DEFAULTS, ()) and _same_affixes(autoname, inputs, old):
        return str(old[autoname.input]), None
    if request.autonaming is Autonaming.DISABLE:
        return None, CheckFailure(autoname.input, f'set "{autoname.input}": automatic naming is disabled')
    if request.autonaming is Autonaming.ENFORCE:
        return request.proposed_name, None
    digits = "".join(_generator(request).choices("0123456789abcdef", k=SUFFIX_DIGITS))
    prefix = inputs.get(f"{autoname.input}Prefix")
    suffix = _suffix(autoname, inputs)
    if prefix is not None:
        return f"{prefix}{digits}{suffix}", None
    name = request.proposed_name or f"{_valid_part(autoname, request.urn.name)}-{digits}"
    return autoname.prefix + (name.lower() if autoname.lowercase else name).removesuffix(suffix) + suffix, None


def _generator(request: CheckRequest) -> random.Random:
    """Return a generator seeded by the engine, so that all previews show one name."""
    return random.Random(request.random_seed or request.urn.text.encode())  # noqa: S311  # a name is not a secret


def _valid_part(autoname: AutoName, name: str) -> str:
    reserved = len(FIFO_SUFFIX) if autoname.fifo_input else 0
    available = autoname.max_length - SUFFIX_DIGITS - 1 - len(autoname.prefix) - reserved
    valid = re.sub(r"[^A-Za-z0-9_-]" if autoname.fifo_input else r"[^A-Za-z0-9._-]", "-", name)
    return valid[:available]


def _same_affixes(autoname: AutoName, inputs: Properties, old: Properties) -> bool:
    """Return True if old and new inputs require the same name prefix and suffix."""
    prefix = f"{autoname.input}Prefix"
    return bool(inputs.get(prefix) == old.get(prefix)) and _suffix(autoname, inputs) == _suffix(autoname, old)


def _suffix(autoname: AutoName, inputs: Properties) -> str:
    is_fifo = bool(autoname.fifo_input) and inputs.get(autoname.fifo_input) in (True, "true")
    return FIFO_SUFFIX if is_fifo else ""
