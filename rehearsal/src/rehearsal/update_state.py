"""State of a stack's last update: running, finished or interrupted."""

import socket
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

import psutil

SUCCEEDED = "succeeded"
"""Result of a successful update in the engine's history (sdk/go/common/apitype/history.go)."""


class UpdateState(Enum):
    """State of the last update of a stack."""

    NONE = "no update was recorded"
    RUNNING = "an engine holds the stack's lock"
    UNFINISHED = "it failed, or its engine was interrupted or killed"
    FINISHED = "it succeeded"


def update_state(last_result: str | None, pending: int, locks: Iterable[Mapping[str, Any]]) -> UpdateState:
    """Return the state of the last update.

    `last_result` is the result of the newest entry in the engine's history, or None without an entry. A killed engine
    records no entry, but leaves its lock and its `pending` operations.
    """
    held = [is_stale(lock) for lock in locks]
    if not all(held):
        return UpdateState.RUNNING
    if held or pending:
        return UpdateState.UNFINISHED
    if last_result is None:
        return UpdateState.NONE
    return UpdateState.FINISHED if last_result == SUCCEEDED else UpdateState.UNFINISHED


def is_stale(lock: Mapping[str, Any]) -> bool:
    """Return True if the engine that took a lock on this machine no longer runs."""
    return lock["hostname"] == socket.gethostname() and not psutil.pid_exists(lock["pid"])
