"""Time of `ops rehearse up`: `python -m benchmarks.rehearse [ENV…]`.

Targets on two cores: 45 s for dev, 120 s for prod. Each time is also printed as a multiple of the engine's own start
time (`pulumi version`, measured just before), which distinguishes a slow machine from a slow rehearsal.
"""

import statistics
import subprocess
import sys
import time
from typing import Annotated

import typer

from benchmarks import run
from operations.rehearsing import PLATFORM, platform_tools
from rehearsal.toolchain import Toolchain

TARGET = {"dev": 45.0, "staging": 120.0, "preprod": 120.0, "prod": 120.0}
"""Maximum seconds by environment. staging and preprod have no target of their own, so prod's applies."""
STARTS = 5


def seconds(*command: str) -> float:
    """Wall time of one command, which must succeed."""
    began = time.monotonic()
    subprocess.run(command, check=True, cwd=PLATFORM, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def main(environments: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Bring each environment up and down again.

    The exit code is 1 if an environment missed its target.
    """
    pulumi = Toolchain(platform_tools()).ensure(["pulumi"])["pulumi"]
    late = []
    for environment in environments or ["dev", "prod"]:
        ops = (sys.executable, "-m", "operations", "rehearse")
        seconds(*ops, "down", environment)
        start = statistics.median(seconds(str(pulumi), "version") for _ in range(STARTS))
        took = seconds(*ops, "up", environment)
        seconds(*ops, "down", environment)
        target = TARGET[environment]
        print(
            f"{environment}: {took:.1f} s, {took / target:.2f} of the target {target:.0f} s, "
            f"{took / start:.0f} times the engine's own start time"
        )
        if took > target:
            late.append(environment)
    raise typer.Exit(int(bool(late)))


if __name__ == "__main__":
    run(main)
