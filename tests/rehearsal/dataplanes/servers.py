"""Helpers for tests of the real servers: binaries and processes."""

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
    """Return the path of a tool.

    A missing server fails the test instead of skipping it.
    """
    path = TOOLS.find(name)
    if path is None:
        pytest.fail(f"{name} is missing; build it with `rehearse tools {name}`")
    return path


def kill(supervisor: Supervisor, prefix: str) -> None:
    """Kill the process whose name starts with a prefix, and wait until it is gone."""
    (process,) = [status for status in supervisor.status() if status.name.startswith(prefix)]
    os.kill(process.pid, signal.SIGKILL)
    while supervisor.alive(process.name):
        time.sleep(0.01)


def running() -> list[str]:
    """Return the names of all descendants of this process that a Supervisor started."""
    return [child.name() for child in psutil.Process().children(recursive=True) if _is_ours(child)]


def _is_ours(process: psutil.Process) -> bool:
    try:
        return MARK in process.environ() or process.name() == "postgres"
    except psutil.Error:
        return False
