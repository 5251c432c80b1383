"""Child processes are started, watched and ended, and never left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rehearsal.home import Home
from rehearsal.processes import (
    PortTakenError,
    ProcessError,
    ProcessSpec,
    Supervisor,
    free_ports,
    on_free_ports,
    port_open,
)

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
STUBBORN = (sys.executable, "-c", "import signal,time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)")
PARENT = (
    sys.executable,
    "-c",
    "import subprocess,sys,time; subprocess.Popen(['sleep', '60'], start_new_session=True); time.sleep(60)",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path, "dev")
    home.make()
    return home


@pytest.fixture
def supervisor(home: Home) -> Iterator[Supervisor]:
    supervisor = Supervisor(home)
    yield supervisor
    supervisor.stop_all(timeout=1)


def spec(tmp_path: Path, argv: tuple[str, ...] = SLEEP, name: str = "sleeper", **more: object) -> ProcessSpec:
    return ProcessSpec(**({"name": name, "argv": argv, "cwd": tmp_path, "ready": lambda: True} | more))  # type: ignore[arg-type]  # a test's shorthand


def test_a_process_is_ready_when_its_probe_says_so(supervisor: Supervisor, tmp_path: Path) -> None:
    answers = iter([False, False, True])
    pid = supervisor.start(spec(tmp_path, ready=lambda: next(answers)))
    assert psutil.pid_exists(pid)
    assert [(status.name, status.alive) for status in supervisor.status()] == [("sleeper", True)]


def test_stop_ends_a_process_that_ignores_the_request(supervisor: Supervisor, home: Home, tmp_path: Path) -> None:
    log = home.logs / "sleeper.log"
    pid = supervisor.start(spec(tmp_path, (sys.executable, "-u", *STUBBORN[1:]), ready=lambda: "up" in log.read_text()))
    supervisor.stop("sleeper", timeout=0.2)
    assert not psutil.pid_exists(pid)
    assert supervisor.status() == ()


def test_stop_ends_what_the_process_started_in_other_groups(supervisor: Supervisor, tmp_path: Path) -> None:
    def has_child() -> bool:
        return any(child.name() == "sleep" for child in psutil.Process().children(recursive=True))

    pid = supervisor.start(spec(tmp_path, PARENT, ready=has_child))
    (grandchild,) = psutil.Process(pid).children()
    supervisor.stop("sleeper", timeout=1)
    assert not grandchild.is_running()


def test_a_process_that_ends_while_starting_is_reported_with_its_output(
    supervisor: Supervisor, home: Home, tmp_path: Path
) -> None:
    failing = (sys.executable, "-c", "raise SystemExit('no such region: mars')")
    with pytest.raises(ProcessError, match=r"sleeper ended with exit code 1 .* no such region: mars; .*sleeper\.log"):
        supervisor.start(spec(tmp_path, failing, ready=lambda: False))
    assert supervisor.status() == ()
    assert Supervisor.kill_leftovers(home) == []


def test_a_process_that_never_serves_is_ended(supervisor: Supervisor, tmp_path: Path) -> None:
    others = set(psutil.Process().children())
    with pytest.raises(ProcessError, match=r"sleeper was not ready after 0\.1 s"):
        supervisor.start(spec(tmp_path, ready=lambda: False, ready_timeout=0.1))
    assert set(psutil.Process().children()) <= others


def test_a_missing_binary_is_named(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match="/nowhere/etcd does not exist; install or build it"):
        supervisor.start(spec(tmp_path, ("/nowhere/etcd",)))


def test_a_full_disk_is_named(supervisor: Supervisor, tmp_path: Path) -> None:
    failing = (sys.executable, "-c", "open('/dev/full', 'wb', 0).write(b'x')")
    with pytest.raises(ProcessError, match=r"no space left on the disk of .*; free some space and start again"):
        supervisor.start(spec(tmp_path, failing, ready=lambda: False))


def test_a_name_runs_only_once(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(spec(tmp_path))
    with pytest.raises(ProcessError, match="sleeper is already running"):
        supervisor.start(spec(tmp_path))


def test_a_taken_port_is_recognized_and_another_one_is_tried(supervisor: Supervisor, tmp_path: Path) -> None:
    tried: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as occupant:

        def serve(ports: tuple[int, ...]) -> int:
            port = ports[0] if tried else occupant.getsockname()[1]
            tried.append(port)
            server = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1")
            supervisor.start(spec(tmp_path, server, ready=lambda: bool(tried[1:]) and port_open(port)))
            return port

        assert port_open(on_free_ports(1, serve))
    assert len(tried) == 2


def test_ports_taken_again_and_again_are_an_error() -> None:
    def never(ports: tuple[int, ...]) -> None:
        raise PortTakenError(f"port {ports[0]} was taken")

    with pytest.raises(PortTakenError, match="was taken"):
        on_free_ports(1, never)


def test_free_ports_differ_and_can_be_bound() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    with socket.create_server(("127.0.0.1", ports[0])):
        assert port_open(ports[0])


def test_a_dead_process_can_be_started_again(supervisor: Supervisor, home: Home, tmp_path: Path) -> None:
    first = supervisor.start(spec(tmp_path))
    os.kill(first, signal.SIGKILL)
    while supervisor.alive("sleeper"):
        time.sleep(0.01)
    second = supervisor.start(spec(tmp_path))
    assert supervisor.alive("sleeper")
    assert [entry["pid"] for entry in json.loads((home.root / "processes.json").read_text())] == [second]


def test_many_threads_start_at_once_without_waiting_for_each_other(supervisor: Supervisor, tmp_path: Path) -> None:
    together = threading.Barrier(5)

    def start(index: int) -> None:
        supervisor.start(spec(tmp_path, name=f"sleeper-{index}", ready=lambda: together.wait(10) >= 0))

    threads = [threading.Thread(target=start, args=(index,)) for index in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(status.alive for status in supervisor.status()) == 5


def test_leftovers_of_a_killed_parent_are_ended_and_nothing_else(home: Home, tmp_path: Path) -> None:
    program = f"""
import time
from pathlib import Path
from rehearsal.home import Home
from rehearsal.processes import ProcessSpec, Supervisor
supervisor = Supervisor(Home(Path({str(tmp_path)!r}), "dev"))
for name in ("one", "two"):
    supervisor.start(ProcessSpec(name=name, argv=("sleep", "60"), cwd=Path("/"), ready=lambda: True))
print("started", flush=True)
time.sleep(60)
"""
    with subprocess.Popen((sys.executable, "-c", program), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "started\n"
        started = psutil.Process(parent.pid).children()
        parent.send_signal(signal.SIGKILL)
    bystander = psutil.Popen(("sleep", "60"))
    try:
        assert all(process.is_running() for process in started)
        assert sorted(Supervisor.kill_leftovers(home, timeout=2)) == ["one", "two"]
        assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in started)
        assert bystander.is_running()
        assert Supervisor.kill_leftovers(home) == []
    finally:
        bystander.kill()
        bystander.wait()


def test_a_process_without_a_recorded_pid_is_found_by_its_mark(home: Home) -> None:
    registry = home.root / "processes.json"
    registry.write_text('[{"name": "etcd", "mark": "0123456789abcdef", "stop_signal": 15, "pid": null}]')
    with psutil.Popen(
        ("sleep", "60"), env={"REHEARSAL_PROCESS": "0123456789abcdef"}, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 5
        while process.name() != "sleep" and time.monotonic() < deadline:
            time.sleep(0.01)
        assert Supervisor.kill_leftovers(home, timeout=2) == ["etcd"]
    assert not process.is_running()


def test_a_recorded_pid_that_belongs_to_another_process_now_is_spared(home: Home) -> None:
    with psutil.Popen(("sleep", "60")) as stranger:
        registry = home.root / "processes.json"
        registry.write_text(
            f'[{{"name": "etcd", "mark": "m", "stop_signal": 15, "pid": {stranger.pid}, "created": 1000.0}}]'
        )
        assert Supervisor.kill_leftovers(home) == []
        assert stranger.is_running()
        stranger.kill()
