"""Preview time relative to the engine's floor, under equal conditions.

`python -m benchmarks.preview [ENV] [RUNS]`. The environment must be up: `ops rehearse up prod`.

The floor is the preview time of a flat program with the same number of bare resources, the echo provider and no policy
packs. It gets everything that the preview gets: the same rehearsal, executable, settings of the engine, fork servers
and state backend. Only the program, the providers and the packs differ. A third preview leaves out the packs, to show
their share. The three previews run in turn, and the medians are compared.

The benchmark prints where the time goes. The parts overlap, because program, providers, packs and engine run at the
same time, so they need not add up to the wall time.

Target: a preview of prod takes at most 3.0 times the engine's floor.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import echo, run
from operations.rehearsing import running_rehearsal
from rehearsal.cloud.names import secrets_provider
from rehearsal.commands import PhaseTimer, summarize
from rehearsal.daemon import DaemonInfo
from rehearsal.lifecycle import Rehearsal

TARGET = 3.0
PACKS = "PULUMI_OPTION_POLICY_PACK"
PROJECT = "name: floor\nruntime:\n  name: python\n  options: {{virtualenv: {virtualenv}}}\n"
PROGRAM = """
import pulumi

for number in range({count}):
    pulumi.CustomResource("echo:index:Thing", f"thing-{{number}}", {{"number": number, "tags": {{"team": "platform"}}}})
"""


def seconds(command: list[str], directory: Path, environment: Mapping[str, str]) -> float:
    """Return the wall time of one command, which must succeed."""
    began = time.monotonic()
    subprocess.run(command, cwd=directory, env=dict(environment), check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


@dataclass(frozen=True)
class Run:
    """Seconds of one preview, or the medians of several."""

    wall: float
    program: float
    """Processor time of the Pulumi program."""
    providers: float
    """Time during which at least one emulated provider was busy."""
    engine: float
    """Processor time of the engine and its children. It excludes programs and packs, which the fork servers start."""


def median(runs: Sequence[Run]) -> Run:
    """Return the median of each measurement."""
    return Run(*map(statistics.median, zip(*map(astuple, runs), strict=True)))


def without_packs(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the preview's environment variables, without those of the packs."""
    return {name: value for name, value in environment.items() if name != PACKS}


def floor_environment(environment: Mapping[str, str], shims: Path) -> dict[str, str]:
    """Return the environment variables of a preview with the echo provider."""
    return {**without_packs(environment), "PATH": f"{shims}{os.pathsep}{environment['PATH']}"}


def report(title: str, preview: Run, no_packs: Run, floor: Run) -> list[str]:
    """Return the lines that state the ratio and where the time goes."""
    ratio = f"ratio {preview.wall / floor.wall:.2f} (target: at most {TARGET})"
    policies = f"{preview.wall - no_packs.wall:.2f} s (a preview without packs takes {no_packs.wall:.2f} s)"
    lines = [
        f"{title}: preview {preview.wall:.2f} s, engine's floor with the same tuning {floor.wall:.2f} s, {ratio}",
        f"policies: {policies}",
    ]
    for name, part in (("preview", preview), ("floor", floor)):
        lines.append(
            f"{name}: program {part.program:.2f} s of processor time, providers busy {part.providers:.2f} s, "
            f"engine {part.engine:.2f} s of processor time"
        )
    return lines


def meter(rehearsal: Rehearsal, daemon: DaemonInfo) -> Callable[[list[str], Path, Mapping[str, str]], Run]:
    """Return a function that measures a command's time in a rehearsal, part by part."""
    timer = PhaseTimer(rehearsal.home, daemon)

    def measure(command: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        timer.read()  # discard the time of earlier runs
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall = seconds(command, directory, environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        engine = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Run(wall, *timer.read(), engine)

    return measure


def main(stack: Annotated[str, typer.Argument()] = "prod", runs: Annotated[int, typer.Argument()] = 5) -> None:
    """Print the medians and their ratio; exit with 1 if the target is missed."""
    rehearsal = running_rehearsal(stack)
    daemon = rehearsal.running()
    count = summarize(rehearsal.home, daemon).resources.total
    environment = {**os.environ, **rehearsal.environment(daemon)}
    project = _floor(rehearsal.home.root / "floor", count)
    pulumi = str(rehearsal.home.bin / "pulumi")
    preview = [pulumi, "preview", "--stack", stack, "--non-interactive"]
    measure = meter(rehearsal, daemon)
    with echo.running(rehearsal.home.root) as shims:
        bare = floor_environment(environment, shims)
        if not (project / f"Pulumi.{stack}.yaml").exists():
            seconds([pulumi, "stack", "init", stack, "--secrets-provider", secrets_provider()], project, bare)
        rounds = [
            (
                measure(preview, rehearsal.home.workspace, environment),
                measure(preview, rehearsal.home.workspace, without_packs(environment)),
                measure(preview, project, bare),
            )
            for _ in range(runs)
        ]
    real, no_packs, floor = (median(column) for column in zip(*rounds, strict=True))
    for line in report(f"{stack}, {count} resources, {runs} runs each", real, no_packs, floor):
        print(line)
    raise typer.Exit(int(real.wall / floor.wall > TARGET))


def _floor(project: Path, count: int) -> Path:
    project.mkdir(exist_ok=True)
    (project / "Pulumi.yaml").write_text(PROJECT.format(virtualenv=sys.prefix))
    (project / "__main__.py").write_text(PROGRAM.format(count=count))
    return project


if __name__ == "__main__":
    run(main)
