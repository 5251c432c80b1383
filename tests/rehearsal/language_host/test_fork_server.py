"""A run in the warm interpreter goes as in a fresh one, and nothing of it stays behind."""

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

import psutil
import pytest
from rehearsal.language_host.keeper import warm_interpreter

from rehearsal.home import Home
from rehearsal.language_host import keeper, warm

TIMEOUT = 30.0


@dataclass(frozen=True)
class Result:
    code: int
    output: str
    error: str
    processor_seconds: float


@dataclass(frozen=True)
class Runner:
    """Runs scripts in a directory, warm or fresh."""

    directory: Path
    address: Path
    log: Path

    def launch(self, arguments: list[str], **more: str) -> warm.Launch:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return warm.Launch(sys.executable, arguments, {**kept, **more}, str(self.directory))

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
            run = warm.FreshRun(launch, descriptors) if fresh else self._warm(launch, descriptors)
            ended = run.wait()
            out.seek(0)
            err.seek(0)
            return Result(ended.code, out.read(), err.read(), ended.processor_seconds)

    def _warm(self, launch: warm.Launch, descriptors: tuple[int, int, int]) -> warm.Run:
        run = warm.warm_run(str(self.address), launch, descriptors)
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
    with warm_interpreter(home) as address:
        yield Runner(directory, address, home.logs / "warm.log")


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


def test_a_warm_run_finds_the_same_world_as_a_fresh_one(runner: Runner) -> None:
    more = {"PYTHONPATH": f"{runner.directory}/lib:relative", "TZ": "Asia/Tokyo", "A": "é"}
    arguments = [runner.script(FACTS), "--flag", "value with spaces"]
    warm_one, fresh_one = runner.run(arguments, more=more), runner.run(arguments, fresh=True, more=more)
    assert json.loads(warm_one.output) == json.loads(fresh_one.output)
    assert (warm_one.code, warm_one.error) == (fresh_one.code, fresh_one.error) == (0, "to the screen\n")


def test_a_module_runs_as_with_dash_m(runner: Runner) -> None:
    runner.script(FACTS, "facts.py")
    warm_one, fresh_one = (runner.run(["-m", "facts", "more"], fresh=fresh) for fresh in (False, True))
    assert json.loads(warm_one.output) == json.loads(fresh_one.output)


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
def test_the_end_of_a_warm_run_is_that_of_a_fresh_one(runner: Runner, text: str, code: int) -> None:
    arguments = [runner.script(text)]
    warm_one, fresh_one = runner.run(arguments), runner.run(arguments, fresh=True)
    assert warm_one.code == fresh_one.code == code
    assert warm_one.output == fresh_one.output
    assert warm_one.error.splitlines()[-1:] == fresh_one.error.splitlines()[-1:]
    assert runner.run([runner.script("print('next')")]).output == "next\n"


def test_processor_time_is_that_of_the_run_alone(runner: Runner) -> None:
    busy = runner.script("import time\nwhile time.process_time() < 0.3: pass")
    assert 0.25 < runner.run([busy]).processor_seconds < 3
    assert runner.run([runner.script("pass")]).processor_seconds < 0.25


def test_installed_modules_are_imported_ahead_and_the_projects_own_never(runner: Runner, home: Home) -> None:
    runner.script("VALUE = 'before'", "own.py")
    script = runner.script("import sys; ahead = 'yaml' in sys.modules; import own, yaml; print(ahead, own.VALUE)")
    assert runner.run([script]).output == "False before\n"
    runner.script("VALUE = 'after the edit'", "own.py")
    eventually(lambda: "holds all" in runner.log.read_text())
    assert runner.run([script]).output == "True after the edit\n"
    memory = json.loads((home.root.parent / "cache" / keeper.MEMORY).read_text())
    assert "yaml" in memory["imported"]
    assert "own" not in memory["imported"]
    with warm_interpreter(home) as address:
        eventually(lambda: runner.log.read_text().count("holds all") == 2)
        assert Runner(runner.directory, address, runner.log).run([script]).output == "True after the edit\n"


def test_a_file_of_the_project_that_hides_an_imported_module_gets_a_fresh_interpreter(runner: Runner) -> None:
    script = runner.script("import selectors; print(selectors.MINE)")
    runner.script("MINE = 1", "selectors.py")
    assert warm.warm_run(str(runner.address), runner.launch([script]), (0, 1, 2)) is None
    assert f"{runner.directory}/selectors.py hides a module" in runner.log.read_text()


@pytest.mark.parametrize("name", ["PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "GRPC_VERBOSITY", "LC_ALL"])
def test_what_python_reads_only_at_its_start_gets_a_fresh_interpreter(runner: Runner, name: str) -> None:
    launch = runner.launch([runner.script("pass")], **{name: "77"})
    assert warm.warm_run(str(runner.address), launch, (0, 1, 2)) is None
    assert name in runner.log.read_text()


def test_another_interpreter_gets_a_fresh_one(runner: Runner) -> None:
    launch = warm.Launch("/usr/bin/python", [runner.script("pass")], dict(os.environ), str(runner.directory))
    assert warm.warm_run(str(runner.address), launch, (0, 1, 2)) is None


def test_a_child_ends_with_its_client_and_so_does_what_it_started(runner: Runner) -> None:
    text = (
        "import os, subprocess, time; p = subprocess.Popen(['sleep', '60']); print(os.getpid(), p.pid); time.sleep(60)"
    )
    with Path(runner.directory, "pids").open("w+") as out:
        run = warm.warm_run(str(runner.address), runner.launch([runner.script(text)]), (0, out.fileno(), 2))
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
    from rehearsal.language_host.keeper import warm_interpreter
    with warm_interpreter(Home(Path(sys.argv[1]), "dev")) as address:
        print(address, flush=True)
        time.sleep(60)
"""


def test_nothing_is_left_when_the_parent_is_killed(home: Home, tmp_path: Path) -> None:
    owner_script = tmp_path / "owner.py"
    owner_script.write_text(textwrap.dedent(OWNER))
    owner = subprocess.Popen(
        [sys.executable, str(owner_script), str(home.project)],
        env={**os.environ, "PYTHONPATH": keeper.PACKAGE_ROOT},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    runner = Runner(tmp_path, Path(owner.stdout.readline().strip()), home.logs / "warm.log")
    server = psutil.Process(owner.pid).children()[0]
    launch = runner.launch([runner.script("import time; time.sleep(60)")])
    run = warm.warm_run(str(runner.address), launch, (0, 1, 2))
    assert run is not None
    family = [server, *server.children()]
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert run.wait().code == -signal.SIGTERM
    eventually(lambda: not any(process.is_running() for process in family))
    assert not runner.address.parent.exists()


def test_without_a_warm_interpreter_the_run_is_fresh_and_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    runner = Runner(tmp_path, tmp_path / "nobody", tmp_path / "log")
    launch = runner.launch([runner.script("print('done')")], **{warm.SOCKET: str(runner.address)})
    assert warm.start(launch, (0, 1, 2)).wait().code == 0
    captured = capfd.readouterr()
    assert captured.out == "done\n"
    assert "does not answer" in captured.err
