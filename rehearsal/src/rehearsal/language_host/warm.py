"""Starting a Python run: in a child of the warm interpreter where one serves, else in a fresh interpreter.

The warm interpreter (`forkserver`) has imported what earlier runs imported, so a run spends no time on it. It refuses
whatever would not go exactly as in a fresh interpreter. Only the standard library is imported here: this is also the
first thing that the engine waits for.
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

SOCKET = "REHEARSAL_WARM"
"""Environment variable: path of the warm interpreter's Unix socket."""
SIZE_BYTES = 8
GO = b"!"
"""Carries the descriptors."""
CONNECT_SECONDS = 10.0
"""For connecting and for the answer whether the run is accepted; it may have to wait for one import of a module."""


class ConnectionLostError(Exception):
    """The other side went away in the middle of a message."""


@dataclass(frozen=True)
class Launch:
    """What to run: `arguments` are those of `python -u`: a script or `-m MODULE`, and its own arguments."""

    python: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    directory: str


@dataclass(frozen=True)
class Ended:
    """How a run ended: exit code (negative: number of the signal that ended it) and processor time in seconds."""

    code: int
    processor_seconds: float


class Run(Protocol):
    """A run under way."""

    def wait(self) -> Ended:
        """Wait for its end. To be called once."""

    def end(self) -> None:
        """Ask it to end, as with SIGTERM; harmless when it has ended."""


class FreshRun:
    """A run in an interpreter of its own."""

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

    def wait(self) -> Ended:
        """Wait with the kernel's account of its processor time."""
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return Ended(self._process.returncode, usage.ru_utime + usage.ru_stime)

    def end(self) -> None:
        """Send SIGTERM."""
        if self._process.returncode is None:
            self._process.terminate()


class WarmRun:
    """A run in a child of the warm interpreter; the connection is its life line."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def wait(self) -> Ended:
        """Wait for the warm interpreter's account. A lost one counts as killed, and the log says so."""
        with self._connection:
            try:
                answer = receive(self._connection)
            except (ConnectionLostError, OSError) as failure:
                _note(f"the warm interpreter went away during a run ({failure}); its log is logs/warm.log")
                return Ended(-9, 0.0)
        return Ended(answer["code"], answer["processor_seconds"])

    def end(self) -> None:
        """Hang up our half; the warm interpreter ends the child and still tells how it ended."""
        try:
            self._connection.shutdown(socket.SHUT_WR)
        except OSError:
            return  # it has ended


def start(launch: Launch, descriptors: Sequence[int]) -> Run:
    """Start a run with these descriptors as its standard input, output and error. Raises OSError as Popen does."""
    path = launch.environment.get(SOCKET)
    return (warm_run(path, launch, descriptors) if path else None) or FreshRun(launch, descriptors)


def warm_run(path: str, launch: Launch, descriptors: Sequence[int]) -> WarmRun | None:
    """Ask the warm interpreter; None when it refuses (its own log says why) or can't be reached (ours does)."""
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
            # Only now: what waits in the queue of a server that hangs would keep the engine's pipes open for ever.
            socket.send_fds(connection, [GO], list(descriptors))
        connection.settimeout(None)
    except (ConnectionLostError, OSError) as failure:
        connection.close()
        _note(f"the warm interpreter at {path} does not answer ({failure}); this run gets a fresh interpreter")
        return None
    if not accepted:
        connection.close()
        return None
    return WarmRun(connection)


def send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    """Send one message. Raises OSError."""
    body = json.dumps(message).encode()
    connection.sendall(len(body).to_bytes(SIZE_BYTES, "big") + body)


def receive(connection: socket.socket) -> Any:
    """Receive one message. Raises ConnectionLostError, OSError."""
    return json.loads(_exactly(connection, int.from_bytes(_exactly(connection, SIZE_BYTES), "big")))


def receive_descriptors(connection: socket.socket, count: int) -> list[int]:
    """Receive that many descriptors, not inheritable. Raises ConnectionLostError, OSError."""
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
    """`python -I -S warm.py PACKAGE_ROOT ARGUMENT…`: be the language host. For the shim that the engine starts."""
    package_root, *arguments = sys.argv[1:]
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (package_root, environment.get("PYTHONPATH"))))
    launch = Launch(sys.executable, ("-m", "rehearsal.language_host", *arguments), environment, str(Path.cwd()))
    path = environment.get(SOCKET)
    run = warm_run(path, launch, (0, 1, 2)) if path else None
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine's way to end us; the connection ends with us
    if run is None:
        os.execve(launch.python, [launch.python, "-u", *launch.arguments], environment)  # noqa: S606  # we are its shim
    return run.wait().code


if __name__ == "__main__":
    sys.exit(main())
