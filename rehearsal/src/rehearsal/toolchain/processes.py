"""Child processes of a build: one call cancels them all."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from rehearsal.toolchain.errors import BuildCancelledError

_GRACE_SECONDS = 5.0
"""Time for `go` to remove its work directory after an interrupt."""


class BuildProcesses:
    """Starts children in their own process groups; cancelling ends all of them.

    Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self.cancelled = threading.Event()

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        log: IO[str],
        each: Callable[[str], None],
    ) -> int:
        """Run a program, passing every line of stdout and stderr to `log` and `each`.

        Return its exit code.

        Raises:
            OSError: the program can't be started.
            BuildCancelledError: `cancel` was called.
        """
        log.write(f"$ {' '.join(map(str, argv))}\n")
        child = self._start(argv, cwd, environment)
        try:
            with child:
                for line in child.stdout or ():
                    log.write(line)
                    each(line.rstrip("\n"))
        finally:
            with self._lock:
                self._running.discard(child)
        if self.cancelled.is_set():
            raise BuildCancelledError
        return child.returncode

    def _start(self, argv: Sequence[str | Path], cwd: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        with self._lock:
            if self.cancelled.is_set():
                raise BuildCancelledError
            child = subprocess.Popen(
                argv,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                # In a separate group, Ctrl-C reaches only this process, which then ends go and its compilers together.
                start_new_session=True,
            )
            self._running.add(child)
            return child

    def cancel(self) -> None:
        """End every child and refuse new ones; return when all are gone.

        It is safe to call this again.
        """
        self.cancelled.set()
        with self._lock:
            children = list(self._running)
        for child in children:
            _signal_group(child, signal.SIGINT)
        for child in children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(_GRACE_SECONDS)
            # A surviving descendant would keep the output open, and `run` would wait for it.
            _signal_group(child, signal.SIGKILL)
            child.wait()


def _signal_group(child: subprocess.Popen[str], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)
