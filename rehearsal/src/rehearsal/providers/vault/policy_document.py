"""The function `vault.getPolicyDocument`, which renders rules as HCL policy text.

The layout of the text is that of the real provider.
"""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.providers.protocol import ProviderError

CAPABILITIES = ("create", "read", "update", "delete", "list", "sudo", "deny", "patch", "subscribe")


def render_hcl(rules: Iterable[Mapping[str, Any]]) -> str:
    """Render rules as HCL.

    Raises:
        ProviderError: a rule has a capability that Vault does not have.
    """
    return "\n".join("\n".join(_rule(rule)) + "\n" for rule in rules)


def document_id(text: str) -> str:
    """Return the id of a rendered text, its CRC-32, as in the real provider."""
    return str(zlib.crc32(text.encode()))


def _rule(rule: Mapping[str, Any]) -> Iterable[str]:
    capabilities = rule.get("capabilities") or ()
    for capability in capabilities:
        if capability not in CAPABILITIES:
            raise ProviderError(f'invalid capability "{capability}" for {rule.get("path")}: use one of {CAPABILITIES}')
    if rule.get("description"):
        yield f"# {rule['description']}"
    yield f'path "{rule.get("path")}" {{'
    yield f"  capabilities = {_list(capabilities)}"
    if rule.get("requiredParameters"):
        yield f"  required_parameters = {_list(rule['requiredParameters'])}"
    for key, field in (("allowedParameters", "allowed_parameters"), ("deniedParameters", "denied_parameters")):
        if rule.get(key):
            yield f"  {field} = {{"
            parameters = sorted(rule[key], key=lambda parameter: str(parameter["key"]))
            yield from (f'    "{parameter["key"]}" = {_list(parameter["values"])}' for parameter in parameters)
            yield "  }"
    for key, field in (("minWrappingTtl", "min_wrapping_ttl"), ("maxWrappingTtl", "max_wrapping_ttl")):
        if rule.get(key):
            yield f'  {field} = "{rule[key]}"'
    yield "}"


def _list(items: Iterable[Any]) -> str:
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"
