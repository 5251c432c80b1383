"""Servers of a killed daemon are stopped and removed by the next process."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from rehearsal.dataplanes import DataPlanes
from rehearsal.home import Home
from tests.rehearsal.dataplanes.servers import binary, running

pytestmark = pytest.mark.integration

DAEMON = """
import sys, time
from pathlib import Path
from rehearsal.dataplanes import DataPlanes
from rehearsal.home import Home
from tests.rehearsal.dataplanes.servers import binary
planes = DataPlanes(Home(Path(sys.argv[1]), "dev"), binary)
planes.databases.create("records", "us-east-1", "campus", "correct-horse")
planes.vault.ensure()
planes.clusters.create("main", "us-east-1")
print("serving", flush=True)
time.sleep(60)
"""


def test_remove_leftovers_stops_the_servers_of_a_killed_daemon(home: Home) -> None:
    with subprocess.Popen(
        (sys.executable, "-c", DAEMON, str(home.project)), stdout=subprocess.PIPE, text=True
    ) as daemon:
        assert daemon.stdout
        assert daemon.stdout.readline() == "serving\n"
        orphans = psutil.Process(daemon.pid).children(recursive=True)
        databases = (home.data / "postgres").resolve()
        daemon.send_signal(signal.SIGKILL)
    assert len(orphans) > 7
    assert sorted(name.split(".")[0] for name in DataPlanes.remove_leftovers(home)) == [
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kwok",
        "postgres",
        "vault",
    ]
    _, alive = psutil.wait_procs(orphans, 5)
    assert alive == []
    assert not databases.exists()
    assert DataPlanes.remove_leftovers(home) == []


def test_stopping_everything_leaves_no_process(home: Home) -> None:
    planes = DataPlanes(home, binary)
    planes.databases.create("records", "us-east-1", "campus", "correct-horse")
    planes.vault.ensure()
    assert [status.alive for status in planes.status()] == [True, True]
    planes.stop_all()
    assert running() == []
    assert planes.status() == ()
    planes.stop_all()


def test_no_server_runs_before_first_use(home: Home) -> None:
    planes = DataPlanes(home, lambda name: Path("/nowhere") / name)
    assert planes.status() == ()
    assert planes.heal() == ()
    planes.stop_all()
