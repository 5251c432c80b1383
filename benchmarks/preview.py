"""A preview of a real environment against the engine's floor: `python -m benchmarks.preview [ENV] [RUNS]`.

The floor is the same number of bare resources from a flat program with the echo provider and no policy packs, in the
same rehearsal, with the same state backend. Both are run in turn, and the medians are compared.
Promised: at most 1.5 for prod. The environment must be up: `ops rehearse up prod`.
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
from operations.rehearsing import facts, running_rehearsal
from rehearsal.cloud.names import secrets_provider

PROMISED = 1.5
PROJECT = "name: floor\nruntime:\n  name: python\n  options: {{virtualenv: {virtualenv}}}\n"
PROGRAM = """
import pulumi

for number in range({count}):
    pulumi.CustomResource("echo:index:Thing", f"thing-{{number}}", {{"number": number, "tags": {{"team": "platform"}}}})
"""


def seconds(command: list[str], directory: Path, environment: Mapping[str, str]) -> float:
    """Wall time of one command, which must succeed."""
    began = time.monotonic()
    subprocess.run(command, cwd=directory, env=dict(environment), check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def main(stack: Annotated[str, typer.Argument()] = "prod", runs: Annotated[int, typer.Argument()] = 5) -> None:
    """Print both medians and their ratio; the exit code is 1 when it is over what is promised."""
    rehearsal = running_rehearsal(stack, None)
    daemon = rehearsal.running()
    count = facts(rehearsal.home, daemon).census.total
    environment = {**os.environ, **rehearsal.environment(daemon)}
    project = rehearsal.home.root / "floor"
    project.mkdir(exist_ok=True)
    (project / "Pulumi.yaml").write_text(
        f"name: floor\nruntime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n"
    )
    (project / "__main__.py").write_text(PROGRAM.format(count=count))
    pulumi = str(rehearsal.home.bin / "pulumi")
    preview = [pulumi, "preview", "--stack", stack, "--non-interactive"]
    with echo.running(rehearsal.home.root) as shims:
        bare = {**environment, "PATH": f"{shims}{os.pathsep}{environment['PATH']}"}
        del bare["PULUMI_OPTION_POLICY_PACK"]
        if not (project / f"Pulumi.{stack}.yaml").exists():
            seconds([pulumi, "stack", "init", stack, "--secrets-provider", secrets_provider()], project, bare)
        pairs = [
            (seconds(preview, rehearsal.home.workspace, environment), seconds(preview, project, bare))
            for _ in range(runs)
        ]
    real, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{stack}: {count} resources, {runs} runs each")
    print(f"preview {real:.2f} s, floor {floor:.2f} s, ratio {real / floor:.2f} (promised: at most {PROMISED})")
    raise typer.Exit(int(real / floor > PROMISED))


if __name__ == "__main__":
    typer.run(main)
