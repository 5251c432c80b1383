"""Start and end of the fork servers, together with the daemon."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_exponential

from rehearsal.home import Home
from rehearsal.language_host.fork_client import SUFFIX

log = logging.getLogger(__name__)

SERVERS = 2
"""Number of fork servers. While one restarts and imports its modules again, the other serves."""
SECOND_DELAY_SECONDS = 2.0
"""Delay of the second server's imports, which would otherwise compete with the daemon's start."""
START_SECONDS = 20.0
STOP_SECONDS = 10.0
NAMES_FILE = "preloaded-modules.json"
LOG = "fork-server.log"
FORK_SUPPORT = "GRPC_ENABLE_FORK_SUPPORT"
"""gRPC setting, which is off in the daemon. gRPC's fork handlers could abort the daemon's child processes. These need
no fork handlers, because they start another program (exec) at once.
"""
PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])


@contextmanager
def fork_servers(home: Home) -> Iterator[Path]:
    """Run the fork servers; yield the directory of their sockets.

    The directory is not inside the project: the path of a Unix socket has at most 107 bytes, and a project's path may
    be longer.
    """
    directory = Path(tempfile.mkdtemp(prefix="rehearsal-"))
    addresses = [directory / f"{number}{SUFFIX}" for number in range(SERVERS)]
    path = _interpreter_path()
    servers = [_spawn(home, address, path, number * SECOND_DELAY_SECONDS) for number, address in enumerate(addresses)]
    ending = threading.Event()
    for server in servers:
        threading.Thread(target=_watch, args=(server, ending), daemon=True).start()
    try:
        _await_first(addresses[0], servers[0])
        yield directory
    finally:
        ending.set()
        _end(servers)
        shutil.rmtree(directory, ignore_errors=True)


def _interpreter_path() -> str:
    """Return an interpreter's own `sys.path` as JSON.

    The entries of a script and of PYTHONPATH are not part of it.

    A fork server can't derive this path from its own `sys.path`, because Python leaves out a .pth entry that PYTHONPATH
    already contains.
    """
    environment = {name: value for name, value in _environment().items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", "import json, sys; print(json.dumps(sys.path[1:]))"]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def _spawn(home: Home, address: Path, path: str, delay: float) -> subprocess.Popen[bytes]:
    module = "rehearsal.language_host.fork_server"
    arguments = [str(address), str(home.cache / NAMES_FILE), path, f"--delay={delay}"]
    with (home.logs / LOG).open("a") as output:
        return subprocess.Popen(
            [sys.executable, "-u", "-m", module, *arguments],
            cwd=address.parent,
            env={**_environment(), "PYTHONPATH": PACKAGE_ROOT},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
        )


def _end(servers: Sequence[subprocess.Popen[bytes]]) -> None:
    for server in servers:
        assert server.stdin is not None  # noqa: S101  # it is a pipe
        server.stdin.close()
    for server in servers:
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _environment() -> dict[str, str]:
    """Return the daemon's environment without the setting that only the daemon needs."""
    return {name: value for name, value in os.environ.items() if name != FORK_SUPPORT}


def _await_first(address: Path, process: subprocess.Popen[bytes]) -> None:
    try:
        Retrying(
            retry=retry_if_result(lambda ready: not ready),
            wait=wait_exponential(multiplier=0.01, max=0.1),
            stop=stop_after_delay(START_SECONDS),
        )(lambda: address.exists() or process.poll() is not None)
    except RetryError:
        log.warning("no fork server after %.0f s; programs start in fresh interpreters", START_SECONDS)


def _watch(process: subprocess.Popen[bytes], ending: threading.Event) -> None:
    """Log the unexpected end of a fork server.

    Runs still work without the fork server, but more slowly, because they use fresh interpreters.
    """
    code = psutil.Process(process.pid).wait() if process.returncode is None else process.returncode
    if not ending.is_set():
        log.error(
            "a fork server ended unexpectedly (code %s); programs start in fresh interpreters (see logs/%s)", code, LOG
        )
