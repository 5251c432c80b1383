"""Connection to a cluster as its administrator, with the official client."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kubernetes import client
from urllib3.exceptions import HTTPError

from rehearsal.dataplanes.kubernetes.model import ClusterEndpoint, ClusterError


@contextmanager
def connect(endpoint: ClusterEndpoint) -> Iterator[Any]:
    """Yield a `kubernetes.client.ApiClient` and close it at the end.

    Raises ClusterError if a request fails.
    """
    configuration = client.Configuration(
        host=endpoint.url,
        api_key={"authorization": f"Bearer {endpoint.token}"},
        ca_cert_data=endpoint.ca_pem,
        no_proxy="127.0.0.1",
    )
    with client.ApiClient(configuration) as api:
        try:
            yield api
        except client.ApiException as error:
            raise ClusterError(
                f"{endpoint.name} in {endpoint.region} rejected a request: {error.reason} {error.body}"
            ) from error
        except HTTPError as error:
            raise ClusterError(
                f"{endpoint.name} in {endpoint.region} does not answer at {endpoint.url}; restart it and see its logs"
            ) from error
