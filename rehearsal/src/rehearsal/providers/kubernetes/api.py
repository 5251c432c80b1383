"""Thin client of one API server: discovery, server-side apply and readable errors."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rehearsal.providers.kubernetes.errors import ApiStatusError, UnknownKindError, UnreachableError, api_status_error
from rehearsal.providers.kubernetes.kubeconfig import Connection
from rehearsal.providers.kubernetes.objects import GroupVersionKind, Object, ObjectRef

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

_TIMEOUT = (3.0, 60.0)
"""Connect timeout and read timeout, in seconds."""

_APPLY = "application/apply-patch+yaml"
_JSON = "application/json"
_JSON_PATCH = "application/json-patch+json"


@dataclass(frozen=True)
class ApiResource:
    """Plural name of a kind in URLs, and the scope of the kind."""

    plural: str
    namespaced: bool


class Api:
    """Client of one API server. Thread-safe. Close it after use.

    Raises:
        ApiStatusError: the server returned an error status.
        UnreachableError: the server does not respond.
        UnknownKindError: the server does not serve the kind.
    """

    def __init__(self, connection: Connection) -> None:
        self.server = connection.server
        self._client = _api_client(connection)
        self._types: dict[GroupVersionKind, ApiResource] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close all connections."""
        self._client.rest_client.pool_manager.clear()

    def resource_type(self, gvk: GroupVersionKind) -> ApiResource:
        """Return the plural name and scope of a kind, from the cache if possible."""
        with self._lock:
            if gvk not in self._types:
                self._types.update(self._discover(gvk))
            api_resource = self._types.get(gvk)
        if api_resource is None:
            raise UnknownKindError(
                f"the API server has no kind {gvk}: check apiVersion and kind, "
                "and that the CustomResourceDefinition is created first (depends_on)"
            )
        return api_resource

    def forget_types(self) -> None:
        """Clear the cache of kinds, as needed after a CustomResourceDefinition changed."""
        with self._lock:
            self._types.clear()

    def get(self, ref: ObjectRef) -> Object | None:
        """Return the live object, or None if the object or its kind does not exist."""
        try:
            return self._call("GET", self._path(ref))
        except UnknownKindError:
            return None
        except ApiStatusError as error:
            if error.is_not_found:
                return None
            raise

    def apply(self, body: Object, manager: str, *, force: bool, dry_run: bool = False) -> Object:
        """Run server-side apply with strict validation and return the result."""
        query = [("fieldManager", manager), ("force", str(force).lower()), ("fieldValidation", "Strict")]
        if dry_run:
            query.append(("dryRun", "All"))
        return self._call("PATCH", self._path(ObjectRef.of(body)), query, body, _APPLY)

    def patch(self, ref: ObjectRef, operations: Sequence[Mapping[str, Any]]) -> Object:
        """Apply a JSON patch."""
        return self._call("PATCH", self._path(ref), (), list(operations), _JSON_PATCH)

    def delete(self, ref: ObjectRef, propagation: str) -> None:
        """Request the deletion of an object.

        The object may remain until its finalizers have run and its dependants are deleted.
        """
        self._call("DELETE", self._path(ref), (), {"propagationPolicy": propagation})

    def list(self, gvk: GroupVersionKind, namespace: str, *, labels: str = "", fields: str = "") -> "list[Object]":
        """List the objects of a kind in a namespace that match label and field selectors."""
        query = [(name, value) for name, value in (("labelSelector", labels), ("fieldSelector", fields)) if value]
        response = self._call("GET", self._path(ObjectRef(gvk, namespace, "")), query)
        return [{"apiVersion": gvk.api_version, "kind": gvk.kind, **item} for item in response.get("items") or ()]

    def _path(self, ref: ObjectRef) -> str:
        gvk = ref.gvk
        api_resource = self.resource_type(gvk)
        scope = f"/namespaces/{ref.namespace or 'default'}" if api_resource.namespaced else ""
        name = f"/{ref.name}" if ref.name else ""
        return f"{_root(gvk)}{scope}/{api_resource.plural}{name}"

    def _discover(self, gvk: GroupVersionKind) -> dict[GroupVersionKind, ApiResource]:
        try:
            listed = self._call("GET", _root(gvk))
        except ApiStatusError as error:
            if error.is_not_found:
                return {}
            raise
        return {
            GroupVersionKind(gvk.group, gvk.version, entry["kind"]): ApiResource(
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
        from urllib3.exceptions import HTTPError  # noqa: PLC0415  # part of the client package, which takes 0.3 s to import

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
            response.read()  # type: ignore[no-untyped-call]  # the client package is only partly typed
            text = (response.data or b"").decode()
        except HTTPError as error:
            raise UnreachableError(
                f"the API server at {self.server} does not respond ({type(error).__name__})"
            ) from error
        if not 200 <= response.status <= 299:  # noqa: PLR2004  # HTTP
            raise api_status_error(response.status, text, body if isinstance(body, dict) else None)
        decoded = json.loads(text)
        if not isinstance(decoded, dict):
            raise UnreachableError(f"{self.server} is not a Kubernetes API server: {path} did not return a JSON object")
        return decoded


def _root(gvk: GroupVersionKind) -> str:
    return f"/apis/{gvk.group}/{gvk.version}" if gvk.group else f"/api/{gvk.version}"


def _api_client(connection: Connection) -> "ApiClient":
    from kubernetes import client, config  # noqa: PLC0415  # takes 0.3 s to import; a preview may not need it

    configuration = client.Configuration()
    config.load_kube_config_from_dict(  # type: ignore[no-untyped-call]  # the client package is only partly typed
        json.loads(connection.config), client_configuration=configuration, persist_config=False
    )
    # The server is on this machine, so ignore the proxies of the environment.
    configuration.proxy = None
    configuration.retries = 2
    configuration.connection_pool_maxsize = 32
    return client.ApiClient(configuration)
