"""Check that a client on a loopback port belongs to this user.

Every user of the machine can reach a loopback port. The kernel knows the owner of each socket, so a server needs no
credentials to recognize the clients of its own user. The engine could not send any.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import grpc

SOCKETS = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""The kernel's tables of IPv4 and IPv6 sockets. A client's IPv6 socket can be connected to an IPv4 address."""
MEMORY_SECONDS = 0.5
"""Seconds for which an accepted port is remembered.

It is shorter than the time for which Linux reserves the port of a closed connection, so no other client can have the
port yet.
"""
_LOCAL_ADDRESS, _STATE, _OWNER = 1, 3, 7
"""Columns of /proc/net/tcp. Source: Linux, Documentation/networking/proc_net_tcp."""
_LOOPBACK = ("0100007F", "0000000000000000FFFF00000100007F")
"""127.0.0.1 in the two tables."""
_ESTABLISHED = frozenset({"01", "08"})
"""States ESTABLISHED, and CLOSE_WAIT: the server has closed the connection, the client has not."""
REJECTION = "another user's process can't use this rehearsal"


class PeerCheck:
    """Recognizes clients of this user and of root, by the port of their socket.

    Where the kernel offers no /proc (macOS), nothing can be checked and every client is accepted. Thread-safe.
    """

    def __init__(self, sockets: Sequence[Path] = SOCKETS, users: Iterable[int] | None = None) -> None:
        self._sockets = sockets
        self._users = frozenset({os.getuid(), 0} if users is None else users)
        self._accepted: dict[int, float] = {}
        self._lock = threading.Lock()

    @property
    def is_possible(self) -> bool:
        """True on Linux."""
        return sys.platform == "linux" or self._sockets != SOCKETS

    def is_own(self, port: int) -> bool:
        """Return True if the client's port on 127.0.0.1 belongs to an accepted user."""
        if not self.is_possible:
            return True
        now = time.monotonic()
        with self._lock:
            if self._accepted.get(port, 0.0) > now:
                return True
        own = self._owner(port) in self._users
        if own:
            with self._lock:
                self._accepted = {each: until for each, until in self._accepted.items() if until > now}
                self._accepted[port] = now + MEMORY_SECONDS
        return own

    def _owner(self, port: int) -> int | None:
        """Return the user of the open connection with this port, None if there is none."""
        addresses = {f"{loopback}:{port:04X}" for loopback in _LOOPBACK}
        for table in self._sockets:
            for line in table.read_text(encoding="ascii").splitlines():
                columns = line.split()
                if columns[_LOCAL_ADDRESS] in addresses and columns[_STATE] in _ESTABLISHED:
                    return int(columns[_OWNER])
        return None


class PeerInterceptor(grpc.ServerInterceptor):  # type: ignore[type-arg]  # generic only in the stubs
    """Rejects gRPC calls of other users' processes."""

    def __init__(self, check: PeerCheck | None = None) -> None:
        self._check = check or PeerCheck()

    def intercept_service(self, continuation: Callable[[Any], Any], handler_call_details: Any) -> Any:
        """Wrap the method's handler, because only the handler sees the client's address."""
        handler = continuation(handler_call_details)
        if handler is None:
            return None
        if handler.request_streaming:
            raise NotImplementedError("methods with streamed requests are not covered")
        method = handler.unary_stream if handler.response_streaming else handler.unary_unary
        factory = (
            grpc.unary_stream_rpc_method_handler if handler.response_streaming else grpc.unary_unary_rpc_method_handler
        )
        return factory(self._guarded(method), handler.request_deserializer, handler.response_serializer)

    def _guarded(self, method: Callable[[Any, grpc.ServicerContext], Any]) -> Callable[[Any, Any], Any]:
        def guarded(request: Any, context: grpc.ServicerContext) -> Any:
            if not self._check.is_own(_port(context.peer())):
                context.abort(grpc.StatusCode.PERMISSION_DENIED, REJECTION)
            return method(request, context)

        return guarded


def _port(peer: str) -> int:
    """Return the port in a client's address, as gRPC writes it.

    The port is 0, which no client uses, if the address is not an IPv4 address.
    """
    kind, _, address = peer.partition(":")
    port = address.rpartition(":")[2]
    return int(port) if kind == "ipv4" and port.isdecimal() else 0


def guard(application: WSGIApplication, check: PeerCheck | None = None) -> WSGIApplication:
    """Return a WSGI application that rejects requests of other users' processes."""
    peers = check or PeerCheck()

    def guarded(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not peers.is_own(int(environment.get("REMOTE_PORT") or 0)):
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [REJECTION.encode()]
        return application(environment, start_response)

    return guarded
