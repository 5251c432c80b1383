"""The daemon answers over loopback, and its silence is explained."""

from collections.abc import Iterator

import pytest

from rehearsal.control import Control, ControlError, serve


@pytest.fixture
def port() -> Iterator[int]:
    server, port = serve({"double": lambda question: {"answer": question["number"] * 2}})
    yield port
    server.shutdown()
    server.server_close()


def test_a_question_is_answered(port: int) -> None:
    assert Control(port).ask("double", {"number": 21}) == {"answer": 42}


def test_an_unknown_question_is_an_error(port: int) -> None:
    with pytest.raises(ControlError, match="404"):
        Control(port).ask("triple")


def test_nobody_there_says_what_to_do() -> None:
    with pytest.raises(ControlError, match="`ops rehearse up` starts it again"):
        Control(1).ask("status", timeout=2)
