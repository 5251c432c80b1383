"""Keeps a warm interpreter beside the daemon: started with it, ended with it."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_exponential

from rehearsal.home import Home

log = logging.getLogger(__name__)

START_SECONDS = 20.0
STOP_SECONDS = 10.0
MEMORY = "warm-modules.json"
FORK_SUPPORT = "GRPC_ENABLE_FORK_SUPPORT"
"""gRPC's setting: off in the daemon, whose children only ever exec. On, gRPC's handlers can abort such a child."""
PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])


@contextmanager
def warm_interpreter(home: Home) -> Iterator[Path]:
    """Run the warm interpreter; yields the path of its socket, which lies in a directory of the owner's.

    Not below the rehearsal: the path of a Unix socket may have 100 bytes, and a project can lie deeper than that.
    """
    directory = Path(tempfile.mkdtemp(prefix="rehearsal-"))
    address = directory / "warm"
    process = _spawn(home, address)
    ending = threading.Event()
    threading.Thread(target=_watch, args=(process, ending), daemon=True).start()
    try:
        _await(address, process)
        yield address
    finally:
        ending.set()
        assert process.stdin is not None  # noqa: S101  # it is a pipe
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(directory, ignore_errors=True)


def _spawn(home: Home, address: Path) -> subprocess.Popen[bytes]:
    memory = home.root.parent / "cache" / MEMORY
    command = [sys.executable, "-u", "-m", "rehearsal.language_host.forkserver", str(address), str(memory)]
    with (home.logs / "warm.log").open("a") as output:
        return subprocess.Popen(
            command,
            cwd=address.parent,
            env={**_environment(), "PYTHONPATH": PACKAGE_ROOT},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
        )


def _environment() -> dict[str, str]:
    """The daemon's own, but for what only the daemon must not have: programs run without that setting."""
    return {name: value for name, value in os.environ.items() if name != FORK_SUPPORT}


def _await(address: Path, process: subprocess.Popen[bytes]) -> None:
    try:
        Retrying(
            retry=retry_if_result(lambda ready: not ready),
            wait=wait_exponential(multiplier=0.01, max=0.1),
            stop=stop_after_delay(START_SECONDS),
        )(lambda: address.exists() or process.poll() is not None)
    except RetryError:
        log.warning("the warm interpreter is not there after %.0f s; programs start in fresh ones", START_SECONDS)


def _watch(process: subprocess.Popen[bytes], ending: threading.Event) -> None:
    """Say so when it ends by itself: everything still works, in fresh interpreters, but slower."""
    code = psutil.Process(process.pid).wait() if process.returncode is None else process.returncode
    if not ending.is_set():
        log.error("the warm interpreter ended with %s; programs start in fresh ones (logs/warm.log says more)", code)
