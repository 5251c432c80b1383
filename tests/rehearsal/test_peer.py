"""Only this user's processes can use the servers of a rehearsal."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import grpc
import pytest
from werkzeug.serving import make_server

from rehearsal import peer
from rehearsal.peer import PeerCheck, PeerInterceptor, guard

NOBODY = 65534
LINE = "   0: 0100007F:{port:04X} 0100007F:1F90 {state} 00000000:00000000 00:00000000 00000000 {user:5d} 0 1 1 x\n"
HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc/net/tcp")
root = pytest.mark.skipif(os.getuid() != 0, reason="only root can start a process of another user")


def table(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "tcp"
    file.write_text(HEADER + "".join(lines))
    return file


@pytest.mark.parametrize(
    ("user", "state", "own"),
    [(1000, "01", True), (1000, "08", True), (1001, "01", False), (1000, "06", False), (0, "01", False)],
)
def test_the_owner_of_an_open_connection_decides(tmp_path: Path, user: int, state: str, *, own: bool) -> None:
    sockets = table(tmp_path, LINE.format(port=40001, state=state, user=user))
    assert PeerCheck([sockets], users=[1000]).is_own(40001) is own


def test_an_ipv6_socket_can_be_connected_to_an_ipv4_address(tmp_path: Path) -> None:
    line = LINE.format(port=40001, state="01", user=1000).replace("0100007F:9C41", f"{'0' * 16}FFFF00000100007F:9C41")
    assert PeerCheck([table(tmp_path, line)], users=[1000]).is_own(40001)


def test_a_port_without_a_connection_is_not_own(tmp_path: Path) -> None:
    assert not PeerCheck([table(tmp_path)], users=[1000]).is_own(40001)


def test_an_answer_is_reused_only_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sockets = table(tmp_path, LINE.format(port=40001, state="01", user=1000))
    check = PeerCheck([sockets], users=[1000])
    assert check.is_own(40001)
    table(tmp_path, LINE.format(port=40001, state="01", user=1001))
    assert check.is_own(40001)
    later = time.monotonic() + peer.MEMORY_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert not check.is_own(40001)


@linux
def test_the_kernel_names_this_process_as_the_owner() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert PeerCheck().is_own(client.getsockname()[1])
        assert not PeerCheck(users=[NOBODY]).is_own(client.getsockname()[1])


def application(_: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    start_response("200 OK", [])
    return [b"secret"]


@pytest.fixture
def web() -> Iterator[int]:
    server = make_server("127.0.0.1", 0, guard(application), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()


def get_as(user: int, port: int) -> str:
    """Send a request as another user and return the response.

    A shell sends the request, because the other user may have no access to this Python interpreter.
    """
    request = f"exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
    run = subprocess.run(["/bin/bash", "-c", request], user=user, check=False, capture_output=True, text=True)
    return run.stdout + run.stderr


@linux
def test_own_requests_are_served(web: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{web}") as answer:
        assert answer.read() == b"secret"


@linux
@root
def test_requests_of_another_user_are_rejected(web: int) -> None:
    assert "secret" in get_as(0, web)
    rejected = get_as(NOBODY, web)
    assert "403" in rejected
    assert "secret" not in rejected


def _same(message: bytes) -> bytes:
    """Return the message, which needs no serialization because it is bytes."""
    return message


@linux
@pytest.mark.parametrize(("users", "answer"), [(None, b"echo"), ([NOBODY], grpc.StatusCode.PERMISSION_DENIED)])
def test_calls_of_other_users_are_aborted(users: list[int] | None, answer: object) -> None:
    class Echo(grpc.GenericRpcHandler):  # type: ignore[type-arg]  # generic only in the stubs
        def service(self, _: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:  # type: ignore[type-arg]  # the same
            return grpc.unary_unary_rpc_method_handler(lambda request, _: request)

    server = grpc.server(
        ThreadPoolExecutor(2), interceptors=[PeerInterceptor(PeerCheck(users=users))], handlers=[Echo()]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary("/rehearsal/Echo", _same, _same)
        if users is None:
            assert call(b"echo", timeout=10) == answer
        else:
            with pytest.raises(grpc.RpcError) as failure:
                call(b"echo", timeout=10)
            assert failure.value.code() is answer
    server.stop(None)


def test_a_refused_request_is_an_http_error(tmp_path: Path) -> None:
    check = PeerCheck([table(tmp_path)], users=[1000])
    server = make_server("127.0.0.1", 0, guard(application, check))
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}")
    thread.join()
    server.server_close()
