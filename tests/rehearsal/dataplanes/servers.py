"""What tests of the real servers share: where their binaries are, and looking at processes."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from rehearsal.processes import MARK, Supervisor
from rehearsal.toolchain import Toolchain, tools_directory

TOOLS = Toolchain(tools_directory(Path(__file__).parents[3] / ".tools"))


def binary(name: str) -> Path:
    """Find a tool; a test without its server is a failure, not a skip."""
    found = TOOLS.find(name)
    if found is None:
        pytest.fail(f"{name} is missing; build it with `rehearse tools {name}`")
    return found


def kill(supervisor: Supervisor, part: str) -> None:
    """End a server as a crash would, and wait until it is gone."""
    (found,) = [status for status in supervisor.status() if status.name.startswith(part)]
    os.kill(found.pid, signal.SIGKILL)
    while supervisor.alive(found.name):
        time.sleep(0.01)


def running() -> list[str]:
    """Names of all processes below this one that a Supervisor started, and of their descendants."""
    return [child.name() for child in psutil.Process().children(recursive=True) if _is_ours(child)]


def _is_ours(process: psutil.Process) -> bool:
    try:
        return MARK in process.environ() or process.name() == "postgres"
    except psutil.Error:
        return False
