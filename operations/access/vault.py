"""Vault access: policies, and the auth methods that grant them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operations.access.principals import Principal, PrincipalKind, pods
from operations.recording import Graph

BLOCK = re.compile(r'path "([^"]+)" \{\s*capabilities = (\[[^\]]*\])\s*\}')
OIDC = "the identity provider"


@dataclass(frozen=True, order=True)
class VaultGrant:
    """Policy, and the auth method that grants it."""

    policy: str
    auth_method: str


@dataclass(frozen=True, order=True)
class Path:
    """Capabilities on one path."""

    path: str
    capabilities: tuple[str, ...]


def grants(graph: Graph, groups: Mapping[str, Principal]) -> Iterator[tuple[Principal, VaultGrant]]:
    """Yield every grant with its principal.

    People get the policies of their group only if the group has an alias in the auth method.
    """
    with_alias = {node["name"] for node in graph.all("vault.GroupAlias")}
    for node in graph.all("vault.Group"):
        if node["name"] not in with_alias:
            continue
        principal = groups.get(node["name"], Principal(PrincipalKind.UNKNOWN, f"Group {node['name']}"))
        yield from ((principal, VaultGrant(policy, OIDC)) for policy in node["policies"])
    for node in graph.all("vault:kubernetes/authBackendRole:AuthBackendRole"):
        for namespace in node["boundServiceAccountNamespaces"]:
            for account in node["boundServiceAccountNames"]:
                for policy in node["tokenPolicies"]:
                    yield pods(namespace, account), VaultGrant(policy, node["backend"])


def policies(graph: Graph) -> dict[str, tuple[Path, ...]]:
    """Return the paths and capabilities of each policy."""
    return {node["name"]: tuple(_paths(node["policy"])) for node in graph.all("vault.Policy")}


def _paths(text: str) -> Iterator[Path]:
    for path, capabilities in BLOCK.findall(text):
        yield Path(path, tuple(json.loads(capabilities)))
