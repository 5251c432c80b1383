"""Client of a cluster's API server that has the permissions of one user."""

import time
from collections.abc import Callable
from typing import Any

from kubernetes import client, dynamic

from rehearsal.dataplanes.kubernetes import ClusterEndpoint

REGION = "us-east-1"


class Cluster:
    """Client of a cluster with the permissions of one user."""

    def __init__(self, api: Any) -> None:
        self._dynamic: Any = dynamic.DynamicClient(api)  # type: ignore[no-untyped-call]  # untyped package

    def resource(self, version: str, kind: str) -> Any:
        return self._dynamic.resources.get(api_version=version, kind=kind)

    def apply(self, body: dict[str, Any]) -> Any:
        meta = body["metadata"]
        return self.resource(body["apiVersion"], body["kind"]).server_side_apply(
            body=body, name=meta["name"], namespace=meta.get("namespace"), field_manager="test", force_conflicts=True
        )

    def dry_run_create(self, body: dict[str, Any]) -> Any:
        """Create an object as a dry run, with admission but without storing it."""
        resource = self.resource(body["apiVersion"], body["kind"])
        return resource.create(body=body, namespace=body["metadata"]["namespace"], dry_run="All")


class connect_as:  # noqa: N801  # used like a function
    """Connect as a member of a group, with a token, or as the administrator."""

    def __init__(self, endpoint: ClusterEndpoint, *, group: str = "", token: str = "") -> None:
        configuration = client.Configuration(
            host=endpoint.url,
            api_key={"authorization": f"Bearer {token or endpoint.token}"},
            ca_cert_data=endpoint.ca_pem,
            no_proxy="127.0.0.1",
        )
        new_client: Any = client.ApiClient  # untyped in an otherwise typed package
        self._api = new_client(configuration)
        if group:
            self._api.set_default_header("Impersonate-User", "somebody@campus-safety.example")
            self._api.set_default_header("Impersonate-Group", group)

    def __enter__(self) -> Cluster:
        return Cluster(self._api)

    def __exit__(self, *_error: object) -> None:
        self._api.close()


def eventually(done: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"the condition was not met within {seconds} s"
        time.sleep(0.2)


def refusal(cluster: Cluster, body: dict[str, Any]) -> str:
    """Return the API server's error for an object, or "" if the object is accepted."""
    try:
        cluster.dry_run_create(body)
    except client.ApiException as error:
        return str(error.body)
    return ""
