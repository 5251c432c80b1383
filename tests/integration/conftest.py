"""Checkout of the platform that a test may edit, and its rehearsals."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from rehearsal.daemon import DaemonInfo
from rehearsal.home import Home

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = (".venv", ".tools")
"""Directories that test checkouts share read-only with this one."""


@dataclass(frozen=True)
class Checkout:
    """A copy of the tracked files, with its own `.rehearsal`."""

    root: Path

    def ops(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `ops` of this checkout with captured output and no input."""
        return self._run([sys.executable, "-m", "operations", *arguments], self.environment(), check=check)

    def start_ops(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `ops` of this checkout without waiting for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "operations", *arguments],
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def shell(self, stack: str, command: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in a shell after `eval "$(ops rehearse env STACK)"`."""
        script = f'eval "$({sys.executable} -m operations rehearse env {stack})" && {command}'
        return self._run(["/bin/sh", "-c", script], self.environment(), check=check)

    def home(self, stack: str) -> Home:
        """Return the directory of a stack's rehearsal."""
        return Home(self.root, stack)

    def daemon(self, stack: str) -> DaemonInfo:
        """Return the running daemon of a stack."""
        info = DaemonInfo.load(self.home(stack))
        assert info is not None
        return info

    def control(self, stack: str, operation: str, argument: Mapping[str, Any] | None = None) -> Any:
        """Call the control API of a stack's daemon."""
        return self.daemon(stack).control.call(operation, argument)

    def aws(self, stack: str, service: str, region: str = "us-east-1") -> Any:
        """Return a boto3 client of the emulated AWS of a stack."""
        return boto3.client(  # type: ignore[call-overload]  # the service is a variable
            service,
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{self.daemon(stack).aws_port}",
            aws_access_key_id="rehearsal",
            aws_secret_access_key="rehearsal",
        )

    def environment(self) -> dict[str, str]:
        """Return this process's environment with the checkout's code first in the path."""
        return {**os.environ, "PYTHONPATH": str(self.root), "COLUMNS": "160"}

    def processes(self) -> list[psutil.Process]:
        """Return every process that uses this checkout."""
        return [process for process in psutil.process_iter() if self._concerns(process)]

    def running(self, program: str, argument: str = "") -> list[psutil.Process]:
        """Return the processes of this checkout that run a program.

        If `argument` is set, return only processes with this argument.
        """
        matches = []
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.name() == program and (not argument or argument in process.cmdline()):
                    matches.append(process)
        return matches

    def _concerns(self, process: psutil.Process) -> bool:
        if process.pid == os.getpid():
            return False
        try:
            texts = [*process.cmdline(), process.cwd(), process.environ().get("REHEARSAL_ENGINE", "")]
        except psutil.Error:
            return False
        return any(str(self.root) in text for text in texts)

    def _run(
        self, command: list[str], environment: Mapping[str, str], *, check: bool
    ) -> subprocess.CompletedProcess[str]:
        finished = subprocess.run(
            command,
            cwd=self.root,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and finished.returncode:
            pytest.fail(f"{command} ended with {finished.returncode}:\n{finished.stdout}\n{finished.stderr}")
        return finished


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """One checkout shared by tests that do not edit it."""
    copied = copy(tmp_path_factory.mktemp("checkout") / "platform")
    yield copied
    end(copied)


@pytest.fixture
def own_checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout for a test that edits it."""
    copied = copy(tmp_path / "platform")
    yield copied
    end(copied)


def copy(root: Path) -> Checkout:
    """Copy all files that Git does not ignore, and link the directories in `SHARED`."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607  # git is a requirement
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source = REPOSITORY / name
        if source.is_file():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    for name in SHARED:
        (root / name).symlink_to(REPOSITORY / name)
    return Checkout(root)


def end(checkout: Checkout) -> None:
    """End every rehearsal of a checkout, whatever state the test has left it in."""
    for directory in (checkout.root / ".rehearsal").glob("*/lock"):
        checkout.ops("rehearse", "down", directory.parent.name, check=False)
