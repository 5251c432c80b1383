"""Client of the fork servers, which run Python in a fork.

Without a server, a run gets a fresh interpreter.

A fork server has imported the modules of earlier runs, so a run spends no time on imports. It refuses every run that
would behave differently than in a fresh interpreter.

Two servers take turns, one engine operation each, and a server that was used starts again: a fork inherits the hash
seed of its server, and a bug that depends on the order of a set must be able to show.

This file is also a script, and the first thing that the engine waits for, so it imports only the standard library.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

SOCKETS = "REHEARSAL_FORK_SERVERS"
"""Environment variable: directory of the fork servers' Unix sockets."""
SOCKET = "REHEARSAL_FORK_SERVER"
"""Environment variable: socket of the fork server that runs the programs of one engine operation."""
SUFFIX = ".sock"
SIZE_BYTES = 8
GO = b"!"
"""Payload of the message that carries the descriptors."""
CONNECT_SECONDS = 10.0
"""Timeout for connecting and for the answer; the server may be importing a module."""


class ConnectionLostError(Exception):
    """The connection was closed in the middle of a message."""


@dataclass(frozen=True)
class Launch:
    """Command, environment and working directory of a run.

    `arguments` are those of `python -u`: a script or `-m MODULE`, with its own arguments.
    """

    python: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    directory: str


@dataclass(frozen=True)
class RunResult:
    """Exit code and processor time in seconds.

    A negative code is the number of the signal that ended the run.
    """

    code: int
    processor_seconds: float


class Run(Protocol):
    """A running program."""

    def wait(self) -> RunResult:
        """Wait for its end. Call this once."""

    def end(self) -> None:
        """End it as SIGTERM does; harmless if it has ended."""


class FreshRun:
    """Run in a fresh interpreter."""

    def __init__(self, launch: Launch, descriptors: Sequence[int]) -> None:
        standard_input, standard_output, standard_error = descriptors
        self._process = subprocess.Popen(
            [launch.python, "-u", *launch.arguments],
            cwd=launch.directory,
            env=dict(launch.environment),
            stdin=standard_input,
            stdout=standard_output,
            stderr=standard_error,
        )

    def wait(self) -> RunResult:
        """Wait for its end; the kernel accounts for the processor time."""
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return RunResult(self._process.returncode, usage.ru_utime + usage.ru_stime)

    def end(self) -> None:
        """Send SIGTERM."""
        if self._process.returncode is None:
            self._process.terminate()


class ForkedRun:
    """Run in a fork of a fork server, which lives as long as the connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def wait(self) -> RunResult:
        """Wait for the fork server's report.

        A lost connection counts as a killed run, and the log says so.
        """
        with self._connection:
            try:
                answer = receive(self._connection)
            except (ConnectionLostError, OSError) as failure:
                _note(f"the fork server ended during a run ({failure}); its log is logs/fork-server.log")
                return RunResult(-9, 0.0)
        return RunResult(answer["code"], answer["processor_seconds"])

    def end(self) -> None:
        """Close our half of the connection.

        The fork server ends the child and still reports its result.
        """
        try:
            self._connection.shutdown(socket.SHUT_WR)
        except OSError:
            return  # it has ended


def start(launch: Launch, descriptors: Sequence[int]) -> Run:
    """Start a run with these descriptors as its standard input, output and error.

    Raises OSError as Popen does.
    """
    path = launch.environment.get(SOCKET)
    return (start_fork(path, launch, descriptors) if path else None) or FreshRun(launch, descriptors)


def choose_server(directory: str) -> str | None:
    """Return the socket of the least recently used server, or None.

    The server is marked as used.
    """
    try:
        sockets = sorted(Path(directory).glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime_ns)
        os.utime(sockets[0])
    except (OSError, IndexError):
        return None
    return str(sockets[0])


def start_fork(path: str, launch: Launch, descriptors: Sequence[int]) -> ForkedRun | None:
    """Start a run in a fork server.

    Return None if it refuses or can't be reached; its log or ours says why.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(path)
        request = {
            "python": launch.python,
            "arguments": list(launch.arguments),
            "environment": dict(launch.environment),
            "directory": launch.directory,
        }
        send(connection, request)
        accepted = receive(connection)["accepted"]
        if accepted:
            # Only now: a server that hangs would keep descriptors in its queue, and so the engine's pipes, open.
            socket.send_fds(connection, [GO], list(descriptors))
        connection.settimeout(None)
    except (ConnectionLostError, OSError) as failure:
        connection.close()
        _note(f"the fork server at {path} does not answer ({failure}); this run gets a fresh interpreter")
        return None
    if not accepted:
        connection.close()
        return None
    return ForkedRun(connection)


def send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    """Send one message. Raises OSError."""
    body = json.dumps(message).encode()
    connection.sendall(len(body).to_bytes(SIZE_BYTES, "big") + body)


def receive(connection: socket.socket) -> Any:
    """Receive one message. Raises ConnectionLostError, OSError."""
    return json.loads(_exactly(connection, int.from_bytes(_exactly(connection, SIZE_BYTES), "big")))


def receive_descriptors(connection: socket.socket, count: int) -> list[int]:
    """Receive `count` descriptors, not inheritable.

    Raises ConnectionLostError, OSError.
    """
    go, descriptors, _, _ = socket.recv_fds(connection, len(GO), count)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)  # noqa: FBT003  # the signature is Python's
    if go != GO or len(descriptors) != count:
        for descriptor in descriptors:
            os.close(descriptor)
        raise ConnectionLostError("the client did not send its descriptors")
    return descriptors


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        chunk = connection.recv(count - len(data))
        if not chunk:
            raise ConnectionLostError("the connection was closed")
        data += chunk
    return bytes(data)


def _note(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def main() -> int:
    """Run the language host: `python -I -S fork_client.py PACKAGE_ROOT ARGUMENT…`.

    The shim on the engine's PATH does that.

    The host's programs run in the same fork server as the host itself.
    """
    package_root, *arguments = sys.argv[1:]
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (package_root, environment.get("PYTHONPATH"))))
    directory = environment.get(SOCKETS)
    path = choose_server(directory) if directory else None
    if path:
        environment[SOCKET] = path
    launch = Launch(sys.executable, ("-m", "rehearsal.language_host", *arguments), environment, str(Path.cwd()))
    run = start_fork(path, launch, (0, 1, 2)) if path else None
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine ends us with it; the connection ends with us
    if run is None:
        os.execve(launch.python, [launch.python, "-u", *launch.arguments], environment)  # noqa: S606  # we are its shim
    return run.wait().code


if __name__ == "__main__":
    sys.exit(main())
