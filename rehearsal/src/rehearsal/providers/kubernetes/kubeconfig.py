"""API server and credentials of a provider configuration.

The API server is always on this machine.
"""

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import yaml

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import is_unknown


class ClusterAccess(Protocol):
    """URL and token of a cluster.

    `rehearsal.dataplanes.kubernetes.ClusterEndpoint` implements it.
    """

    @property
    def url(self) -> str:
        """URL of the API server."""

    @property
    def token(self) -> str:
        """Bearer token of the administrator."""


class ClusterRegistry(Protocol):
    """Registry of the clusters of this rehearsal."""

    def all(self) -> Sequence[ClusterAccess]:
        """Return all existing clusters."""


class NoClusterError(ProviderError):
    """Error of a cluster that does not exist yet or was deleted."""


@dataclass(frozen=True)
class Connection:
    """Kubeconfig with one cluster, one user without `exec`, and a namespace."""

    config: str
    """Kubeconfig as JSON. Equal servers and credentials yield equal text."""
    server: str
    namespace: str


def connection(kubeconfig: Any, context: str, cluster: str, clusters: ClusterRegistry) -> Connection:
    """Resolve a kubeconfig (text or path) to a server of this rehearsal.

    A user whose `exec` runs `aws eks get-token` gets the token of the rehearsed cluster with the same URL instead.

    Raises:
        NoClusterError: the kubeconfig is missing or an unknown value, or its cluster does not exist.
        ProviderError: the kubeconfig is invalid, or its server is not part of this rehearsal.
    """
    if not kubeconfig or is_unknown(kubeconfig):
        raise NoClusterError(
            "no kubeconfig: the rehearsal never uses this machine's own kubeconfig; "
            "pass the kubeconfig of a rehearsed cluster to kubernetes.Provider(kubeconfig=...)"
        )
    document = _load(str(kubeconfig))
    chosen_context = _named(document, "contexts", context or str(document.get("current-context") or ""), "context")
    server = _named(document, "clusters", cluster or str(chosen_context.get("cluster") or ""), "cluster")
    user = _named(document, "users", str(chosen_context.get("user") or ""), "user")
    url = str(server.get("server") or "")
    reduced = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "rehearsal",
        "contexts": [{"name": "rehearsal", "context": {"cluster": "rehearsal", "user": "rehearsal"}}],
        "clusters": [{"name": "rehearsal", "cluster": server}],
        "users": [{"name": "rehearsal", "user": _credentials(user, url, clusters)}],
    }
    return Connection(json.dumps(reduced, sort_keys=True), url, str(chosen_context.get("namespace") or ""))


def _load(text: str) -> dict[str, Any]:
    if "\n" not in text and not text.lstrip().startswith("{"):
        path = Path(text).expanduser()
        if not path.is_file():
            raise ProviderError(f"kubeconfig {text!r} is neither a file nor the text of a kubeconfig")
        text = path.read_text("utf-8")
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        raise ProviderError(f"the kubeconfig is not valid YAML{where}") from None  # its text may contain a token
    if not isinstance(document, dict) or "clusters" not in document:
        raise ProviderError("the kubeconfig has no clusters: it needs clusters, users and contexts")
    return document


def _named(document: Mapping[str, Any], section: str, name: str, key: str) -> dict[str, Any]:
    for entry in document.get(section) or ():
        if entry.get("name") == name:
            return dict(entry.get(key) or {})
    raise ProviderError(f"the kubeconfig has no {key} {name!r} under {section}")


def _credentials(user: dict[str, Any], url: str, clusters: ClusterRegistry) -> dict[str, Any]:
    clusters_by_url = {endpoint.url.rstrip("/"): endpoint for endpoint in clusters.all()}
    endpoint = clusters_by_url.get(url.rstrip("/"))
    if "exec" in user:
        if endpoint is None:
            raise NoClusterError(
                f"{url} is not a cluster of this rehearsal: create the cluster, or run `pulumi refresh` if it was "
                "deleted"
            )
        return {"token": endpoint.token}
    if endpoint is None and not _on_this_machine(url):
        raise ProviderError(
            f"{url} is neither a cluster of this rehearsal nor on this machine: use a rehearsed cluster's kubeconfig"
        )
    return user


def _on_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
