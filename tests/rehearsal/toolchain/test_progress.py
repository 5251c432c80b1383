"""Console output of a build, and the reasons for failures."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from rehearsal.toolchain import BuildPhase, BuildStatus, Tool, Toolchain, ToolchainError, ToolFailure
from rehearsal.toolchain.errors import explain
from rehearsal.toolchain.progress import describe

Module = Callable[..., Tool]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (BuildStatus("vault"), "queued"),
        (BuildStatus("vault", BuildPhase.LISTING), "listing packages"),
        (BuildStatus("vault", BuildPhase.LISTING, downloads=37), "downloading (37 modules)"),
        (BuildStatus("vault", BuildPhase.COMPILING, done=812, total=1649), "compiling 812/1649 packages"),
        (BuildStatus("vault", BuildPhase.LINKING, done=1649, total=1649), "linking"),
        (BuildStatus("vault", BuildPhase.READY, seconds=192.4), "ready after 3 min 12 s"),
        (BuildStatus("vault", BuildPhase.FAILED, seconds=4), "failed after 4 s"),
        (BuildStatus("vault", BuildPhase.READY), "ready"),
    ],
)
def test_a_phase_is_described_with_its_counts(status: BuildStatus, words: str) -> None:
    assert describe(status) == words


@pytest.mark.usefixtures("go")
@pytest.mark.parametrize("terminal", [True, False])
def test_a_build_is_shown_and_a_second_one_is_silent(
    tmp_path: Path,
    module: Module,
    terminal: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    tools = {"hello": module("hello")}
    for shown in (True, False):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=120)
        Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", console=console, tools=tools).ensure(["hello"])
        assert isinstance(console.file, io.StringIO)
        assert ("hello" in console.file.getvalue()) is shown
        assert ("ready after" in console.file.getvalue()) is shown


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            "go: downloading a v1\nexample.com/a\n# example.com/a\n./a.go:3:15: undefined: b\n./a.go:4:1: c",
            "./a.go:3:15: undefined: b",
        ),
        (
            "go: a imports\n\tk8s.io/utils: reading proxy/@v/v0.34.2.zip: 403 Forbidden\n\tserver response: no.",
            "k8s.io/utils: reading proxy/@v/v0.34.2.zip: 403 Forbidden",
        ),
        ("# example.com/a\nexample.com/a: compile: signal: killed", "example.com/a: compile: signal: killed"),
        ("# example.com/a\nwrite $WORK/b001: no space left on device", "write $WORK/b001: no space left on device"),
        ("WARNING: slow\nERROR: No matching distribution", "ERROR: No matching distribution"),
        ("something unheard of.\n", "something unheard of"),
        ("example.com/a\n", "it ended without output"),
        ("", "it ended without output"),
    ],
)
def test_the_reason_is_the_first_error_not_the_last_line(output: str, reason: str) -> None:
    assert explain(output.splitlines()) == reason


def test_a_cause_that_hit_several_tools_is_reported_once() -> None:
    log = Path("/elsewhere/go.log")
    error = ToolchainError(
        [
            ToolFailure("etcd", "no Go", log, "install Go"),
            ToolFailure("vault", "a bug", None, "fix it"),
            ToolFailure("kwok", "no Go", log, "install Go"),
        ]
    )
    assert str(error).splitlines() == [
        "etcd, kwok could not be built: no Go (log: /elsewhere/go.log); install Go.",
        "vault could not be built: a bug; fix it.",
    ]
