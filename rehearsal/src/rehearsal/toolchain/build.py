"""Build of tools in the background, two at a time."""

import atexit
import fcntl
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from rehearsal.toolchain.compile import CompileError, Compiler
from rehearsal.toolchain.errors import BuildCancelledError, ToolchainError, ToolFailure
from rehearsal.toolchain.finder import ToolFinder
from rehearsal.toolchain.golang import NoGoError, obtain_go
from rehearsal.toolchain.layout import ToolsLayout
from rehearsal.toolchain.processes import BuildProcesses
from rehearsal.toolchain.status import BuildPhase, BuildStatus
from rehearsal.toolchain.table import GO_AT_LEAST, Tool

_POLL_SECONDS = 0.1


class Build:
    """Builds tools in its own threads. Start it with `Toolchain.start`.

    As a context manager, it cancels the builds that are unfinished at the end of the block. The exit of the interpreter
    cancels them too.
    """

    def __init__(self, layout: ToolsLayout, tools: Sequence[Tool], finder: ToolFinder) -> None:
        self._layout = layout
        self._tools = {tool.name: tool for tool in tools}
        self._finder = finder
        self._status = {tool.name: BuildStatus(tool.name) for tool in tools}
        self._paths: dict[str, Path] = {}
        self._failures: dict[str, ToolFailure] = {}
        self._processes = BuildProcesses()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="toolchain", daemon=True)

    def start(self) -> Self:
        """Find existing tools, then build the missing ones in the background."""
        for tool in self._tools.values():
            self._settle_if_ready(tool)
        if self._open():
            atexit.register(self.cancel)
            self._thread.start()
        return self

    def path(self, name: str, timeout: float | None = None) -> Path:
        """Wait for one tool and return its path.

        Raises:
            ToolchainError: the build of the tool failed.
            TimeoutError: the tool is not ready after `timeout` seconds.
            BuildCancelledError: the build was cancelled.
            KeyError: the tool is not part of this build.
        """
        self._tools[name]  # raises KeyError; otherwise this would wait forever
        with self._changed:
            settled = self._changed.wait_for(lambda: self._is_settled(name) or self._is_cancelled(), timeout)
            if name in self._paths:
                return self._paths[name]
            if name in self._failures:
                raise ToolchainError([self._failures[name]])
        if not settled:
            message = f"{name} is not ready after {timeout} s"
            raise TimeoutError(message)
        raise BuildCancelledError

    def wait(self) -> dict[str, Path]:
        """Wait for all tools and return their paths.

        Raises:
            ToolchainError: one or more builds failed; the exception has every failure.
            BuildCancelledError: the build was cancelled.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.finished or self._is_cancelled())
        if self._failures:
            raise ToolchainError(self._failures[name] for name in self._tools if name in self._failures)
        if not self.finished:
            raise BuildCancelledError
        return {name: self._paths[name] for name in self._tools}

    @property
    def finished(self) -> bool:
        """True once every tool is ready or failed."""
        return not self._open()

    def status(self) -> tuple[BuildStatus, ...]:
        """Return the state of each tool, in the requested order."""
        return tuple(self._status.values())

    def cancel(self) -> None:
        """End the build and its processes, and return when they are gone.

        Do nothing if the build has already ended.
        """
        self._processes.cancel()
        with self._changed:
            self._changed.notify_all()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.cancel()

    def _run(self) -> None:
        failure: tuple[str, Path | None, str] = ("the build ended without building it", None, "report this as a bug")
        try:
            with self._exclusively():
                for tool in self._open():
                    self._settle_if_ready(tool)  # another build may have built it in the meantime
                if self._open():
                    self._run_lanes(self._compiler())
        except BuildCancelledError:
            pass
        except NoGoError as error:
            minimum = ".".join(map(str, GO_AT_LEAST))
            failure = (str(error), self._layout.logs / "go.log", f"install Go {minimum} or newer and run again")
        except OSError as error:
            failure = (str(error), None, "fix the cause and run the same command again")
        finally:
            if not self._is_cancelled():
                for tool in self._open():
                    self._settle(ToolFailure(tool.name, *failure))
            atexit.unregister(self.cancel)

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Hold the build lock, after waiting for builds of other processes and threads."""
        self._layout.directory.mkdir(parents=True, exist_ok=True)
        with self._layout.lock.open("w") as lock:
            while not _try_lock(lock):
                self._show_all(BuildPhase.WAITING)
                if self._processes.cancelled.wait(_POLL_SECONDS):
                    raise BuildCancelledError
            self._show_all(BuildPhase.QUEUED)
            self._layout.make()
            _empty(self._layout.scratch)
            try:
                yield
            finally:
                _empty(self._layout.scratch)

    def _compiler(self) -> Compiler:
        go = obtain_go(self._layout, self._processes, lambda: self._show_all(BuildPhase.FETCHING_GO))
        self._show_all(BuildPhase.QUEUED)
        return Compiler(self._layout, go, self._processes)

    def _run_lanes(self, compiler: Compiler) -> None:
        queue = _BuildQueue(self._open())
        # Two lanes: while one links, which uses only one core, the other compiles.
        lanes = [
            threading.Thread(target=self._run_lane, args=(compiler, queue, first), daemon=True)
            for first in (True, False)
        ]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()

    def _run_lane(self, compiler: Compiler, queue: "_BuildQueue", first: bool) -> None:  # noqa: FBT001
        for tool in queue.take():
            # The first lane builds the tool that is needed first. The second lane therefore uses only half of the
            # cores, unless it builds the last tool.
            workers = None if first or queue.empty else max(1, (os.cpu_count() or 1) // 2)
            try:
                self._make_ready(compiler, tool, workers)
            except BuildCancelledError:
                return
            except (CompileError, OSError) as error:
                remedy = (
                    "fix the cause and run the same command again (compiled packages are kept), "
                    f"or put {tool.file} {tool.accepts} on PATH"
                )
                self._settle(ToolFailure(tool.name, str(error), self._layout.logs / f"{tool.name}.log", remedy))

    def _make_ready(self, compiler: Compiler, tool: Tool, workers: int | None) -> None:
        status = self._status[tool.name]
        status.begin()
        if tool.package and self._finder.executable(tool) is None:
            compiler.build(tool, status, workers=workers)
        compiler.copy_share(tool)
        if not self._settle_if_ready(tool):
            message = f"{self._layout.module(tool.folder)} changed while it was being built"
            raise CompileError(message)

    def _settle_if_ready(self, tool: Tool) -> bool:
        path = self._finder.ready(tool)
        if path is not None:
            with self._changed:
                self._paths[tool.name] = path
                self._status[tool.name].end(BuildPhase.READY)
                self._changed.notify_all()
        return path is not None

    def _settle(self, failure: ToolFailure) -> None:
        with self._changed:
            self._failures[failure.tool] = failure
            self._status[failure.tool].end(BuildPhase.FAILED)
            self._changed.notify_all()

    def _open(self) -> list[Tool]:
        return [tool for tool in self._tools.values() if not self._is_settled(tool.name)]

    def _is_settled(self, name: str) -> bool:
        return name in self._paths or name in self._failures

    def _is_cancelled(self) -> bool:
        return self._processes.cancelled.is_set()

    def _show_all(self, phase: BuildPhase) -> None:
        for tool in self._open():
            self._status[tool.name].phase = phase


class _BuildQueue:
    """Hands out tools in order, but never two tools of one module at a time.

    If they were built at the same time, both would compile the same packages.
    """

    def __init__(self, tools: Sequence[Tool]) -> None:
        self._waiting = list(tools)
        self._busy: set[str] = set()
        self._changed = threading.Condition()

    @property
    def empty(self) -> bool:
        return not self._waiting

    def take(self) -> Iterator[Tool]:
        """Yield tools to build; requesting the next tool marks the previous one as done."""
        while (tool := self._next()) is not None:
            try:
                yield tool
            finally:
                with self._changed:
                    self._busy.discard(tool.folder)
                    self._changed.notify_all()

    def _next(self) -> Tool | None:
        with self._changed:
            while self._waiting:
                for tool in self._waiting:
                    if tool.folder not in self._busy:
                        self._waiting.remove(tool)
                        self._busy.add(tool.folder)
                        return tool
                self._changed.wait()
            return None


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _empty(directory: Path) -> None:
    """Remove partial results of this build or of one that was killed."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(exist_ok=True)
