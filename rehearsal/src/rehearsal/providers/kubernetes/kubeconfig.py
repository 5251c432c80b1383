"""Which API server a provider configuration means, and with what credentials: only ever a server on this machine."""

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


class Endpoint(Protocol):
    """A cluster of this rehearsal; see `rehearsal.dataplanes.kubernetes.ClusterEndpoint`."""

    @property
    def url(self) -> str:
        """The API server's URL."""

    @property
    def token(self) -> str:
        """The administrator's bearer token."""


class Directory(Protocol):
    """Where the clusters of this rehearsal are listed."""

    def all(self) -> Sequence[Endpoint]:
        """Every cluster there is now."""


class NoClusterError(ProviderError):
    """There is no API server to talk to (yet, or any more)."""


@dataclass(frozen=True)
class Connection:
    """A kubeconfig with one cluster, one user without `exec`, and the namespace its context names."""

    config: str
    """JSON; equal for equal servers and credentials."""
    server: str
    namespace: str


def connection(kubeconfig: Any, context: str, cluster: str, clusters: Directory) -> Connection:
    """Resolve a kubeconfig (text or path) to a server of this rehearsal.

    `exec` of `aws eks get-token` becomes the token of the cluster with the same URL. Raises NoClusterError when the
    kubeconfig is not known yet or its cluster doesn't exist, ProviderError when it is not usable here.
    """
    if not kubeconfig or is_unknown(kubeconfig):
        raise NoClusterError(
            "no kubeconfig: the rehearsal never uses this machine's own, "
            "so pass kubernetes.Provider(kubeconfig=...) with that of a rehearsed cluster"
        )
    document = _load(str(kubeconfig))
    chosen = _named(document, "contexts", context or str(document.get("current-context") or ""), "context")
    server = _named(document, "clusters", cluster or str(chosen.get("cluster") or ""), "cluster")
    user = _named(document, "users", str(chosen.get("user") or ""), "user")
    url = str(server.get("server") or "")
    narrowed = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "rehearsal",
        "contexts": [{"name": "rehearsal", "context": {"cluster": "rehearsal", "user": "rehearsal"}}],
        "clusters": [{"name": "rehearsal", "cluster": server}],
        "users": [{"name": "rehearsal", "user": _credentials(user, url, clusters)}],
    }
    return Connection(json.dumps(narrowed, sort_keys=True), url, str(chosen.get("namespace") or ""))


def _load(text: str) -> dict[str, Any]:
    if "\n" not in text and not text.lstrip().startswith("{"):
        path = Path(text).expanduser()
        if not path.is_file():
            raise ProviderError(f"kubeconfig {text!r} is neither a file nor a kubeconfig's text")
        text = path.read_text("utf-8")
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        raise ProviderError(f"the kubeconfig is not valid YAML{where}") from None  # its text may hold a token
    if not isinstance(document, dict) or "clusters" not in document:
        raise ProviderError("the kubeconfig holds no clusters: it needs clusters, users and contexts")
    return document


def _named(document: Mapping[str, Any], section: str, name: str, key: str) -> dict[str, Any]:
    for entry in document.get(section) or ():
        if entry.get("name") == name:
            return dict(entry.get(key) or {})
    raise ProviderError(f"the kubeconfig has no {key} {name!r} under {section}")


def _credentials(user: dict[str, Any], url: str, clusters: Directory) -> dict[str, Any]:
    known = {endpoint.url.rstrip("/"): endpoint for endpoint in clusters.all()}
    endpoint = known.get(url.rstrip("/"))
    if "exec" in user:
        if endpoint is None:
            raise NoClusterError(f"{url} is no cluster of this rehearsal (any more): refresh, or create it first")
        return {"token": endpoint.token}
    if endpoint is None and not _on_this_machine(url):
        raise ProviderError(
            f"{url} is no cluster of this rehearsal, which talks to nothing else: use the kubeconfig of a rehearsed one"
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
