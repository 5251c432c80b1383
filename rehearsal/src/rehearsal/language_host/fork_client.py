"""Client of the fork servers, which run Python programs in forks.

A fork server has already imported the modules of earlier runs, so a run in a fork spends no time on imports. The server
rejects every run that would behave differently in a fresh interpreter. A run that no server accepts gets a fresh
interpreter.

Two servers take turns, one engine operation each. A server that was used restarts with a new hash seed. Forks inherit
the seed of their server, so a bug that depends on the order of a set could otherwise stay hidden.

This file is also a script. It is the first thing that the engine waits for, so it imports only the standard library.
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
"""Timeout for connecting and for the response. The server may be busy importing a module."""


class ConnectionLostError(Exception):
    """The connection was closed in the middle of a message."""


@dataclass(frozen=True)
class Launch:
    """Command, environment and working directory of a run.

    `arguments` follow `python -u`: a script or `-m MODULE`, then its own arguments.
    """

    python: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    directory: str


@dataclass(frozen=True)
class RunResult:
    """Exit code and processor time in seconds.

    If a signal ended the run, the code is the signal's number, negated.
    """

    code: int
    processor_seconds: float


class Run(Protocol):
    """A running program."""

    def wait(self) -> RunResult:
        """Wait until the run has ended and return its result. Call this only once."""

    def end(self) -> None:
        """Terminate the run, as SIGTERM does; do nothing if it has already ended."""


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
        """Wait until the run has ended. `os.wait4` also returns its processor time."""
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return RunResult(self._process.returncode, usage.ru_utime + usage.ru_stime)

    def end(self) -> None:
        """Send SIGTERM."""
        if self._process.returncode is None:
            self._process.terminate()


class ForkedRun:
    """Run in a child of a fork server; the child lives as long as the connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def wait(self) -> RunResult:
        """Wait for the fork server's report.

        A lost connection is logged and counts as a killed run.
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

    The fork server is the one of this process, the language host. The run's own environment can lack it: the engine
    starts policy packs with the engine's environment.

    Raises OSError in the same cases as `subprocess.Popen`.
    """
    path = os.environ.get(SOCKET)
    return (start_fork(path, launch, descriptors) if path else None) or FreshRun(launch, descriptors)


def choose_server(directory: str) -> str | None:
    """Return the socket of the least recently used server, or None.

    Setting the modification time of the socket marks its server as used.
    """
    try:
        sockets = sorted(Path(directory).glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime_ns)
        os.utime(sockets[0])
    except (OSError, IndexError):
        return None
    return str(sockets[0])


def start_fork(path: str, launch: Launch, descriptors: Sequence[int]) -> ForkedRun | None:
    """Start a run in a fork server.

    Return None if the server rejects the run or can't be reached. The reason is in the server's log or in ours.
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
            # The descriptors are sent only to a server that answers. In the queue of a server that hangs, they would
            # keep the engine's pipes open.
            socket.send_fds(connection, [GO], list(descriptors))
        connection.settimeout(None)
    except (ConnectionLostError, OSError) as failure:
        connection.close()
        _note(f"the fork server at {path} does not answer ({failure}); this run uses a fresh interpreter")
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
    """Receive `count` descriptors and make them non-inheritable.

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

    The shim on the engine's PATH runs this command. Programs run in the same fork server as the language host.
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
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # the engine ends this process with SIGINT, which closes the connection
    if run is None:
        os.execve(launch.python, [launch.python, "-u", *launch.arguments], environment)  # noqa: S606  # we are its shim
    return run.wait().code


if __name__ == "__main__":
    sys.exit(main())
