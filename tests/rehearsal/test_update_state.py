"""An unfinished update is recognized by its lock, pending operations or result."""

import os
import socket
import subprocess

import pytest

from rehearsal.update_state import UpdateState, is_stale, update_state


def lock(pid: int, hostname: str = socket.gethostname()) -> dict[str, object]:
    return {"pid": pid, "hostname": hostname}


@pytest.fixture(scope="module")
def ended_pid() -> int:
    process = subprocess.Popen(["/bin/true"])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("last_result", "pending", "expected"),
    [
        (None, 0, UpdateState.NONE),
        (None, 1, UpdateState.UNFINISHED),
        ("succeeded", 0, UpdateState.FINISHED),
        ("succeeded", 2, UpdateState.UNFINISHED),
        ("failed", 0, UpdateState.UNFINISHED),
    ],
)
def test_without_a_lock_the_history_and_pending_operations_decide(
    last_result: str | None, pending: int, expected: UpdateState
) -> None:
    assert update_state(last_result, pending, []) is expected


def test_a_lock_of_a_killed_engine_means_that_its_update_did_not_finish(ended_pid: int) -> None:
    assert update_state("succeeded", 0, [lock(ended_pid)]) is UpdateState.UNFINISHED


def test_an_update_is_running_while_its_engine_runs(ended_pid: int) -> None:
    assert update_state("failed", 1, [lock(ended_pid), lock(os.getpid())]) is UpdateState.RUNNING


def test_processes_of_another_machine_cannot_be_checked(ended_pid: int) -> None:
    assert is_stale(lock(ended_pid))
    assert not is_stale(lock(ended_pid, "another-machine"))
