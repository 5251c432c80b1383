"""What a person sees while tools are built: one bar per tool, packages done of packages in all."""

import time
from collections.abc import Iterable

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from rehearsal.toolchain.build import Build
from rehearsal.toolchain.status import Phase, Status

_REFRESH_SECONDS = 0.2

_COMMON = {Phase.WAITING, Phase.FETCHING_GO}
"""What is done for all tools at once: said once in a log."""


def watch(build: Build, console: Console) -> None:
    """Show the build until it is finished; nothing at all when nothing has to be built.

    On a terminal a bar per tool, elsewhere (a CI log) one line when a tool starts and one when it ends.
    """
    if build.finished:
        return
    if console.is_terminal:
        _watch_bars(build, console)
    else:
        _watch_lines(build, console)


def describe(status: Status) -> str:
    """The phase in words, with what there is to count: "compiling 812/1649 packages"."""
    if status.phase is Phase.LISTING and status.downloads:
        return f"downloading ({status.downloads} modules)"
    if status.phase is Phase.COMPILING:
        return f"compiling {status.done}/{status.total} packages"
    if status.phase.over and status.seconds:
        minutes, seconds = divmod(round(status.seconds), 60)
        return f"{status.phase} after {f'{minutes} min ' if minutes else ''}{seconds} s"
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


def _draw(progress: Progress, tasks: dict[str, TaskID], states: Iterable[Status]) -> None:
    for status in states:
        if status.tool not in tasks:
            if status.phase is Phase.READY:
                continue  # was there before: of no interest to somebody who waits
            tasks[status.tool] = progress.add_task(status.tool, start=False, total=None, phase="")
        task = tasks[status.tool]
        if status.phase is not Phase.QUEUED:
            progress.start_task(task)
        total = status.total or (1 if status.phase.over else None)
        done = total if status.phase is Phase.READY else status.done
        progress.update(task, total=total, completed=done, phase=describe(status))
        if status.phase.over:
            progress.stop_task(task)


def _watch_lines(build: Build, console: Console) -> None:
    said: dict[str, str] = {status.tool: Phase.READY for status in build.status() if status.phase is Phase.READY}
    while True:
        finished = build.finished
        for status in build.status():
            whose = "" if status.phase in _COMMON else status.tool
            news = _milestone(status)
            if news and said.get(whose) != news:
                said[whose] = news
                console.print(f"{whose or 'all tools'}: {news}", highlight=False)
        if finished:
            return
        time.sleep(_REFRESH_SECONDS)


def _milestone(status: Status) -> str:
    """What is worth a line of a log; "" for the steps between."""
    if status.phase is Phase.COMPILING:
        return f"compiling {status.total} packages"
    if status.phase in _COMMON or status.phase.over:
        return describe(status)
    return ""
