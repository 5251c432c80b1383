"""Vault policies as text: their paths and capabilities."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from policy_packs.kernel.errors import InvalidValue
from policy_packs.kernel.resource import Resource

_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|#[^\n]*|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TOKEN = re.compile(r'"[^"]*"|[^"{}]+|.')
_HEAD = re.compile(r'\s*(?:path|"path")\s*=?\s*"(?P<path>[^"]*)"\s*=?\s*')
# Vault still accepts `policy = "write"`, the syntax of its first versions.
_CAPABILITIES = re.compile(r'\bcapabilities"?\s*=\s*\[[^\]]*\]|\bpolicy"?\s*=\s*"\w+"')
_WORD = re.compile(r'"(\w+)"')
# Quotation marks inside these notations of HCL neither begin nor end a text.
_HIDING_NOTATIONS = {
    "\\": ("a backslash", "write paths and capabilities without escapes"),
    "${": ("an interpolation", "write paths and capabilities literally"),
    "<<": ("a heredoc", "write comments with #"),
}
_JSON_KEYS = frozenset(
    {
        "allowed_parameters",
        "capabilities",
        "comment",
        "control_group",
        "denied_parameters",
        "max_wrapping_ttl",
        "mfa_methods",
        "min_wrapping_ttl",
        "policy",
        "required_parameters",
    }
)
"""Keys of a path in JSON. Vault ignores any other object between a path and these keys."""


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

    Raises InvalidValue if it has none, or if its notation would hide a path or a capability from the rules.
    """
    text = policy.text("policy")
    if text is None:
        return
    parsed = list(_of_json(text) if text.lstrip().startswith("{") else _of_hcl(text))
    if not parsed:
        raise _invalid("it has no path blocks")
    yield from parsed


def _of_hcl(text: str) -> Iterator[Stanza]:
    for notation, (name, advice) in _HIDING_NOTATIONS.items():
        if notation in text:
            raise _invalid(f"it has {name}; {advice}")
    depth, head, body = 0, "", ""
    for part in _TOKEN.findall(_COMMENT.sub(lambda match: match[1] or "", text)):
        depth += {"{": 1, "}": -1}.get(part, 0)
        if depth == 0 and part == "}":
            yield Stanza(_path(head), frozenset(_capabilities(body)))
            head = body = ""
        elif depth == 0:
            head += part
        else:
            body += part
    if head.strip() or depth:
        raise _invalid("it has no path blocks, or text outside of them")


def _path(head: str) -> str:
    match = _HEAD.fullmatch(head)
    if match is None:
        raise _invalid(f"a block begins with {head.strip()!r} in place of a path")
    return match["path"]


def _capabilities(body: str) -> Iterator[str]:
    for match in _CAPABILITIES.finditer(body):
        yield from _WORD.findall(match[0])


def _of_json(text: str) -> Sequence[Stanza]:
    try:
        paths = json.loads(text, object_pairs_hook=_without_duplicates)["path"]
        parsed = [
            Stanza(path, frozenset(map(str, [*body.get("capabilities", []), body.get("policy")])))
            for path, body in paths.items()
        ]
        unknown = frozenset[str]().union(*paths.values()) - _JSON_KEYS
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _invalid("its JSON is malformed, has no path blocks, or has a key twice") from None
    if unknown:
        raise _invalid(f"a path has the unknown key {min(unknown)!r}")
    return parsed


def _invalid(reason: str) -> InvalidValue:
    return InvalidValue("policy", "Vault policy", reason)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object as a dictionary.

    Vault merges the values of equal keys, but Python keeps only the last. Raises ValueError if two keys are equal.
    """
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("two keys are equal")
    return values
