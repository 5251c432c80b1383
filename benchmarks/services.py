"""Time per service: `python -m benchmarks.services [ENV] [RUNS]`.

The program runs on Pulumi's mocks with 1, 10, 100 and 300 services, and its processor time is measured. If the
environment's rehearsal is up (`ops rehearse up ENV`), the program is also previewed there with the policy packs, and
the wall time is measured. The slope between two counts is the time that one more service takes. Target: the time is
linear, so the last slope is at most 1.5 times the previous one.
"""

import os
import statistics
import tempfile
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from benchmarks import run
from benchmarks.preview import seconds
from operations.recording import record
from operations.rehearsing import PLATFORM, running_rehearsal
from rehearsal.errors import RehearsalError
from stacks.loading import NAMESPACE, merged

COUNTS = (1, 10, 100, 300)
STEEPEST = 1.5
"""Maximum ratio of the last slope to the previous one."""


def generated(services: Mapping[str, Any], count: int) -> dict[str, Any]:
    """Return `count` copies of the first service."""
    like = next(iter(services.values()))
    return {f"service-{number:03}": dict(like) for number in range(count)}


def settings_file(project: Path, source: Path, environment: str, count: int) -> Path:
    """Write settings with `count` services, beside a copy of the shared settings."""
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    services = merged(PLATFORM, environment)[f"{NAMESPACE}:services"]
    content["config"][f"{NAMESPACE}:services"] = generated(services, count)
    written = project / f"Pulumi.{environment}.yaml"
    written.write_text(yaml.safe_dump(content), encoding="utf-8")
    (project / "Pulumi.yaml").write_text((PLATFORM / "Pulumi.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return written


def program_seconds(environment: str, count: int) -> float:
    """Return the processor time of the program, without the interpreter's start."""
    with tempfile.TemporaryDirectory() as directory:
        project = Path(directory)
        settings_file(project, PLATFORM / f"Pulumi.{environment}.yaml", environment, count)
        return record(environment, project=project).seconds


def previewed(environment: str) -> Callable[[int], float]:
    """Return a function that times a preview.

    Raises:
        RehearsalError: the environment's rehearsal is not running.
    """
    rehearsal = running_rehearsal(environment)
    daemon = rehearsal.running()
    shell = {**os.environ, **rehearsal.environment(daemon)}
    source = rehearsal.home.workspace / f"Pulumi.{environment}.yaml"

    def preview(count: int) -> float:
        with tempfile.TemporaryDirectory() as directory:
            file = settings_file(Path(directory), source, environment, count)
            command = [str(rehearsal.home.bin / "pulumi"), "preview", "--stack", environment, "--non-interactive"]
            return seconds([*command, "--config-file", str(file)], rehearsal.home.workspace, shell)

    return preview


def linear(what: str, measure: Callable[[int], float], runs: int) -> bool:
    """Print times, slopes and their ratio; return True if the time is linear."""
    took = {count: statistics.median(measure(count) for _ in range(runs)) for count in COUNTS}
    print(f"{what}: " + ", ".join(f"{count} services {time:.2f} s" for count, time in took.items()))
    slopes = [(took[more] - took[few]) / (more - few) for few, more in pairwise(COUNTS)]
    shown = ", ".join(
        f"{1000 * slope:.1f} ms from {few} to {more}"
        for slope, (few, more) in zip(slopes, pairwise(COUNTS), strict=True)
    )
    ratio = slopes[-1] / slopes[-2]
    print(f"  per service: {shown}; last slope {ratio:.2f} times the previous one (target: at most {STEEPEST})")
    return ratio <= STEEPEST


def main(environment: Annotated[str, typer.Argument()] = "dev", runs: Annotated[int, typer.Argument()] = 3) -> None:
    """Print all figures; exit with 1 if a target is missed."""
    kept = [linear("program", lambda count: program_seconds(environment, count), runs)]
    try:
        preview = previewed(environment)
    except RehearsalError as error:
        print(f"no preview measured: {error}")
    else:
        kept.append(linear("preview", preview, runs))
    raise typer.Exit(int(not all(kept)))


if __name__ == "__main__":
    run(main)
