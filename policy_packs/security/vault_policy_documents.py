"""Vault policies as text: their paths and capabilities."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from policy_packs.kernel.errors import InvalidValue
from policy_packs.kernel.resource import Resource

_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|#[^\n]*|//[^\n]*|/\*.*?\*/', re.DOTALL)
_STANZA = re.compile(r'\bpath"?\s*=?\s*"(?P<path>[^"]*)"\s*=?\s*\{')
# Vault still accepts `policy = "write"`, the syntax of its first versions.
_CAPABILITIES = re.compile(r'\bcapabilities"?\s*=\s*\[[^\]]*\]|\bpolicy"?\s*=\s*"\w+"')
_WORD = re.compile(r'"(\w+)"')


@dataclass(frozen=True)
class Stanza:
    """One path of a policy. It may end in `*` and contain `+` for any one segment."""

    path: str
    capabilities: frozenset[str]

    @property
    def denies(self) -> bool:
        """True if the stanza denies access to its path."""
        return "deny" in self.capabilities


def stanzas(policy: Resource) -> Iterator[Stanza]:
    """Yield the paths of a policy in HCL or JSON.

    Raises InvalidValue if it has none, or if it is HCL with a backslash, because an escape would hide a path or a
    capability from the rules.
    """
    text = policy.text("policy")
    if text is None:
        return
    if "\\" in text and not text.lstrip().startswith("{"):
        raise InvalidValue("policy", "Vault policy", "it has a backslash; write paths and capabilities without escapes")
    parsed = list(_of_json(text) if text.lstrip().startswith("{") else _of_hcl(text))
    if not parsed:
        raise InvalidValue("policy", "Vault policy", "it has no path blocks")
    yield from parsed


def _of_hcl(text: str) -> Iterator[Stanza]:
    plain = _COMMENT.sub(lambda match: match[1] or "", text)
    heads = list(_STANZA.finditer(plain))
    ends = [*(head.start() for head in heads[1:]), None]  # one end too many if there is no stanza
    for head, end in zip(heads, ends, strict=False):
        capabilities = _CAPABILITIES.finditer(plain[head.end() : end])
        yield Stanza(head["path"], frozenset(word for match in capabilities for word in _WORD.findall(match[0])))


def _of_json(text: str) -> Iterator[Stanza]:
    try:
        paths = json.loads(text)["path"]
        for path, body in paths.items():
            yield Stanza(path, frozenset(map(str, body.get("capabilities", [body.get("policy")]))))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise InvalidValue("policy", "Vault policy", "it has no path blocks") from None
