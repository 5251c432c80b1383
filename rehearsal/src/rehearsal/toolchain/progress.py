"""Console output of a build: one progress bar per tool."""

import time
from collections.abc import Iterable

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from rehearsal.heartbeat import INTERVAL, Heartbeat, duration
from rehearsal.toolchain.build import Build
from rehearsal.toolchain.status import BuildPhase, BuildStatus

_REFRESH_SECONDS = 0.2

_COMMON = {BuildPhase.WAITING, BuildPhase.FETCHING_GO}
"""Phases that apply to all tools at once. A log shows them only once."""


def watch(build: Build, console: Console, *, interval: float = INTERVAL) -> None:
    """Show the build until it is finished; show nothing if nothing has to be built.

    A terminal shows one bar per tool. A log shows one line when the build of a tool starts and one when it ends;
    in between, it shows the running builds after each `interval` seconds of silence.
    """
    if build.finished:
        return
    if console.is_terminal:
        _watch_bars(build, console)
    else:
        _watch_lines(build, console, interval)


def describe(status: BuildStatus) -> str:
    """Return the phase as text with its counts, e.g. "compiling 812/1649 packages"."""
    if status.phase is BuildPhase.LISTING and status.downloads:
        return f"downloading ({status.downloads} modules)"
    if status.phase is BuildPhase.COMPILING:
        return f"compiling {status.done}/{status.total} packages"
    if status.phase.over and status.seconds:
        return f"{status.phase} after {duration(status.seconds)}"
    return status.phase


def _watch_bars(build: Build, console: Console) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description:<23}"), BarColumn(16), TextColumn("{task.fields[phase]}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=False) as progress:
        tasks: dict[str, TaskID] = {}
        while True:
            finished = build.finished  # before drawing, so that the last drawing shows the end
            _draw(progress, tasks, build.status())
            if finished:
                return
            time.sleep(_REFRESH_SECONDS)


def _draw(progress: Progress, tasks: dict[str, TaskID], states: Iterable[BuildStatus]) -> None:
    for status in states:
        if status.tool not in tasks:
            if status.phase is BuildPhase.READY:
                continue  # it was built before
            tasks[status.tool] = progress.add_task(status.tool, start=False, total=None, phase="")
        task = tasks[status.tool]
        if status.phase is not BuildPhase.QUEUED:
            progress.start_task(task)
        total = status.total or (1 if status.phase.over else None)
        done = total if status.phase is BuildPhase.READY else status.done
        progress.update(task, total=total, completed=done, phase=describe(status))
        if status.phase.over:
            progress.stop_task(task)


def _watch_lines(build: Build, console: Console, interval: float) -> None:
    heartbeat = Heartbeat(lambda line: console.print(line, highlight=False), interval=interval)
    shown: dict[str, str] = {
        status.tool: BuildPhase.READY for status in build.status() if status.phase is BuildPhase.READY
    }
    while True:
        finished = build.finished
        for status in build.status():
            tool = "" if status.phase in _COMMON else status.tool
            line = _milestone(status)
            if line and shown.get(tool) != line:
                shown[tool] = line
                heartbeat.say(f"{tool or 'all tools'}: {line}")
        if finished:
            return
        heartbeat.tick(lambda: running_builds(build.status()))
        time.sleep(_REFRESH_SECONDS)


def running_builds(states: Iterable[BuildStatus]) -> str:
    """Return the unfinished builds as text; queued ones are only counted."""
    unfinished = [status for status in states if not status.phase.over]
    running = [status for status in unfinished if status.phase is not BuildPhase.QUEUED]
    common = next((describe(status) for status in running if status.phase in _COMMON), "")
    if common:
        return f"{common} for {len(unfinished)} tools"
    parts = [f"building {status.tool}: {describe(status)}" for status in running]
    queued = len(unfinished) - len(running)
    return "; ".join((*parts, *([f"{queued} queued"] if queued else [])))


def _milestone(status: BuildStatus) -> str:
    """Return the line for a log; "" for intermediate phases."""
    if status.phase is BuildPhase.COMPILING:
        return f"compiling {status.total} packages"
    if status.phase in _COMMON or status.phase.over:
        return describe(status)
    return ""
