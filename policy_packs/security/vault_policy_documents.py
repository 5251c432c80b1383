"""Vault policies as text: their paths and capabilities."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from policy_packs.kernel.resource import Resource, UnexpectedValue

_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|#[^\n]*|//[^\n]*|/\*.*?\*/', re.DOTALL)
_STANZA = re.compile(r'\bpath"?\s*=?\s*"(?P<path>[^"]*)"\s*=?\s*\{')
# `policy = "write"` is how Vault's first versions said it; it still reads that.
_CAPABILITIES = re.compile(r'\bcapabilities"?\s*=\s*\[[^\]]*\]|\bpolicy"?\s*=\s*"\w+"')
_WORD = re.compile(r'"(\w+)"')


@dataclass(frozen=True)
class Stanza:
    """One path of a policy; it may end in `*` and have `+` for any one segment."""

    path: str
    capabilities: frozenset[str]

    @property
    def denies(self) -> bool:
        """Whether it takes rights away instead of giving some."""
        return "deny" in self.capabilities


def stanzas(policy: Resource) -> Iterator[Stanza]:
    """What a policy says, in HCL or JSON. Raises UnexpectedValue for a text that is neither."""
    text = policy.text("policy")
    if text is None:
        return
    found = list(_of_json(text) if text.lstrip().startswith("{") else _of_hcl(text))
    if not found:
        raise UnexpectedValue("policy", "a Vault policy with paths", text)
    yield from found


def _of_hcl(text: str) -> Iterator[Stanza]:
    plain = _COMMENT.sub(lambda match: match[1] or "", text)
    heads = list(_STANZA.finditer(plain))
    ends = [*(head.start() for head in heads[1:]), None]  # one too many where there is no head
    for head, end in zip(heads, ends, strict=False):
        given = _CAPABILITIES.finditer(plain[head.end() : end])
        yield Stanza(head["path"], frozenset(word for match in given for word in _WORD.findall(match[0])))


def _of_json(text: str) -> Iterator[Stanza]:
    try:
        paths = json.loads(text)["path"]
        for path, body in paths.items():
            yield Stanza(path, frozenset(map(str, body.get("capabilities", [body.get("policy")]))))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UnexpectedValue("policy", "a Vault policy with paths", text) from None
