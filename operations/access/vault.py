"""Vault: policies, and who has which by which way of signing in."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operations.access.who import Kind, Who, pods
from operations.recording import Graph

BLOCK = re.compile(r'path "([^"]+)" \{\s*capabilities = (\[[^\]]*\])\s*\}')
OIDC = "the identity provider"


@dataclass(frozen=True, order=True)
class Held:
    """A policy, and the way of signing in that gives it."""

    policy: str
    way: str


@dataclass(frozen=True, order=True)
class Path:
    """What may be done at a path."""

    path: str
    capabilities: tuple[str, ...]


def held(graph: Graph, groups: Mapping[str, Who]) -> Iterator[tuple[Who, Held]]:
    """Who has which policy; people by the name of their group, which nobody joins without an alias of its sign-in."""
    joined = {node["name"] for node in graph.all("vault.GroupAlias")}
    for node in graph.all("vault.Group"):
        if node["name"] not in joined:
            continue
        who = groups.get(node["name"], Who(Kind.STRANGER, f"Group {node['name']}"))
        yield from ((who, Held(policy, OIDC)) for policy in node["policies"])
    for node in graph.all("vault:kubernetes/authBackendRole:AuthBackendRole"):
        for namespace in node["boundServiceAccountNamespaces"]:
            for account in node["boundServiceAccountNames"]:
                for policy in node["tokenPolicies"]:
                    yield pods(namespace, account), Held(policy, node["backend"])


def policies(graph: Graph) -> dict[str, tuple[Path, ...]]:
    """What each policy allows."""
    return {node["name"]: tuple(_paths(node["policy"])) for node in graph.all("vault.Policy")}


def _paths(text: str) -> Iterator[Path]:
    for path, capabilities in BLOCK.findall(text):
        yield Path(path, tuple(json.loads(capabilities)))
