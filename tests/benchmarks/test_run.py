"""A benchmark that can't run says why in one sentence."""

import pytest

from benchmarks import run
from rehearsal.errors import RehearsalError


def _not_running() -> None:
    raise RehearsalError("no rehearsal of prod is running")


def test_an_expected_error_is_a_sentence_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["benchmark"])
    with pytest.raises(SystemExit, match=r"^no rehearsal of prod is running$"):
        run(_not_running)
