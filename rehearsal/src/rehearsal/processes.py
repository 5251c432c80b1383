"""Child processes of one rehearsal, each with its own process group and log file.

Every process is recorded in a registry file before it runs. Another command can therefore end exactly the processes
that were started, even if this one was killed with SIGKILL.
"""

import contextlib
import errno
import json
import os
import pwd
import secrets
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypedDict, TypeVar

import psutil
from tenacity import RetryError, Retrying
from tenacity.retry import retry_if_exception_type, retry_if_result
from tenacity.stop import stop_after_attempt, stop_after_delay
from tenacity.wait import wait_exponential

from rehearsal.errors import RehearsalError
from rehearsal.home import Home

Result = TypeVar("Result")

SHUTDOWN_SECONDS = 10.0
"""Time for a process to end by itself before it is killed."""
MARK = "REHEARSAL_PROCESS"
"""Environment variable that identifies our children before their pid is recorded."""

_LOWEST_PORT = 20_000
_EPHEMERAL_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
_CLOCK_STEP_SECONDS = 1.5  # setting the clock moves the kernel's boot time, from which start times are counted
_TAIL_BYTES = 4096


class ProcessError(RehearsalError):
    """A process can't be started, ended while it was starting, or is already running."""


class PortTakenError(ProcessError):
    """The port of a process belongs to another program; another port may work."""


@dataclass(frozen=True)
class ProcessSpec:
    """Command, environment and readiness check of one process.

    `env` is the complete environment, so that none of our variables (credentials, proxies) leak into the process.
    `user` is a system account, or None for the caller's own. `ready` returns True once the process is ready.
    `ready_timeout` is in seconds.
    """

    name: str
    argv: tuple[str, ...]
    cwd: Path
    ready: Callable[[], bool]
    ready_timeout: float = 60.0
    env: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM


class UserArguments(TypedDict, total=False):
    """Arguments of `subprocess` that set the user of a program."""

    user: int
    group: int
    extra_groups: list[str | int]


@dataclass(frozen=True)
class ProcessStatus:
    """Current state of one process; `log` has its standard output and error."""

    name: str
    pid: int
    alive: bool
    log: Path


@dataclass(frozen=True)
class _RegistryEntry:
    """Registry entry of one process.

    `pid` and `created` are None until the process exists.
    """

    name: str
    mark: str
    stop_signal: int
    pid: int | None = None
    created: float | None = None


@dataclass
class _Child:
    spec: ProcessSpec
    entry: _RegistryEntry
    process: psutil.Popen


class Supervisor:
    """Starts, watches and ends the processes of one rehearsal. Thread-safe."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._children: dict[str, _Child] = {}
        self._entries = {entry.mark: entry for entry in _read_registry(home)}

    def start(self, spec: ProcessSpec) -> int:
        """Start a process, wait until it is ready and return its pid.

        A process that died can be started again.

        Raises:
            ProcessError: the process can't be started, ends by itself, or is not ready in time and is therefore killed.
            PortTakenError: the log of the process says that its port is in use.
        """
        entry = _RegistryEntry(spec.name, secrets.token_hex(8), spec.stop_signal)
        with self._lock:
            previous = self._children.get(spec.name)
            if previous and previous.process.poll() is None:
                raise ProcessError(f"{spec.name} is already running; stop it first")
            if previous:
                self._forget(previous.entry)
            self._record(entry)
            log = self._log(spec.name)
            try:
                child = _Child(spec, entry, _spawn(spec, entry.mark, log))
            except OSError as error:
                self._forget(entry)
                raise ProcessError(_why_not_started(spec, error)) from error
            child.entry = _RegistryEntry(
                spec.name, entry.mark, spec.stop_signal, child.process.pid, child.process.create_time()
            )
            self._record(child.entry)
            self._children[spec.name] = child
        try:
            _await_ready(spec, child.process, log)
        except BaseException:
            self.stop(spec.name, timeout=0)
            raise
        return child.process.pid

    def stop(self, name: str, timeout: float = SHUTDOWN_SECONDS) -> None:
        """End a process and its descendants; kill them after `timeout` seconds.

        Unknown names are ignored.
        """
        with self._lock:
            child = self._children.pop(name, None)
        if child:
            self._end([child], timeout)

    def stop_all(self, timeout: float = SHUTDOWN_SECONDS) -> None:
        """End all processes in parallel and return when they are gone."""
        with self._lock:
            children = list(self._children.values())
            self._children.clear()
        self._end(children, timeout)

    def status(self) -> tuple[ProcessStatus, ...]:
        """Return every process that was started and not stopped, in start order.

        Dead processes are included.
        """
        with self._lock:
            children = list(self._children.values())
        return tuple(
            ProcessStatus(child.spec.name, child.process.pid, child.process.poll() is None, self._log(child.spec.name))
            for child in children
        )

    def alive(self, name: str) -> bool:
        """Return True if this process was started and is still running."""
        with self._lock:
            child = self._children.get(name)
        return child is not None and child.process.poll() is None

    @staticmethod
    def kill_leftovers(home: Home, timeout: float = SHUTDOWN_SECONDS) -> list[str]:
        """End processes that an earlier daemon left running, and return their names.

        Only processes with a recorded pid *and* start time, or with the recorded mark, are touched.
        """
        entries = _read_registry(home)
        leftovers = [(process, entry) for entry in entries for process in _processes_of(entry)]
        _end({process: signal.Signals(entry.stop_signal) for process, entry in leftovers}, timeout)
        _write_registry(home, ())
        return [entry.name for _, entry in leftovers]

    def _end(self, children: Sequence[_Child], timeout: float) -> None:
        _end({child.process: child.spec.stop_signal for child in children}, timeout)
        with self._lock:
            for child in children:
                self._forget(child.entry)

    def _log(self, name: str) -> Path:
        return self._home.logs / f"{name}.log"

    def _record(self, entry: _RegistryEntry) -> None:
        self._entries[entry.mark] = entry
        _write_registry(self._home, self._entries.values())

    def _forget(self, entry: _RegistryEntry) -> None:
        self._entries.pop(entry.mark, None)
        _write_registry(self._home, self._entries.values())


def free_ports(count: int) -> tuple[int, ...]:
    """Choose free TCP ports on 127.0.0.1 below the kernel's ephemeral range.

    A restarted server needs its old port again. Ports of the ephemeral range could be taken by outgoing connections in
    the meantime.
    """
    lowest_ephemeral = int(_EPHEMERAL_PORTS.read_text().split()[0]) if _EPHEMERAL_PORTS.exists() else 32_768
    span = max(lowest_ephemeral, _LOWEST_PORT + 2_000) - _LOWEST_PORT
    with contextlib.ExitStack() as sockets:
        ports: list[int] = []
        while len(ports) < count:
            candidate = _LOWEST_PORT + secrets.randbelow(span)
            probe = sockets.enter_context(contextlib.closing(socket.socket()))
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", candidate))
                ports.append(candidate)
        return tuple(ports)


def on_free_ports(count: int, start: Callable[[tuple[int, ...]], Result]) -> Result:
    """Call `start` with free ports; retry if another program takes one of them first."""
    retrying = Retrying(retry=retry_if_exception_type(PortTakenError), stop=stop_after_attempt(3), reraise=True)
    return retrying(lambda: start(free_ports(count)))


def port_open(port: int) -> bool:
    """Return True if something on this machine accepts connections on the port."""
    with contextlib.closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def user_arguments(user: str | None) -> UserArguments:
    """Return the arguments of `subprocess` that run a program as this user.

    For the caller's own account (None), there are no arguments.
    """
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _spawn(spec: ProcessSpec, mark: str, log: Path) -> psutil.Popen:
    with log.open("ab") as output:
        return psutil.Popen(
            spec.argv,
            cwd=spec.cwd,
            env={**spec.env, MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **user_arguments(spec.user),
        )


def _await_ready(spec: ProcessSpec, process: psutil.Popen, log: Path) -> None:
    def serves() -> bool:
        if process.poll() is not None:
            raise _failure(spec, f"ended with exit code {process.returncode} while starting", log)
        return spec.ready()

    retrying = Retrying(
        retry=retry_if_result(lambda ready: not ready),
        stop=stop_after_delay(spec.ready_timeout),
        wait=wait_exponential(multiplier=0.02, max=0.2),
    )
    try:
        retrying(serves)
    except RetryError as error:
        raise _failure(spec, f"was not ready after {spec.ready_timeout:g} s", log) from error


def _failure(spec: ProcessSpec, problem: str, log: Path) -> ProcessError:
    with log.open("rb") as text:
        text.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        lines = [line for line in text.read().decode(errors="replace").splitlines() if line.strip()]
    tail = " ".join(lines[-10:]).lower()
    if "address already in use" in tail:
        return PortTakenError(f"{spec.name}: its port was taken by another program; start it on another port ({log})")
    if "no space left on device" in tail:
        return ProcessError(
            f"{spec.name}: no space left on the disk of {spec.cwd}; free some space and start again ({log})"
        )
    last = f"; last log line: {lines[-1]}" if lines else ""
    return ProcessError(f"{spec.name} {problem}{last}; its log is {log}")


def _why_not_started(spec: ProcessSpec, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"{spec.name}: no space left on the disk of {spec.cwd}; free some space and start again"
    if isinstance(error, FileNotFoundError):
        missing = error.filename or spec.argv[0]
        return f"{spec.name}: {missing} does not exist; install or build it, then start again"
    if isinstance(error, PermissionError):
        return (
            f"{spec.name}: {spec.user or 'this user'} is not allowed to run {spec.argv[0]} in {spec.cwd}; "
            "check the permissions of both"
        )
    return f"{spec.name} can't be started: {error}"


def _end(processes: Mapping[psutil.Process, signal.Signals], timeout: float) -> None:
    """Signal every process to end, kill those that do not, and wait for all of them.

    Processes have `timeout` seconds to end; then their groups and descendants are killed.
    """
    descendants = [child for process in processes for child in _descendants(process)]
    if timeout > 0:
        for process, stop_signal in processes.items():
            _signal_group(process, stop_signal)
        psutil.wait_procs(list(processes), timeout)
    for process in processes:
        _signal_group(process, signal.SIGKILL)
    for child in descendants:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs([*processes, *descendants], SHUTDOWN_SECONDS)


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    """Return the descendants of a process, including those in other groups.

    PostgreSQL's backends, for example, have their own process groups.
    """
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _signal_group(process: psutil.Process, number: signal.Signals) -> None:
    if process.is_running():  # after its end, the pid may belong to another process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _processes_of(entry: _RegistryEntry) -> Iterator[psutil.Process]:
    if entry.pid is None or entry.created is None:
        yield from (process for process in psutil.process_iter() if _mark(process) == entry.mark)
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(entry.pid)
        if abs(process.create_time() - entry.created) < _CLOCK_STEP_SECONDS:
            yield process


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None


def _registry(home: Home) -> Path:
    return home.root / "processes.json"


def _read_registry(home: Home) -> tuple[_RegistryEntry, ...]:
    try:
        return tuple(_RegistryEntry(**entry) for entry in json.loads(_registry(home).read_text()))
    except FileNotFoundError:
        return ()


def _write_registry(home: Home, entries: Iterable[_RegistryEntry]) -> None:
    """Replace the registry atomically."""
    target = _registry(home)
    draft = target.with_suffix(".new")
    draft.write_text(json.dumps([asdict(entry) for entry in entries], indent=1))
    draft.replace(target)
