"""A gRPC server that answers one question after the other, on the thread that waits for them.

The engine asks a pack twice about every resource and waits for each answer. `grpc.server` hands every question from the
thread that receives it to another of a pool and back: 0.40 ms a question with an empty answer. Here, on the same core
of the same library (the completion queue, which `grpc.server` itself is built on), it is 0.23 ms, and 0.19 ms is what a
server in Go takes (docs/decisions/0024-the-packs-answer-on-one-thread.md). A question that takes long delays the next
one: the engine asks none meanwhile.

The names below `_cython` are not part of gRPC's promises. They are used here only; `tests/policy_packs/test_server.py`
holds every one of them against real clients.
"""

import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import descriptor, message, message_factory
from grpc._cython import cygrpc  # type: ignore[attr-defined]  # the stubs have gRPC's public names only

from policy_packs.kernel.refusal import Refusal

NO_FLAGS = 0
NO_METADATA = ()


class Server:
    """Serves services on a port of this machine's loopback interface, from `listen` until `stop`."""

    def __init__(self, max_message_bytes: int) -> None:
        self._methods: dict[bytes, Method] = {}
        self._queue = cygrpc.CompletionQueue()
        self._server = cygrpc.Server((("grpc.max_receive_message_length", max_message_bytes),), False)  # noqa: FBT003  # no xDS: a positional argument
        self._server.register_completion_queue(self._queue)
        self._stopping = False
        self._ended = False

    def add(self, service: descriptor.ServiceDescriptor, implementation: object) -> None:
        """Answer a service's methods with the methods of the same names, from request to response.

        One that raises `Refusal` gives the client INVALID_ARGUMENT with its sentence, any other failure INTERNAL with
        what failed and where. Raises AttributeError if a method is missing.
        """
        for method in service.methods:
            name = f"/{service.full_name}/{method.name}".encode()
            self._methods[name] = Method(method, getattr(implementation, method.name))

    def listen(self) -> int:
        """Take a free port; returns its number. Raises OSError if there is none to be had."""
        port: int = self._server.add_http2_port(b"127.0.0.1:0")
        if not port:
            raise OSError("no port of 127.0.0.1 can be listened on")
        self._server.start()
        self._wait_for_a_question()
        return port

    def answer_until(self, gone: Callable[[], bool], check_seconds: float, grace_seconds: float) -> None:
        """Answer until `stop` is called or `gone`, asked every `check_seconds`, says so; then let clients go."""
        while not self._stopping:
            self._next(check_seconds)
            if gone():
                self.stop()
        deadline = time.monotonic() + grace_seconds
        while not self._ended and (left := deadline - time.monotonic()) > 0:
            self._next(left)
        if not self._ended:
            self._server.cancel_all_calls()

    def stop(self) -> None:
        """Take no more questions. May be called from a signal handler and from a method that is being served."""
        if not self._stopping:
            self._stopping = True
            self._server.shutdown(self._queue, self._end)

    def _next(self, seconds: float) -> None:
        # Signal handlers run in here too; the completion queue looks for signals every 0.2 s.
        event = self._queue.poll(time.time() + seconds)
        if event.completion_type != cygrpc.CompletionType.queue_timeout:
            event.tag(event)

    def _wait_for_a_question(self) -> None:
        self._server.request_call(self._queue, self._queue, self._receive)

    def _receive(self, event: Any) -> None:
        if not event.success:  # the server is shutting down: nobody asked
            return
        self._wait_for_a_question()
        answer = partial(self._answer, event.call, event.call_details.method)
        event.call.start_server_batch((cygrpc.ReceiveMessageOperation(NO_FLAGS),), answer)

    def _answer(self, call: Any, name: bytes, event: Any) -> None:
        request = event.batch_operations[0].message()
        method = self._methods.get(name)
        if method is None:
            status, told, response = grpc.StatusCode.UNIMPLEMENTED, "no such method", None
        elif request is None:
            status, told, response = grpc.StatusCode.CANCELLED, "the request did not arrive", None
        else:
            status, told, response = method.answer(request)
        operations = [
            cygrpc.SendInitialMetadataOperation(NO_METADATA, NO_FLAGS),
            cygrpc.SendStatusFromServerOperation(NO_METADATA, status.value[0], told.encode(), NO_FLAGS),
            cygrpc.ReceiveCloseOnServerOperation(NO_FLAGS),
        ]
        if response is not None:
            operations.append(cygrpc.SendMessageOperation(response, NO_FLAGS))
        # The event holds the call until it is over; nothing is left to do then.
        call.start_server_batch(operations, partial(_keep, call))

    def _end(self, _event: Any) -> None:
        self._ended = True


class Method:
    """One method of a service, from bytes to bytes."""

    def __init__(self, method: descriptor.MethodDescriptor, function: Callable[[Any], message.Message]) -> None:
        self._name = method.name
        self._request = message_factory.GetMessageClass(method.input_type)
        self._function = function

    def answer(self, request: bytes) -> tuple[grpc.StatusCode, str, bytes | None]:
        """Status, what is wrong, and the response where nothing is. Never raises, whatever the function does."""
        try:
            response = self._function(self._request.FromString(request))
            return grpc.StatusCode.OK, "", response.SerializeToString()
        except Refusal as refusal:
            return grpc.StatusCode.INVALID_ARGUMENT, str(refusal), None
        except Exception as failure:  # the client must not take a failure for an answer, nor wait for one
            frames = traceback.extract_tb(failure.__traceback__)
            place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
            return grpc.StatusCode.INTERNAL, f"{self._name} failed at {place}: {_sentence(failure)}", None


def _sentence(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}" if str(failure) else type(failure).__name__


def _keep(_call: Any, _event: Any) -> None:
    """What the completion queue gives back when a call is over."""
