"""The control API answers over loopback, and its errors say what to do."""

from collections.abc import Iterator

import pytest

from rehearsal.control import ControlClient, ControlError, serve

TOKEN = "known"


@pytest.fixture
def port() -> Iterator[int]:
    server, port = serve({"double": lambda argument: {"answer": argument["number"] * 2}}, TOKEN)
    yield port
    server.shutdown()
    server.server_close()


def test_an_operation_is_answered(port: int) -> None:
    assert ControlClient(port, TOKEN).call("double", {"number": 21}) == {"answer": 42}


def test_an_unknown_operation_is_an_error(port: int) -> None:
    with pytest.raises(ControlError, match="404"):
        ControlClient(port, TOKEN).call("triple")


def test_a_wrong_token_is_refused(port: int) -> None:
    with pytest.raises(ControlError, match="401"):
        ControlClient(port, "guessed").call("double", {"number": 21})


def test_the_error_of_a_dead_daemon_says_what_to_do() -> None:
    with pytest.raises(ControlError, match="`rehearse up` starts it again"):
        ControlClient(1, TOKEN).call("status", timeout=2)
