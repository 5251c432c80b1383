"""The packs' server against real gRPC clients."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from policy_packs.kernel.errors import RefusalError
from policy_packs.kernel.server import Server

SERVICE = pb.DESCRIPTOR.services_by_name["Analyzer"]
MEGABYTE = 1024 * 1024
LIMIT = 8 * MEGABYTE
OPTIONS = (("grpc.max_receive_message_length", LIMIT),)
CHECK_SECONDS, GRACE_SECONDS = 0.1, 0.3
# The awaited events take milliseconds, or longer on a busy machine.
PATIENCE_SECONDS = 20.0


class Answers:
    """Implementation of the analyzer protocol with a test's own `Analyze`."""

    def __init__(self, analyze: Callable[[pb.AnalyzeRequest], pb.AnalyzeResponse]) -> None:
        for method in SERVICE.methods:
            setattr(self, method.name, lambda _: empty_pb2.Empty())
        self.Analyze = analyze


def echo(request: pb.AnalyzeRequest) -> pb.AnalyzeResponse:
    response = pb.AnalyzeResponse()
    response.not_applicable.add(policy_name=request.name, reason=request.properties["text"])
    return response


def question(name: str = "it", text: str = "") -> pb.AnalyzeRequest:
    request = pb.AnalyzeRequest(name=name)
    request.properties.update({"text": text})
    return request


@contextmanager
def serving(
    implementation: object, gone: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Server, int, threading.Thread]]:
    """Run a server on a thread of this process."""
    server = Server(OPTIONS)
    server.add(SERVICE, implementation)
    port = server.listen()
    thread = threading.Thread(target=server.serve_until, args=(gone, CHECK_SECONDS, GRACE_SECONDS))
    thread.start()
    try:
        yield server, port, thread
    finally:
        server.stop()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


@contextmanager
def client(port: int) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    unlimited = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=unlimited) as channel:
        yield analyzer_pb2_grpc.AnalyzerStub(channel)


def failure(call: Callable[[], object]) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value.code(), caught.value.details() or ""


def raw(channel: grpc.Channel, method: str, request: bytes) -> bytes:
    """Send arbitrary bytes as a request, and return the response."""
    response: bytes = channel.unary_unary(method, bytes, bytes)(request)
    return response


def test_each_client_gets_the_answer_to_its_own_question() -> None:
    def ask(number: int) -> list[str]:
        with client(port) as stub:
            answers = [stub.Analyze(question(f"{number}-{index}", f"t{index}")) for index in range(20)]
        return [f"{each.not_applicable[0].policy_name} {each.not_applicable[0].reason}" for each in answers]

    with serving(Answers(echo)) as (_, port, _), futures.ThreadPoolExecutor(8) as pool:
        answers_by_client = list(pool.map(ask, range(8)))
    assert answers_by_client == [[f"{number}-{index} t{index}" for index in range(20)] for number in range(8)]


@pytest.mark.parametrize("length", [0, 1, MEGABYTE, 6 * MEGABYTE])
def test_messages_of_any_size_below_the_limit_arrive_whole(length: int) -> None:
    text = "x" * length
    with serving(Answers(echo)) as (_, port, _), client(port) as stub:
        assert stub.Analyze(question(text=text)).not_applicable[0].reason == text


def test_a_message_above_the_limit_is_refused_and_the_next_is_answered() -> None:
    with serving(Answers(echo)) as (_, port, _), client(port) as stub:
        status, sentence = failure(lambda: stub.Analyze(question(text="x" * LIMIT)))
        assert status is grpc.StatusCode.RESOURCE_EXHAUSTED, sentence
        assert stub.Analyze(question("next")).not_applicable[0].policy_name == "next"


def test_a_refusal_reaches_the_client_word_for_word() -> None:
    def refuse(_: pb.AnalyzeRequest) -> pb.AnalyzeResponse:
        raise RefusalError("two mistakes; “nothing” was judged\n  first\n  second")

    with serving(Answers(refuse)) as (_, port, _), client(port) as stub:
        message = failure(lambda: stub.Analyze(question()))
    assert message == (grpc.StatusCode.INVALID_ARGUMENT, "two mistakes; “nothing” was judged\n  first\n  second")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("not so"), "ValueError: not so"),
        (KeyError("key"), "KeyError: 'key'"),
        (RecursionError(), "RecursionError"),
    ],
)
def test_a_failure_is_an_error_that_says_what_failed_and_where_and_the_next_is_answered(
    error: Exception, sentence: str
) -> None:
    def fail(request: pb.AnalyzeRequest) -> pb.AnalyzeResponse:
        if request.name == "bad":
            raise error
        return echo(request)

    line = fail.__code__.co_firstlineno + 2
    with serving(Answers(fail)) as (_, port, _), client(port) as stub:
        status, message = failure(lambda: stub.Analyze(question("bad")))
        assert stub.Analyze(question("good")).not_applicable[0].policy_name == "good"
    assert (status, message) == (grpc.StatusCode.INTERNAL, f"Analyze failed at test_server.py:{line}: {sentence}")


def test_an_answer_of_another_type_than_promised_is_an_error() -> None:
    def wrong(_: pb.AnalyzeRequest) -> pb.AnalyzeResponse:
        return None  # type: ignore[return-value]  # like a method that lacks a return statement

    with serving(Answers(wrong)) as (_, port, _), client(port) as stub:
        status, message = failure(lambda: stub.Analyze(question()))
    assert status is grpc.StatusCode.INTERNAL
    assert "Analyze" in message


def test_a_request_that_is_no_message_is_an_error() -> None:
    with serving(Answers(echo)) as (_, port, _), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        status, message = failure(lambda: raw(channel, f"/{SERVICE.full_name}/Analyze", b"\xff\xff"))
    assert status is grpc.StatusCode.INTERNAL
    assert "Analyze failed" in message


@pytest.mark.parametrize("method", ["/pulumirpc.Analyzer/Invent", "/pulumirpc.Provider/Analyze", "/"])
def test_a_method_that_is_not_served_is_unimplemented(method: str) -> None:
    with serving(Answers(echo)) as (_, port, _), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        status, _message = failure(lambda: raw(channel, method, b""))
    assert status is grpc.StatusCode.UNIMPLEMENTED


def test_an_implementation_without_all_methods_is_not_served() -> None:
    class Partly:
        def Analyze(self, request: pb.AnalyzeRequest) -> pb.AnalyzeResponse:  # noqa: N802  # the protocol's name
            return echo(request)

    with pytest.raises(AttributeError):
        Server(OPTIONS).add(SERVICE, Partly())


def test_a_client_that_no_longer_waits_does_not_stop_the_server() -> None:
    started, leave = threading.Event(), threading.Event()

    def slow(request: pb.AnalyzeRequest) -> pb.AnalyzeResponse:
        if request.name == "slow":
            started.set()
            leave.wait(PATIENCE_SECONDS)
        return echo(request)

    with serving(Answers(slow)) as (_, port, _):
        with client(port) as stub:
            waiting = stub.Analyze.future(question("slow"))
            assert started.wait(PATIENCE_SECONDS)
            waiting.cancel()  # type: ignore[no-untyped-call]  # gRPC's stubs do not annotate it
        leave.set()
        with client(port) as stub:
            assert stub.Analyze(question("next")).not_applicable[0].policy_name == "next"


def test_it_ends_from_within_an_answer_which_still_arrives() -> None:
    def last(request: pb.AnalyzeRequest) -> pb.AnalyzeResponse:
        server.stop()
        return echo(request)

    with serving(Answers(last)) as (server, port, thread), client(port) as stub:
        assert stub.Analyze(question("last")).not_applicable[0].policy_name == "last"
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()
        status, _told = failure(lambda: stub.Analyze(question(), timeout=5))
    assert status is grpc.StatusCode.UNAVAILABLE


def test_it_ends_when_nobody_is_there_any_more_even_if_a_client_stays() -> None:
    gone = threading.Event()
    with serving(Answers(echo), gone.is_set) as (_, port, thread), client(port) as stub:
        stub.Analyze(question())
        gone.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def test_stopping_twice_is_stopping() -> None:
    with serving(Answers(echo)) as (server, _, thread):
        server.stop()
        server.stop()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def test_a_signal_handler_may_stop_it_and_need_not_wait_for_the_next_check() -> None:
    server = Server(OPTIONS)
    server.add(SERVICE, Answers(echo))
    server.listen()
    before = signal.signal(signal.SIGUSR1, lambda *_: server.stop())
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        begun = time.monotonic()
        server.serve_until(lambda: False, 10 * PATIENCE_SECONDS, GRACE_SECONDS)
        assert time.monotonic() - begun < PATIENCE_SECONDS
    finally:
        signal.signal(signal.SIGUSR1, before)
        timer.join()


def test_every_method_of_the_protocol_has_its_own_message_types() -> None:
    seen: dict[str, type] = {}

    class Typed:
        def __getattr__(self, name: str) -> Callable[[object], object]:
            def method(request: object) -> object:
                seen[name] = type(request)
                return plugin_pb2.PluginInfo(version="1") if name == "GetPluginInfo" else empty_pb2.Empty()

            return method

    with serving(Typed()) as (_, port, _), client(port) as stub:
        assert stub.GetPluginInfo(empty_pb2.Empty()).version == "1"
        stub.AnalyzeStack(pb.AnalyzeStackRequest())
        stub.Configure(pb.ConfigureAnalyzerRequest())
    assert seen == {
        "GetPluginInfo": empty_pb2.Empty,
        "AnalyzeStack": pb.AnalyzeStackRequest,
        "Configure": pb.ConfigureAnalyzerRequest,
    }
