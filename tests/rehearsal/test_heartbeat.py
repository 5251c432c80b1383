"""Logs show signs of life: heartbeat, steps, updates and builds."""

import io
import itertools
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from rich.console import Console

from rehearsal.console import ConsoleReporter
from rehearsal.heartbeat import INTERVAL, Heartbeat, duration
from rehearsal.toolchain import BuildPhase, BuildStatus
from rehearsal.toolchain.progress import running_builds

LONGEST_SILENCE = 30.0
"""Longest time without output that is allowed in a log, in seconds."""


class Clock:
    """Fake clock."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def log() -> tuple[ConsoleReporter, Callable[[], list[str]]]:
    """Return a reporter with a short interval, and a function that returns its lines."""
    text = io.StringIO()
    return ConsoleReporter(Console(file=text, width=140), interval=0.05), lambda: text.getvalue().splitlines()


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until another thread has made the condition true."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "nothing was printed"
        time.sleep(0.01)


@pytest.mark.parametrize("poll", [0.2, 1.0, 5.0])
def test_no_silence_of_an_eight_minute_build_is_longer_than_thirty_seconds(poll: float) -> None:
    clock, printed = Clock(), [1000.0]
    heartbeat = Heartbeat(lambda _: printed.append(clock.now), clock=clock)
    while clock.now < 1480:
        heartbeat.tick(lambda: "building vault")
        clock.now += poll
    printed.append(clock.now)
    assert max(later - earlier for earlier, later in itertools.pairwise(printed)) <= LONGEST_SILENCE
    assert len(printed) - 2 <= 480 / INTERVAL


def test_a_line_says_what_runs_and_for_how_long() -> None:
    clock, lines = Clock(), list[str]()
    heartbeat = Heartbeat(lines.append, interval=20, clock=clock)
    clock.now += 19.9
    assert not heartbeat.tick(lambda: "building vault")
    clock.now += 0.1
    assert heartbeat.tick(lambda: "building vault")
    clock.now += 100
    assert heartbeat.tick(lambda: "linking vault")
    assert lines == ["… still building vault (20 s)", "… still linking vault (2 min 0 s)"]


def test_other_output_postpones_the_next_line() -> None:
    clock, lines = Clock(), list[str]()
    heartbeat = Heartbeat(lines.append, interval=20, clock=clock)
    clock.now += 15
    heartbeat.say("etcd: ready")
    clock.now += 15
    assert not heartbeat.tick(lambda: "building vault")
    assert lines == ["etcd: ready"]


def test_a_silent_subprocess_is_shown_while_it_runs() -> None:
    lines: list[str] = []
    silent = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    with Heartbeat(lines.append, interval=0.05).during(lambda: f"waiting for process {silent.pid}"):
        wait_for(lambda: len(lines) >= 3)
        silent.communicate()
    assert silent.returncode == 0
    assert all(line.startswith(f"… still waiting for process {silent.pid} (") for line in lines)
    ended = len(lines)
    time.sleep(0.2)
    assert len(lines) == ended, "the heartbeat went on after the end of the block"


def test_a_heartbeat_ends_with_an_exception() -> None:
    lines: list[str] = []
    with pytest.raises(RuntimeError), Heartbeat(lines.append, interval=0.02).during(lambda: "failing"):
        raise RuntimeError
    ended = len(lines)
    time.sleep(0.1)
    assert len(lines) == ended


def test_a_long_step_is_repeated_in_a_log() -> None:
    reporter, lines = log()
    with reporter.step() as show:
        show("checking the servers")
        wait_for(lambda: len(lines()) >= 3)
    assert lines()[0] == "… checking the servers"
    assert lines()[1].startswith("… still checking the servers (")


def test_a_long_update_shows_its_resources_in_a_log() -> None:
    reporter, lines = log()
    urn = "urn:pulumi:dev::campus-safety::campus:Vpc$aws:ec2/subnet:Subnet::network-private-a"
    metadata = {"metadata": {"op": "create", "urn": urn}}
    with reporter.update_progress(405) as on_event:
        on_event({"resourcePreEvent": metadata})
        on_event({"resOutputsEvent": metadata})
        wait_for(lambda: any("1 of 405" in line for line in lines()))
    assert lines()[0] == "… running `pulumi up`"
    assert "1 of 405 resources, last: create aws:ec2/subnet:Subnet network-private-a (" in lines()[-1]


@pytest.mark.parametrize(
    ("states", "text"),
    [
        (
            [
                BuildStatus("etcd", BuildPhase.READY),
                BuildStatus("vault", BuildPhase.COMPILING, done=812, total=1649),
                BuildStatus("kwok", BuildPhase.LINKING),
                BuildStatus("helm"),
            ],
            "building vault: compiling 812/1649 packages; building kwok: linking; 1 queued",
        ),
        (
            [BuildStatus("etcd", BuildPhase.FETCHING_GO), BuildStatus("vault", BuildPhase.FETCHING_GO)],
            "fetching Go for 2 tools",
        ),
    ],
)
def test_running_builds_are_described(states: list[BuildStatus], text: str) -> None:
    assert running_builds(states) == text


def test_durations_are_in_minutes_and_seconds() -> None:
    assert [duration(seconds) for seconds in (4, 59.6, 192.4)] == ["4 s", "1 min 0 s", "3 min 12 s"]
