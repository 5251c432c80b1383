"""A rehearsal reports failures in one sentence and recovers from them."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rehearsal.daemon import DaemonInfo
from tests.integration.conftest import Checkout

pytestmark = pytest.mark.integration

PROGRAM = """
import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("notes", tags={"team": "elsewhere"})
analyzer = aws.accessanalyzer.Analyzer("outside", analyzer_name="outside")
pulumi.export("bucket", bucket.bucket)
"""


@pytest.fixture
def shop(checkout: Checkout, tmp_path: Path) -> Iterator[Path]:
    project = tmp_path / "shop"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (project / "__main__.py").write_text(PROGRAM)
    yield project
    checkout.ops("rehearse", "down", "play", "--project", str(project))


def test_all_settings_mistakes_are_reported_and_nothing_changes(own_checkout: Checkout) -> None:
    settings = own_checkout.root / "Pulumi.dev.yaml"
    settings.write_text(settings.read_text().replace("replicas: 1", "replicas: one").replace("monthlyBudget", "budget"))
    rejected = own_checkout.ops("rehearse", "up", "dev", check=False)
    assert rejected.returncode == 1
    assert "Pulumi.dev.yaml: 3 mistakes" in rejected.stderr
    assert "scale.replicas" in rejected.stderr
    assert "cost.monthlyBudget" in rejected.stderr
    assert not (own_checkout.root / ".rehearsal").exists()


def test_foreign_project_is_rehearsed_and_recorded_types_are_listed(checkout: Checkout, shop: Path) -> None:
    shown = checkout.ops("rehearse", "up", "play", "--project", str(shop)).stdout
    assert "Recorded, not emulated: aws:accessanalyzer/analyzer:Analyzer (1)" in shown
    again = checkout.ops("rehearse", "up", "play", "--project", str(shop)).stdout
    assert "play is up: no changes" in again


def test_dead_daemon_is_reported_and_next_up_starts_empty(checkout: Checkout, shop: Path) -> None:
    checkout.ops("rehearse", "up", "play", "--project", str(shop))
    daemon = DaemonInfo.load(Checkout(shop).home("play"))
    assert daemon is not None
    os.kill(daemon.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(daemon.pid)] if psutil.pid_exists(daemon.pid) else [], timeout=5)
    status = checkout.ops("rehearse", "status", "play", "--project", str(shop), check=False)
    assert status.returncode == 1
    assert "the emulated AWS of play has died" in status.stderr
    shown = checkout.ops("rehearse", "up", "play", "--project", str(shop)).stdout
    assert "this rehearsal starts from scratch" in shown


def test_ctrl_c_stops_the_engine_and_the_next_up_resumes(checkout: Checkout) -> None:
    ops = checkout.start_ops("rehearse", "up", "dev")
    while not checkout.running("pulumi", "up"):
        assert ops.poll() is None
        time.sleep(0.1)
    time.sleep(3)
    ops.send_signal(signal.SIGINT)
    printed, _ = ops.communicate(timeout=300)
    assert ops.returncode == 130
    assert "Traceback" not in printed
    assert "end them with `ops rehearse down dev`" in " ".join(printed.split())
    assert not checkout.running("pulumi")
    assert "dev is up" in checkout.ops("rehearse", "up", "dev").stdout


def test_dead_server_is_reported_and_restarts_with_its_data(checkout: Checkout) -> None:
    checkout.ops("rehearse", "up", "dev")
    apiserver = checkout.running("kube-apiserver")[0]
    apiserver.kill()
    while apiserver.is_running() and apiserver.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.1)
    status = checkout.ops("rehearse", "status", "dev", check=False)
    assert status.returncode == 1
    assert "died" in status.stdout
    assert "dev is up: no changes" in checkout.ops("rehearse", "up", "dev").stdout
    assert checkout.ops("rehearse", "status", "dev").returncode == 0
    checkout.ops("rehearse", "down", "dev")
    assert checkout.processes() == []


def test_concurrent_commands_on_one_rehearsal_are_rejected(checkout: Checkout, shop: Path) -> None:
    first = checkout.start_ops("rehearse", "up", "play", "--project", str(shop))
    lock = shop / ".rehearsal" / "play" / "lock"
    while not (lock.exists() and lock.read_text()):
        assert first.poll() is None
        time.sleep(0.02)
    second = checkout.ops("rehearse", "up", "play", "--project", str(shop), check=False)
    assert second.returncode == 1
    assert f"another `ops rehearse` (pid {first.pid}) is working on play" in second.stderr
    first.communicate(timeout=600)
    assert first.returncode == 0


def test_help_works_without_a_rehearsal(checkout: Checkout) -> None:
    shown = subprocess.run(
        [str(checkout.root / ".venv" / "bin" / "ops"), "rehearse", "--help"], capture_output=True, text=True, check=True
    )
    assert all(verb in shown.stdout for verb in ("up", "env", "status", "down"))
