"""Health check of a local HTTP server that may not be up yet."""

import contextlib
import http.client
import ssl
from http import HTTPStatus


def is_healthy(port: int, path: str, ca_pem: str | None = None) -> bool:
    """Return True if a server on 127.0.0.1 responds to this path with 200.

    Connect with TLS if `ca_pem` is set.
    """
    connection = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=2, context=ssl.create_default_context(cadata=ca_pem))
        if ca_pem
        else http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    )
    with contextlib.closing(connection):
        try:
            connection.request("GET", path)
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
