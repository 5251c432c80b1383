"""gRPC server of a plugin.

It answers one request at a time, from `listen` until `stop`.
"""

import queue
import traceback
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import descriptor, message, message_factory

from policy_packs.kernel.errors import RefusalError
from pulumi_wire.limits import GRPC_OPTIONS


class Server:
    """Serves services on a free port of the loopback interface."""

    def __init__(self, options: tuple[tuple[str, int], ...] = GRPC_OPTIONS) -> None:
        # With one worker, rules need no locks. The engine sends one request at a time anyway.
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=1), options=options)
        # SimpleQueue is reentrant: a signal handler may put while the main thread waits.
        self._stop_requests: queue.SimpleQueue[None] = queue.SimpleQueue()

    def add(self, service: descriptor.ServiceDescriptor, implementation: object) -> None:
        """Serve a gRPC service with the methods of an object.

        The object has a method for each method of the service, with the same name. A method that raises
        `RefusalError` gives the client INVALID_ARGUMENT with its message. Any other failure gives INTERNAL with the
        exception and its location.

        Raises:
            AttributeError: the object lacks a method.
        """
        handlers = {
            method.name: grpc.unary_unary_rpc_method_handler(_handler(method, getattr(implementation, method.name)))
            for method in service.methods
        }
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.full_name, handlers),))

    def listen(self) -> int:
        """Listen on a free port and return its number.

        Raises:
            OSError: no port is available.
        """
        try:
            port: int = self._server.add_insecure_port("127.0.0.1:0")
        except RuntimeError as error:
            raise OSError("can't listen on any port of 127.0.0.1") from error
        self._server.start()
        return port

    def serve_until(self, gone: Callable[[], bool], check_seconds: float, grace_seconds: float) -> None:
        """Serve until `stop` is called or `gone` returns True.

        `gone` is called every `check_seconds`.

        Requests in progress get `grace_seconds` to finish.
        """
        while True:
            try:
                self._stop_requests.get(timeout=check_seconds)
                break
            except queue.Empty:
                if gone():
                    break
        self._server.stop(grace_seconds).wait()

    def stop(self) -> None:
        """End `serve_until`. Signal handlers and served methods may call it."""
        self._stop_requests.put(None)


def _handler(
    method: descriptor.MethodDescriptor, function: Callable[[Any], message.Message]
) -> Callable[[bytes, grpc.ServicerContext], bytes]:
    """Return a handler that maps request bytes to response bytes.

    A malformed request gives the client INTERNAL, like any other failure.
    """
    request_type = message_factory.GetMessageClass(method.input_type)

    def handle(request: bytes, context: grpc.ServicerContext) -> bytes:
        try:
            return function(request_type.FromString(request)).SerializeToString()
        except RefusalError as refusal:
            return context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(refusal))
        except Exception as failure:  # the client must not mistake a failure for an answer
            frame = traceback.extract_tb(failure.__traceback__)[-1]
            location = f"{Path(frame.filename).name}:{frame.lineno}"
            return context.abort(grpc.StatusCode.INTERNAL, f"{method.name} failed at {location}: {_describe(failure)}")

    return handle


def _describe(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}" if str(failure) else type(failure).__name__
