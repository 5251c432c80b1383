"""A forked run behaves like one in a fresh interpreter and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import psutil
import pytest

from rehearsal.home import Home
from rehearsal.language_host import fork_client, supervisor
from rehearsal.language_host.supervisor import fork_servers

TIMEOUT = 30.0


@dataclass(frozen=True)
class Result:
    code: int
    output: str
    error: str
    processor_seconds: float


@dataclass(frozen=True)
class Runner:
    """Runs scripts in a directory, in a fork or in a fresh interpreter."""

    directory: Path
    address: Path
    log: Path

    def launch(self, arguments: list[str], **more: str) -> fork_client.Launch:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return fork_client.Launch(sys.executable, arguments, {**environment, **more}, str(self.directory))

    def script(self, text: str, name: str = "script.py") -> str:
        path = self.directory / name
        path.write_text(textwrap.dedent(text))
        return str(path)

    def run(self, arguments: list[str], *, fresh: bool = False, more: Mapping[str, str] | None = None) -> Result:
        with (
            Path(os.devnull).open() as nothing,
            Path(self.directory, "out").open("w+") as out,
            Path(self.directory, "err").open("w+") as err,
        ):
            launch, descriptors = self.launch(arguments, **(more or {})), (nothing.fileno(), out.fileno(), err.fileno())
            run = fork_client.FreshRun(launch, descriptors) if fresh else self._fork(launch, descriptors)
            ended = run.wait()
            out.seek(0)
            err.seek(0)
            return Result(ended.code, out.read(), err.read(), ended.processor_seconds)

    def _fork(self, launch: fork_client.Launch, descriptors: tuple[int, int, int]) -> fork_client.Run:
        run = fork_client.start_fork(str(self.address), launch, descriptors)
        assert run is not None, self.log.read_text()
        return run


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "project", "dev")
    home.make()
    return home


@pytest.fixture
def runner(home: Home, tmp_path: Path) -> Iterator[Runner]:
    directory = tmp_path / "program"
    directory.mkdir()
    with fork_servers(home) as sockets:
        yield Runner(directory, sockets / f"0{fork_client.SUFFIX}", home.logs / supervisor.LOG)


FACTS = """
    import json, logging, os, signal, sys, threading, time
    print(json.dumps({
        "argv": sys.argv, "path": sys.path, "environment": dict(os.environ), "directory": os.getcwd(),
        "main": [__name__, __file__, sys.modules["__main__"].__file__], "executable": sys.executable,
        "input": sys.stdin.read(), "zone": time.tzname, "handlers": len(logging.root.handlers),
        "bytecode": sys.dont_write_bytecode, "flags": str(sys.flags), "ours": "rehearsal" in sys.modules,
        "signals": [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)],
        "encodings": [stream.encoding for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "descriptors": sorted(int(n) for n in os.listdir("/proc/self/fd"))[:3],
    }))
    print("to the screen", file=sys.stderr)
"""


def test_a_forked_run_finds_the_same_environment_as_a_fresh_run(runner: Runner) -> None:
    more = {"PYTHONPATH": f"{runner.directory}/lib:relative", "TZ": "Asia/Tokyo", "A": "é"}
    arguments = [runner.script(FACTS), "--flag", "value with spaces"]
    forked, fresh_run = runner.run(arguments, more=more), runner.run(arguments, fresh=True, more=more)
    assert json.loads(forked.output) == json.loads(fresh_run.output)
    assert (forked.code, forked.error) == (fresh_run.code, fresh_run.error) == (0, "to the screen\n")


def test_a_module_runs_as_with_dash_m(runner: Runner) -> None:
    runner.script(FACTS, "facts.py")
    forked, fresh_run = (runner.run(["-m", "facts", "more"], fresh=fresh) for fresh in (False, True))
    assert json.loads(forked.output) == json.loads(fresh_run.output)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("import sys; sys.exit(32)", 32),
        ("import sys; sys.exit()", 0),
        ("import sys; sys.exit('a sentence')", 1),
        ("raise ValueError('broken')", 1),
        ("import os; os.kill(os.getpid(), 9)", -9),
        ("import os; os.abort()", -6),
        ("import atexit; atexit.register(print, 'last words')", 0),
    ],
)
def test_a_forked_run_ends_like_a_fresh_one(runner: Runner, text: str, code: int) -> None:
    arguments = [runner.script(text)]
    forked, fresh_run = runner.run(arguments), runner.run(arguments, fresh=True)
    assert forked.code == fresh_run.code == code
    assert forked.output == fresh_run.output
    assert forked.error.splitlines()[-1:] == fresh_run.error.splitlines()[-1:]
    assert runner.run([runner.script("print('next')")]).output == "next\n"


def test_processor_time_is_that_of_the_run_alone(runner: Runner) -> None:
    busy = runner.script("import time\nwhile time.process_time() < 0.3: pass")
    assert 0.25 < runner.run([busy]).processor_seconds < 3
    assert runner.run([runner.script("pass")]).processor_seconds < 0.25


def test_installed_modules_are_preloaded_and_the_projects_own_never(runner: Runner, home: Home) -> None:
    runner.script("VALUE = 'before'", "own.py")
    script = runner.script("import sys; ahead = 'yaml' in sys.modules; import own, yaml; print(ahead, own.VALUE)")
    assert runner.run([script]).output == "False before\n"
    runner.script("VALUE = 'after the edit'", "own.py")
    eventually(lambda: "has imported all" in runner.log.read_text())
    assert runner.run([script]).output == "True after the edit\n"
    names = json.loads((home.root.parent / "cache" / supervisor.NAMES_FILE).read_text())
    assert "yaml" in names["imported"]
    assert "own" not in names["imported"]
    count = runner.log.read_text().count("has imported all")
    with fork_servers(home) as sockets:
        eventually(lambda: runner.log.read_text().count("has imported all") > count)
        another = Runner(runner.directory, sockets / f"0{fork_client.SUFFIX}", runner.log)
        assert another.run([script]).output == "True after the edit\n"


def test_a_file_of_the_project_that_hides_an_imported_module_gets_a_fresh_interpreter(runner: Runner) -> None:
    script = runner.script("import selectors; print(selectors.MINE)")
    runner.script("MINE = 1", "selectors.py")
    assert fork_client.start_fork(str(runner.address), runner.launch([script]), (0, 1, 2)) is None
    assert f"{runner.directory}/selectors.py hides a module" in runner.log.read_text()


@pytest.mark.parametrize("name", ["PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "GRPC_VERBOSITY", "LC_ALL"])
def test_variables_that_python_reads_only_at_its_start_get_a_fresh_interpreter(runner: Runner, name: str) -> None:
    launch = runner.launch([runner.script("pass")], **{name: "77"})
    assert fork_client.start_fork(str(runner.address), launch, (0, 1, 2)) is None
    assert name in runner.log.read_text()


def test_another_interpreter_gets_a_fresh_run(runner: Runner) -> None:
    launch = fork_client.Launch("/usr/bin/python", [runner.script("pass")], dict(os.environ), str(runner.directory))
    assert fork_client.start_fork(str(runner.address), launch, (0, 1, 2)) is None


def test_a_child_ends_with_its_client_and_so_does_what_it_started(runner: Runner) -> None:
    text = (
        "import os, subprocess, time; p = subprocess.Popen(['sleep', '60']); print(os.getpid(), p.pid); time.sleep(60)"
    )
    with Path(runner.directory, "pids").open("w+") as out:
        run = fork_client.start_fork(str(runner.address), runner.launch([runner.script(text)]), (0, out.fileno(), 2))
        assert run is not None
        eventually(lambda: len(Path(out.name).read_text().split()) == 2)
        pids = [int(word) for word in Path(out.name).read_text().split()]
        run.end()
        assert run.wait().code == -signal.SIGTERM
    eventually(lambda: not any(map(psutil.pid_exists, pids)))


OWNER = """
    import sys, time
    from pathlib import Path
    from rehearsal.home import Home
    from rehearsal.language_host.supervisor import fork_servers
    with fork_servers(Home(Path(sys.argv[1]), "dev")) as sockets:
        print(sockets, flush=True)
        time.sleep(60)
"""


def test_nothing_is_left_when_the_parent_is_killed(home: Home, tmp_path: Path) -> None:
    owner_script = tmp_path / "owner.py"
    owner_script.write_text(textwrap.dedent(OWNER))
    owner = subprocess.Popen(
        [sys.executable, str(owner_script), str(home.project)],
        env={**os.environ, "PYTHONPATH": supervisor.PACKAGE_ROOT},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    runner = Runner(
        tmp_path, Path(owner.stdout.readline().strip(), f"0{fork_client.SUFFIX}"), home.logs / supervisor.LOG
    )
    servers = psutil.Process(owner.pid).children()
    assert len(servers) == supervisor.SERVERS
    launch = runner.launch([runner.script("import time; time.sleep(60)")])
    run = fork_client.start_fork(str(runner.address), launch, (0, 1, 2))
    assert run is not None
    family = [*servers, *(child for server in servers for child in server.children())]
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert run.wait().code == -signal.SIGTERM
    eventually(lambda: not any(process.is_running() for process in family))
    eventually(lambda: not runner.address.parent.exists())


def test_without_a_fork_server_the_run_is_fresh_and_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = Runner(tmp_path, tmp_path / "nobody", tmp_path / "log")
    monkeypatch.setenv(fork_client.SOCKET, str(runner.address))
    launch = runner.launch([runner.script("print('done')")])
    assert fork_client.start(launch, (0, 1, 2)).wait().code == 0
    captured = capfd.readouterr()
    assert captured.out == "done\n"
    assert "does not answer" in captured.err


HASH = "print(hash('a'))"


def through_shim(runner: Runner, sockets: Path, **more: str) -> str:
    """Run `HASH` in the fork server that the client chooses, and return the output."""
    address = fork_client.choose_server(str(sockets))
    assert address is not None
    launch = runner.launch([runner.script(HASH)], **more)
    with (
        mock.patch.dict(os.environ, {fork_client.SOCKET: address}),
        Path(os.devnull).open() as null,
        Path(runner.directory, "out").open("w+") as out,
    ):
        assert fork_client.start(launch, (null.fileno(), out.fileno(), 2)).wait().code == 0
        out.seek(0)
        return out.read()


def test_two_operations_have_different_hash_seeds(runner: Runner) -> None:
    sockets = runner.address.parent
    eventually(lambda: len(list(sockets.glob(f"*{fork_client.SUFFIX}"))) == supervisor.SERVERS)
    assert len({through_shim(runner, sockets) for _ in range(2)}) == 2


def test_a_used_server_gets_another_hash_seed(runner: Runner) -> None:
    script = runner.script(HASH)
    first = runner.run([script]).output
    eventually(lambda: runner.run([script]).output != first)


def test_a_hash_seed_in_the_environment_is_respected(runner: Runner) -> None:
    eventually((runner.address.parent / f"1{fork_client.SUFFIX}").exists)
    fixed = subprocess.run(
        [sys.executable, "-c", HASH], env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, check=True
    )
    outputs = {through_shim(runner, runner.address.parent, PYTHONHASHSEED="0") for _ in range(2)}
    assert outputs == {fixed.stdout.decode()}


def test_a_hash_seed_of_the_daemon_holds_for_every_fork(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    fixed = subprocess.run([sys.executable, "-c", HASH], capture_output=True, check=True).stdout.decode()
    with fork_servers(home) as sockets:
        runner = Runner(tmp_path, sockets / f"0{fork_client.SUFFIX}", home.logs / supervisor.LOG)
        assert {runner.run([runner.script(HASH)]).output for _ in range(2)} == {fixed}
