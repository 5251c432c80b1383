"""Fork server: forks a child per run, with the packages already imported.

The server has one thread and never uses gRPC, because neither threads nor gRPC survive a fork. It ends when its
standard input is closed. The daemon holds this input open, so the server can't outlive the daemon.

After an engine operation, the server replaces itself with a new process (`exec`), which has a new random hash seed. If
PYTHONHASHSEED is set in the daemon's environment, the seed is fixed, as in any Python process.
"""

import argparse
import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.language_host import child
from rehearsal.language_host.fork_client import ConnectionLostError, receive, receive_descriptors, send
from rehearsal.language_host.modules import ImportFailedError, Preloaded, hidden_by

REQUEST_SECONDS = 5.0
GRACE_SECONDS = 5.0
"""Time for a child to end by itself after its client closed the connection."""
BUSY_SECONDS = 0.2
"""Pause after a run before modules are imported, because another run often follows at once."""
HOST_MODULE = "rehearsal.language_host"


@dataclass
class Child:
    """A running child.

    `deadline` is the time (monotonic seconds) at which the child is killed; None until its client is gone.
    """

    pid: int
    command: str
    connection: socket.socket
    deadline: float | None = None

    def signal(self, number: signal.Signals) -> None:
        """Signal the child and its descendants."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            os.kill(self.pid, number)  # it has not created its own group yet


class ForkServer:
    """Accepts runs, forks and reaps children, and imports modules between runs."""

    def __init__(
        self, address: Path, names_file: Path, listener: socket.socket, base: list[str], delay: float = 0.0
    ) -> None:
        self._arguments = (str(address), str(names_file), json.dumps(base))
        self._listener, self._modules, self._base = listener, Preloaded(names_file), base
        self._startup_variables = child.startup_variables(os.environ)
        self._children: dict[int, Child] = {}
        self._reports: dict[int, bytes] = {}
        self._stale = False
        self._used = False
        self._ending = False
        self._quiet_since = time.monotonic() + delay - BUSY_SECONDS
        self._selector = selectors.DefaultSelector()
        self._wake, self._waker = socket.socketpair()
        self._life, self._life_holder = os.pipe()

    def serve(self) -> Callable[[], None] | None:
        """Serve until the parent ends.

        In a forked child, return the function that the child must run.
        """
        for end in (self._wake, self._waker):
            end.setblocking(False)  # noqa: FBT003  # the signature is Python's
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "_ending", True))
        signal.set_wakeup_fd(self._waker.fileno())
        self._selector.register(self._wake, selectors.EVENT_READ, self._woken)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(sys.stdin, selectors.EVENT_READ, self._parent_gone)
        while not self._ending:
            for key, _ in self._selector.select(self._timeout()):
                task = key.data()
                if task is not None:
                    return task  # type: ignore[no-any-return]  # a selector's data is untyped
            self._reap()
            self._kill_overdue()
            if not self._children:
                # A restart would lose a report that is not yet complete.
                if self._stale or (self._used and not self._reports):
                    self._restart()
                elif self._idle:
                    self._import()
        self._end_children()
        return None

    @property
    def _idle(self) -> bool:
        return self._modules.pending and time.monotonic() - self._quiet_since >= BUSY_SECONDS

    def _timeout(self) -> float | None:
        if any(running.deadline for running in self._children.values()):
            return 0.1
        if self._modules.pending and not self._children:
            return 0.0 if self._idle else max(BUSY_SECONDS, self._quiet_since - time.monotonic())
        return None

    def _import(self) -> None:
        try:
            self._modules.import_next()
        except ImportFailedError as failure:
            log(str(failure))
            self._restart()
        if not self._modules.pending:
            log("has imported all modules of earlier runs")

    def _woken(self) -> None:
        self._wake.recv(4096)

    def _parent_gone(self) -> None:
        self._ending = True

    def _accept(self) -> Callable[[], None] | None:
        connection, _ = self._listener.accept()
        connection.settimeout(REQUEST_SECONDS)
        try:
            request = receive(connection)
            refusal = self._refusal(request)
            if refusal:
                log(f"{request['arguments'][:2]} runs in a fresh interpreter: {refusal}")
            send(connection, {"accepted": refusal is None})
            descriptors = [] if refusal else receive_descriptors(connection, 3)
        except (ConnectionLostError, OSError, ValueError) as failure:
            log(f"a client closed the connection before its run: {failure}")
            connection.close()
            return None
        if refusal:
            connection.close()
            return None
        task = self._fork(request, descriptors, connection)
        if task is None:
            for descriptor in descriptors:
                os.close(descriptor)
        return task

    def _refusal(self, request: Mapping[str, Any]) -> str | None:
        """Return the reason to reject a run, or None to accept it.

        A run is rejected if it would behave differently in a fresh interpreter.
        """
        if _identity(request["python"]) != _identity(sys.executable):
            return f"it needs {request['python']}, but this server runs {sys.executable}"
        requested = child.startup_variables(request["environment"])
        if requested != self._startup_variables:
            names = sorted({name for name, _ in requested.items() ^ self._startup_variables.items()})
            return f"Python reads {', '.join(names)} only at its start, and the server has other values"
        if changed := self._modules.changed():
            self._stale = True
            return f"{changed} has changed; restarting"
        if hidden := hidden_by(child.search_path(request), self._base):
            return f"{hidden} hides a module that is already imported"
        if threading.active_count() > 1:
            return f"an imported module has started threads: {[thread.name for thread in threading.enumerate()]}"
        return None

    def _fork(
        self, request: Mapping[str, Any], descriptors: list[int], connection: socket.socket
    ) -> Callable[[], None] | None:
        reading, writing = os.pipe()
        # A child that gets SIGTERM before it has its own handlers must not run the server's.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self._close_all(connection)
            return lambda: child.become(request, descriptors, self._base, writing, self._life)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        os.close(writing)
        connection.settimeout(None)
        running = Child(pid, str(request["arguments"][:2]), connection)
        self._children[pid] = running
        self._used = self._used or HOST_MODULE not in request["arguments"][:2]
        self._reports[reading] = b""
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._client_gone(running))
        self._selector.register(reading, selectors.EVENT_READ, lambda: self._read_report(reading))
        return None

    def _close_all(self, connection: socket.socket) -> None:
        """Close the server's descriptors in the child.

        The descriptors are not unregistered, because parent and child share the selector.
        """
        for key in self._selector.get_map().values():
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
            elif isinstance(key.fileobj, int):
                os.close(key.fileobj)
        self._selector.close()
        connection.close()
        self._waker.close()
        os.close(self._life_holder)

    def _client_gone(self, running: Child) -> None:
        """Handle a closed connection: the engine was killed, or it ends the run."""
        self._selector.unregister(running.connection)
        running.deadline = time.monotonic() + GRACE_SECONDS
        running.signal(signal.SIGTERM)

    def _kill_overdue(self) -> None:
        for running in self._children.values():
            if running.deadline and running.deadline < time.monotonic():
                log(f"{running.command} (pid {running.pid}) did not end after SIGTERM; killing it")
                running.signal(signal.SIGKILL)

    def _read_report(self, descriptor: int) -> None:
        chunk = os.read(descriptor, 65536)
        self._reports[descriptor] += chunk
        if not chunk:
            self._selector.unregister(descriptor)
            os.close(descriptor)
            self._modules.learn(child.reported(self._reports.pop(descriptor)))

    def _reap(self) -> None:
        for pid in list(self._children):
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if not ended:
                continue
            running = self._children.pop(pid)
            self._quiet_since = time.monotonic()
            if running.deadline is None:
                self._selector.unregister(running.connection)
            answer = {
                "code": os.waitstatus_to_exitcode(status),
                "processor_seconds": usage.ru_utime + usage.ru_stime,
            }
            with running.connection:
                try:
                    send(running.connection, answer)
                except OSError:
                    log(f"the client of {running.command} is gone; the run ended with {answer['code']}")

    def _restart(self) -> None:
        """Replace this process to get a new hash seed and the current packages.

        Meanwhile, connections wait in the listener's queue.
        """
        if self._stale:
            log("restarting")
        self._modules.save()
        os.set_inheritable(self._listener.fileno(), True)  # noqa: FBT003  # the signature is Python's
        again = [sys.executable, "-u", "-m", "rehearsal.language_host.fork_server", *self._arguments]
        os.execv(sys.executable, [*again, "--listener", str(self._listener.fileno())])  # noqa: S606  # ourselves

    def _end_children(self) -> None:
        for number, patience in ((signal.SIGTERM, GRACE_SECONDS / 2), (signal.SIGKILL, GRACE_SECONDS)):
            for running in self._children.values():
                running.signal(number)
            deadline = time.monotonic() + patience
            while self._children and time.monotonic() < deadline:
                self._selector.select(0.1)
                self._reap()


def log(sentence: str) -> None:
    """Write to this process's log.

    `logging` is not used, because a child must find `logging` in the state of a fresh interpreter.
    """
    sys.stderr.write(f"{time.strftime('%F %T')} {sentence}\n")


def _identity(python: str) -> tuple[str, str]:
    """Return a value that is equal for interpreters of the same version and packages."""
    return os.path.realpath(python), os.path.realpath(Path(python).parent.parent)


def main() -> Callable[[], None] | None:
    """Run `python -u -m … SOCKET NAMES_FILE BASE`.

    PYTHONPATH must contain the root of this package.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("socket", type=Path)
    parser.add_argument("names_file", type=Path)
    parser.add_argument("base", type=json.loads, help="the interpreter's own search path, as JSON")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before the first import")
    parser.add_argument("--listener", type=int)
    options = parser.parse_args()
    if options.listener is None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # The socket gets its final name when it listens. Before that, a connection would be refused.
        unready = options.socket.with_suffix(".new")
        listener.bind(str(unready))
        listener.listen(64)
        unready.rename(options.socket)
    else:
        listener = socket.socket(fileno=options.listener)
        os.set_inheritable(options.listener, False)  # noqa: FBT003  # the signature is Python's
    task = ForkServer(options.socket, options.names_file, listener, options.base, options.delay).serve()
    if task is None:
        options.socket.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the supervisor may have removed the directory, or another server uses it
            options.socket.parent.rmdir()
    return task


if __name__ == "__main__":
    run = main()
    if run is not None:
        run()
