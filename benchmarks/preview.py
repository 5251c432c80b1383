"""Preview time relative to the engine's floor.

`python -m benchmarks.preview [ENV] [RUNS]`. The environment must be up: `ops rehearse up prod`.

The floor is the preview time of a flat program with the same number of bare resources, the echo provider and no policy
packs. It runs in the same rehearsal with the same state backend, but in a fresh interpreter, as in any other project. A
second floor uses the rehearsal's fork servers; it shows the share of the program and the packs. All three previews run
in turn, and the medians are compared.

Promise: a preview of prod takes at most 1.5 times the engine's floor.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import echo
from operations.rehearsing import running_rehearsal
from rehearsal.cloud.names import secrets_provider
from rehearsal.commands import summarize
from rehearsal.language_host.fork_client import SOCKETS

PROMISED = 1.5
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


def main(stack: Annotated[str, typer.Argument()] = "prod", runs: Annotated[int, typer.Argument()] = 5) -> None:
    """Print the medians and their ratios; exit with 1 if the promise is not kept."""
    rehearsal = running_rehearsal(stack)
    daemon = rehearsal.running()
    count = summarize(rehearsal.home, daemon).resources.total
    environment = {**os.environ, **rehearsal.environment(daemon)}
    project = _floor(rehearsal.home.root / "floor", count)
    preview = ("preview", "--stack", stack, "--non-interactive")
    shim, engine = str(rehearsal.home.bin / "pulumi"), str(rehearsal.pulumi)
    with echo.running(rehearsal.home.root) as shims:
        forked = {**environment, "PATH": f"{shims}{os.pathsep}{environment['PATH']}"}
        del forked["PULUMI_OPTION_POLICY_PACK"]
        plain = {**forked, "PULUMI_HOME": str(project / "home")}
        del plain[SOCKETS]
        if not (project / f"Pulumi.{stack}.yaml").exists():
            seconds([engine, "stack", "init", stack, "--secrets-provider", secrets_provider()], project, plain)
        rounds = [
            (
                seconds([shim, *preview], rehearsal.home.workspace, environment),
                seconds([engine, *preview], project, plain),
                seconds([shim, *preview], project, forked),
            )
            for _ in range(runs)
        ]
    real, floor, forked_floor = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"{stack}: {count} resources, {runs} runs each")
    print(
        f"preview {real:.2f} s, engine's floor {floor:.2f} s, ratio {real / floor:.2f} (promised: at most {PROMISED})"
    )
    print(f"floor with the fork servers {forked_floor:.2f} s, ratio {real / forked_floor:.2f}")
    raise typer.Exit(int(real / floor > PROMISED))


def _floor(project: Path, count: int) -> Path:
    project.mkdir(exist_ok=True)
    (project / "Pulumi.yaml").write_text(PROJECT.format(virtualenv=sys.prefix))
    (project / "__main__.py").write_text(PROGRAM.format(count=count))
    return project


if __name__ == "__main__":
    typer.run(main)
