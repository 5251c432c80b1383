"""Vault policies as text: their paths and capabilities.

Sources: Vault documentation "Policies", and `parseACLPolicy` in `vault/policy.go` for the keys that Vault accepts.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policy_packs.kernel.errors import InvalidValue
from policy_packs.kernel.resource import Resource
from policy_packs.security.hcl import Block, Item, UnsupportedHCL, parse

CAPABILITIES = frozenset(
    {"create", "deny", "delete", "list", "patch", "read", "recover", "subscribe", "sudo", "update"}
)
_WRITE = frozenset({"create", "delete", "list", "read", "update"})
POLICIES = {
    "deny": frozenset({"deny"}),
    "read": frozenset({"list", "read"}),
    "write": _WRITE,
    "sudo": _WRITE | {"sudo"},
}
"""Capabilities of the key `policy`, the syntax of Vault's first versions."""
_GRANTING_KEYS = frozenset({"capabilities", "policy"})
_KEYS = _GRANTING_KEYS | {
    "allowed_parameters",
    "comment",
    "control_group",
    "denied_parameters",
    "max_wrapping_ttl",
    "mfa_methods",
    "min_wrapping_ttl",
    "required_parameters",
    "subscribe_event_types",
}
_LONGEST_PATH = 80


@dataclass(frozen=True)
class Stanza:
    """One path of a policy. It may end in `*` and contain `+` for any one segment."""

    path: str
    capabilities: frozenset[str]

    @property
    def denies(self) -> bool:
        """True if the stanza denies access to its path."""
        return "deny" in self.capabilities

    @property
    def label(self) -> str:
        """Beginning of a finding, which names the path."""
        return f'Path "{_excerpt(self.path)}"'


def stanzas(policy: Resource) -> Iterator[Stanza]:
    """Yield the paths of a policy in HCL or JSON.

    Raises InvalidValue if it has none, or if the rules could read its notation otherwise than Vault.
    """
    text = policy.text("policy")
    if text is None:
        return
    parsed = list(_of_json(text) if text.lstrip().startswith("{") else _of_hcl(text))
    if not parsed:
        raise _invalid("it has no path blocks")
    yield from parsed


def _of_hcl(text: str) -> Iterator[Stanza]:
    try:
        items = parse(text)
    except UnsupportedHCL as error:
        raise _invalid(str(error)) from None
    for item in items:
        if item.keys == ("name",) and isinstance(item.value, str):
            continue
        keyword, *paths = item.keys
        if keyword != "path" or len(paths) != 1 or not isinstance(item.value, Block):
            raise _invalid(f'line {item.line} begins with "{_excerpt(keyword)}"; only blocks path "…" {{}} are allowed')
        place = f'line {item.line}: the path "{_excerpt(paths[0])}"'
        yield _stanza(paths[0], _body(item.value.items, place), place)


def _body(items: tuple[Item, ...], place: str) -> Mapping[str, Any]:
    """Return the values of a path by key, those with further keys as a block.

    Vault merges the values of equal keys.
    """
    body = {item.keys[0]: item.value for item in items}
    if len(body) < len(items):
        raise _invalid(f"{place} has a key twice; merge the two")
    return body


def _of_json(text: str) -> Iterator[Stanza]:
    try:
        document = json.loads(text, object_pairs_hook=_without_duplicates)
        has_nested_list = _has_nested_list(document)
    except json.JSONDecodeError as error:
        raise _invalid(f"line {error.lineno} is not JSON: {error.msg}") from None
    except RecursionError:
        raise _invalid("its JSON is nested too deeply") from None
    if has_nested_list:
        # Vault's parser ends a list at the first closing bracket, and then ignores the keys that follow.
        raise _invalid("its JSON has a list in a list, after which Vault ignores keys; write one list")
    name, paths = document.pop("name", ""), document.pop("path", None)
    if document or not isinstance(name, str) or not isinstance(paths, dict):
        raise _invalid('its JSON must have the object "path", and besides it only the text "name"')
    for path, body in paths.items():
        place = f'the path "{_excerpt(path)}"'
        if not isinstance(body, dict):
            raise _invalid(f"{place} is not an object in JSON")
        yield _stanza(path, body, place)


def _stanza(path: str, body: Mapping[str, Any], place: str) -> Stanza:
    """Return a path with the capabilities that its own keys give.

    Those of nested objects do not count. An object in JSON whose values are all objects is refused too: Vault takes its
    keys for further names of the path, so the capabilities below them would count.
    """
    if unknown := body.keys() - _KEYS:
        raise _invalid(f'{place} has the unknown key "{_excerpt(min(unknown))}"')
    if not body.keys() & _GRANTING_KEYS:
        raise _invalid(f"{place} has no capabilities of its own; add capabilities = [...]")
    capabilities, policy = body.get("capabilities", []), body.get("policy", "deny")
    if not isinstance(capabilities, list) or not all(
        isinstance(each, str) and each in CAPABILITIES for each in capabilities
    ):
        raise _invalid(f"{place} needs a list of capabilities that Vault has: {', '.join(sorted(CAPABILITIES))}")
    if not isinstance(policy, str) or policy not in POLICIES:
        raise _invalid(f"{place} needs one of these policies: {', '.join(POLICIES)}")
    return Stanza(path, frozenset(capabilities) | (POLICIES[policy] if "policy" in body else frozenset()))


def _invalid(reason: str) -> InvalidValue:
    return InvalidValue("policy", "Vault policy", reason)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object as a dictionary.

    Vault merges the values of equal keys, but Python keeps only the last. Raises InvalidValue if two keys are equal.
    """
    values = dict(pairs)
    if len(values) < len(pairs):
        raise _invalid("its JSON has a key twice in one object; merge the two")
    return values


def _has_nested_list(value: Any, *, in_list: bool = False) -> bool:
    if isinstance(value, dict):
        return any(map(_has_nested_list, value.values()))
    return isinstance(value, list) and (in_list or any(_has_nested_list(each, in_list=True) for each in value))


def _excerpt(text: str) -> str:
    return text if len(text) <= _LONGEST_PATH else f"{text[:_LONGEST_PATH]}…"
