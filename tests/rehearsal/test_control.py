"""The daemon answers over loopback, and its silence is explained."""

from collections.abc import Iterator

import pytest

from rehearsal.control import Control, ControlError, serve

TOKEN = "known"


@pytest.fixture
def port() -> Iterator[int]:
    server, port = serve({"double": lambda question: {"answer": question["number"] * 2}}, TOKEN)
    yield port
    server.shutdown()
    server.server_close()


def test_a_question_is_answered(port: int) -> None:
    assert Control(port, TOKEN).ask("double", {"number": 21}) == {"answer": 42}


def test_an_unknown_question_is_an_error(port: int) -> None:
    with pytest.raises(ControlError, match="404"):
        Control(port, TOKEN).ask("triple")


def test_who_does_not_know_the_token_is_told_nothing(port: int) -> None:
    with pytest.raises(ControlError, match="401"):
        Control(port, "guessed").ask("double", {"number": 21})


def test_nobody_there_says_what_to_do() -> None:
    with pytest.raises(ControlError, match="`ops rehearse up` starts it again"):
        Control(1, TOKEN).ask("status", timeout=2)
