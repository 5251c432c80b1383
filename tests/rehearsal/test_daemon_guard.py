"""The `pulumi` shim says in one sentence that its rehearsal is not running."""

import os
import subprocess
from pathlib import Path

import pytest

from rehearsal import workspace
from rehearsal.cloud.names import backend_url
from rehearsal.daemon_guard import daemon_guard
from rehearsal.hints import CommandHints
from rehearsal.home import Home

PORT = 4566
ENTER = 'eval "$(ops rehearse env dev)"'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path, "dev")
    home.make()
    return home


def run_shim(home: Home, daemon: int, backend: str) -> subprocess.CompletedProcess[str]:
    real = home.project / "pulumi"
    real.write_text("#!/bin/sh\necho done\n")
    real.chmod(0o700)
    guard = daemon_guard("dev", daemon, PORT, CommandHints("ops rehearse"))
    workspace.write_shims(home, real, dict.fromkeys(workspace.PROVIDERS, 1), guard)
    environment = {**os.environ, "PULUMI_BACKEND_URL": backend}
    shim = [str(home.bin / "pulumi"), "preview"]
    return subprocess.run(shim, cwd=home.project, env=environment, capture_output=True, text=True, check=False)


def test_the_engine_runs_while_the_daemon_runs(home: Home) -> None:
    finished = run_shim(home, os.getpid(), backend_url("dev", PORT))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "done\n", "")


def test_a_dead_daemon_is_reported_instead_of_an_error_of_s3(home: Home) -> None:
    daemon = subprocess.Popen(["/bin/true"])
    daemon.wait()
    finished = run_shim(home, daemon.pid, backend_url("dev", PORT))
    assert (finished.returncode, finished.stdout) == (1, "")
    assert finished.stderr == f"The rehearsal of dev is not running. Run `ops rehearse up dev`, then: {ENTER}\n"


def test_a_shell_of_an_earlier_daemon_is_told_how_to_enter_the_present_one(home: Home) -> None:
    finished = run_shim(home, os.getpid(), backend_url("dev", PORT + 1))
    assert (finished.returncode, finished.stdout) == (1, "")
    assert finished.stderr == f"This shell belongs to an earlier rehearsal of dev. Run: {ENTER}\n"


def test_another_backend_needs_no_daemon(home: Home) -> None:
    daemon = subprocess.Popen(["/bin/true"])
    daemon.wait()
    assert run_shim(home, daemon.pid, f"file://{home.root}").stdout == "done\n"
