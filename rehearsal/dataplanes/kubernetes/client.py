"""A connection to one cluster as its administrator, with the official client."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kubernetes import client

from rehearsal.dataplanes.kubernetes.shapes import ClusterEndpoint


@contextmanager
def connect(endpoint: ClusterEndpoint) -> Iterator[Any]:
    """Yield a `kubernetes.client.ApiClient`, closed at the end."""
    configuration = client.Configuration(
        host=endpoint.url,
        api_key={"authorization": f"Bearer {endpoint.token}"},
        ca_cert_data=endpoint.ca_pem,
        no_proxy="127.0.0.1",
    )
    with client.ApiClient(configuration) as api:
        yield api
