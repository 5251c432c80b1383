"""How long the program takes to be imported: `python -m benchmarks.imports [RUNS]`.

The head of `stacks/__main__.py`, up to its first layer, is run in fresh interpreters, whose own start does not count,
and the least is told. Promised is processor time, since by the clock it is the machine's other work that is measured.
Nearly all of it goes into the SDKs, whose packages are loaded whole; those that the program first touches while it runs
are not in it.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from operations.rehearsing import PLATFORM
from stacks.graph import PROGRAM

PROMISED_SECONDS = 1.5
TIMED = """
import time
processor, clock = time.process_time(), time.perf_counter()
{}
print(time.process_time() - processor, time.perf_counter() - clock)
"""


def head(program: Path = PROGRAM) -> str:
    """The program's imports, with the collector paused around them as it has it."""
    body = ast.parse(program.read_text(encoding="utf-8")).body
    first = next(at for at, node in enumerate(body) if isinstance(node, ast.Assign))
    return ast.unparse(ast.Module(body[:first], type_ignores=[]))


def imported(code: str) -> tuple[float, float]:
    """Processor and wall seconds of one import in a fresh interpreter."""
    environment = {**os.environ, "PYTHONPATH": str(PLATFORM)}
    run = subprocess.run(
        [sys.executable, "-c", TIMED.format(code)], check=True, capture_output=True, text=True, env=environment
    )
    processor, clock = map(float, run.stdout.split())
    return processor, clock


def main(runs: Annotated[int, typer.Argument(min=1)] = 10) -> None:
    """Print both times; the exit code is 1 when the promise is not kept."""
    code = head()
    processor, clock = map(min, zip(*(imported(code) for _ in range(runs)), strict=True))
    print(
        f"import of the program: {processor:.2f} s of processor time (promised: at most {PROMISED_SECONDS} s), "
        f"{clock:.2f} s by the clock, the least of {runs}"
    )
    raise typer.Exit(int(processor > PROMISED_SECONDS))


if __name__ == "__main__":
    typer.run(main)
