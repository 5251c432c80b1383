"""Sentences of the requirements source by identifier."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

SOURCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "requirements-source.md"
IDENTIFIER = re.compile(r"(?:ENV|CICD|DEPLOY|IAC|SECRETS|OBS|ONCALL|DR|COST|REL)-\d{2}")
"""Identifier of a sentence, e.g. `DR-01`: the section and the position in it."""
_LINE = re.compile(rf"- \*\*({IDENTIFIER.pattern})\*\* (?:\*\*[^*]+\*\*:? |\*\*)?(.+)")


@cache
def sentences() -> Mapping[str, str]:
    """Return every sentence by its identifier, in the order of the source.

    Raises ValueError when two sentences have the same identifier.
    """
    by_identifier: dict[str, str] = {}
    for line in SOURCE.read_text(encoding="utf-8").splitlines():
        if match := _LINE.fullmatch(line):
            identifier, text = match.groups()
            if identifier in by_identifier:
                raise ValueError(f"{SOURCE.name} has two sentences with the identifier {identifier}")
            by_identifier[identifier] = text.strip("`")
    return MappingProxyType(by_identifier)
