"""AWS requests that the provider would send, captured instead of sent.

A test sends them to the emulated AWS with boto3. The resource then changes outside the program: the provider neither
sends the requests nor sees their responses.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.aws.calls import Connection, Response, cast_to_shape, operation_model
from rehearsal.providers.aws.provider import ConfiguredAwsProvider

_READS = ("describe_", "get_", "head_", "list_")

CreateClient = Callable[[str, str], Any]
"""Function that returns the boto3 client of a service in a region."""


@dataclass(frozen=True)
class AwsRequest:
    """Request of one AWS operation. `operation` is the operation's Python name."""

    service: str
    region: str
    operation: str
    args: Mapping[str, Any]

    def send(self, client: CreateClient) -> Any:
        """Send the request with boto3 and return the response."""
        return getattr(client(self.service, self.region), self.operation)(**self.args)


class CapturingConnection(Connection):
    """Connection that sends reads and captures all other requests."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.credentials)
        self.reads: list[AwsRequest] = []
        """Reads since the last write. They describe the resource."""
        self.writes: list[AwsRequest] = []

    def call(
        self, service: str, region: str, operation: str, args: Mapping[str, Any], *, pages: bool = False
    ) -> Response:
        """Send a read, or capture a write and return an empty response."""
        shape = operation_model(service, operation).input_shape
        request = AwsRequest(service, region, operation, cast_to_shape(shape, dict(args)) if shape else {})
        if not operation.startswith(_READS):
            self.writes.append(request)
            self.reads = []
            return {}
        if service != "sts":
            self.reads.append(request)
        return super().call(service, region, operation, args, pages=pages)


def capture(
    configured: ConfiguredAwsProvider, operation: Callable[[ConfiguredAwsProvider], Any]
) -> CapturingConnection:
    """Run an operation without sending its writes, and return the captured requests.

    The operation may fail because of the empty responses; the requests up to that point are captured.
    """
    connection = CapturingConnection(configured._connection)
    with suppress(Exception):
        operation(ConfiguredAwsProvider(configured._provider, configured._config, connection))
    return connection
