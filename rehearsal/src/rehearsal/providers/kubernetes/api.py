"""A thin client of one API server: discovery, server-side apply with strict validation, and plain errors."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rehearsal.providers.kubernetes.errors import RefusedError, UnknownKindError, UnreachableError, refusal
from rehearsal.providers.kubernetes.kubeconfig import Connection
from rehearsal.providers.kubernetes.objects import GroupVersionKind, Identity, Object

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

_TIMEOUT = (3.0, 60.0)
"""Seconds to connect, and to wait for an answer."""

_APPLY = "application/apply-patch+yaml"
_JSON = "application/json"
_JSON_PATCH = "application/json-patch+json"


@dataclass(frozen=True)
class ResourceType:
    """How the server serves a kind: the path's last part, and whether objects live in namespaces."""

    plural: str
    namespaced: bool


class Api:
    """One API server. Safe to use from many threads; close it when done.

    Raises RefusedError for an error status, UnreachableError when nothing answers, UnknownKindError for a kind the
    server doesn't serve.
    """

    def __init__(self, connection: Connection) -> None:
        self.server = connection.server
        self._client = _api_client(connection)
        self._types: dict[GroupVersionKind, ResourceType] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give up the connections."""
        self._client.rest_client.pool_manager.clear()

    def resource_type(self, kind: GroupVersionKind) -> ResourceType:
        """How a kind is served; asks the server again for a kind that it did not know before."""
        with self._lock:
            if kind not in self._types:
                self._types.update(self._discover(kind))
            found = self._types.get(kind)
        if found is None:
            raise UnknownKindError(
                f"the API server has no kind {kind}: check apiVersion and kind, "
                "and that the CustomResourceDefinition is made first (depends_on)"
            )
        return found

    def forget_types(self) -> None:
        """Ask anew which kinds there are, after a CustomResourceDefinition changed."""
        with self._lock:
            self._types.clear()

    def get(self, identity: Identity) -> Object | None:
        """The live object; None when there is none, or not even its kind."""
        try:
            return self._call("GET", self._path(identity))
        except UnknownKindError:
            return None
        except RefusedError as error:
            if error.is_missing:
                return None
            raise

    def apply(self, body: Object, manager: str, *, force: bool, dry_run: bool = False) -> Object:
        """Server-side apply with strict field validation; returns the object as the server has (or would have) it."""
        query = [("fieldManager", manager), ("force", str(force).lower()), ("fieldValidation", "Strict")]
        if dry_run:
            query.append(("dryRun", "All"))
        return self._call("PATCH", self._path(Identity.of(body)), query, body, _APPLY)

    def patch(self, identity: Identity, operations: Sequence[Mapping[str, Any]]) -> Object:
        """Apply a JSON patch."""
        return self._call("PATCH", self._path(identity), (), list(operations), _JSON_PATCH)

    def delete(self, identity: Identity, propagation: str) -> None:
        """Ask for the object's removal; it may stay until its finalizers and dependants are gone."""
        self._call("DELETE", self._path(identity), (), {"propagationPolicy": propagation})

    def list(self, kind: GroupVersionKind, namespace: str, *, labels: str = "", fields: str = "") -> "list[Object]":
        """Objects of a kind in a namespace, by label and field selector."""
        query = [(name, value) for name, value in (("labelSelector", labels), ("fieldSelector", fields)) if value]
        found = self._call("GET", self._path(Identity(kind, namespace, "")), query)
        return [{"apiVersion": kind.api_version, "kind": kind.kind, **item} for item in found.get("items") or ()]

    def _path(self, identity: Identity) -> str:
        kind = identity.kind
        served = self.resource_type(kind)
        scope = f"/namespaces/{identity.namespace or 'default'}" if served.namespaced else ""
        name = f"/{identity.name}" if identity.name else ""
        return f"{_root(kind)}{scope}/{served.plural}{name}"

    def _discover(self, kind: GroupVersionKind) -> dict[GroupVersionKind, ResourceType]:
        try:
            listed = self._call("GET", _root(kind))
        except RefusedError as error:
            if error.is_missing:
                return {}
            raise
        return {
            GroupVersionKind(kind.group, kind.version, entry["kind"]): ResourceType(
                entry["name"], bool(entry["namespaced"])
            )
            for entry in listed.get("resources") or ()
            if "/" not in entry["name"]
        }

    def _call(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]] = (),
        body: Any = None,
        content_type: str = _JSON,
    ) -> Object:
        from urllib3.exceptions import HTTPError  # noqa: PLC0415  # with the client package, 0.3 s to import

        request = self._client.param_serialize(
            method,
            path,
            query_params=list(query),
            header_params={"Accept": _JSON, "Content-Type": content_type},
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            response = self._client.call_api(*request, _request_timeout=_TIMEOUT)
            response.read()  # type: ignore[no-untyped-call]  # the client package is typed in part
            text = (response.data or b"").decode()
        except HTTPError as error:
            raise UnreachableError(
                f"the API server at {self.server} doesn't answer ({type(error).__name__})"
            ) from error
        if not 200 <= response.status <= 299:  # noqa: PLR2004  # HTTP
            raise refusal(response.status, text, body if isinstance(body, dict) else None)
        decoded = json.loads(text)
        if not isinstance(decoded, dict):
            raise UnreachableError(f"{self.server} is not a Kubernetes API server: it answered {path} with no object")
        return decoded


def _root(kind: GroupVersionKind) -> str:
    return f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"


def _api_client(connection: Connection) -> "ApiClient":
    from kubernetes import client, config  # noqa: PLC0415  # 0.3 s to import, and a preview may not need it

    configuration = client.Configuration()
    config.load_kube_config_from_dict(  # type: ignore[no-untyped-call]  # the client package is typed in part
        json.loads(connection.config), client_configuration=configuration, persist_config=False
    )
    # The server is on this machine: a proxy of the environment is for the rest of the world.
    configuration.proxy = None
    configuration.retries = 2
    configuration.connection_pool_maxsize = 32
    return client.ApiClient(configuration)
