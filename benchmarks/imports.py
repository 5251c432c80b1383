"""Import time of the program: `python -m benchmarks.imports [RUNS]`.

Run the imports of `stacks/__main__.py` in fresh interpreters and print the minimum. The start of the interpreter is
not included. The target is processor time, because wall time depends on other work on the machine. Nearly all
of the time is spent in the SDK packages, which Python loads completely. Packages that the program imports only while it
runs are not included (ADR 0020).
"""

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import run
from operations.rehearsing import PLATFORM
from stacks.layer_graph import PROGRAM

TARGET_SECONDS = 2.0
TIMED = """
import time
processor, clock = time.process_time(), time.perf_counter()
{}
print(time.process_time() - processor, time.perf_counter() - clock)
"""


def import_statements(program: Path = PROGRAM) -> str:
    """Return the program's imports: its source up to the first assignment."""
    body = ast.parse(program.read_text(encoding="utf-8")).body
    first = next(index for index, node in enumerate(body) if isinstance(node, ast.Assign))
    return ast.unparse(ast.Module(body[:first], type_ignores=[]))


def measure(code: str) -> tuple[float, float]:
    """Return processor and wall seconds of one import in a fresh interpreter."""
    environment = {**os.environ, "PYTHONPATH": str(PLATFORM)}
    run = subprocess.run(
        [sys.executable, "-c", TIMED.format(code)], check=True, capture_output=True, text=True, env=environment
    )
    processor, clock = map(float, run.stdout.split())
    return processor, clock


def main(runs: Annotated[int, typer.Argument(min=1)] = 10) -> None:
    """Print both times; exit with 1 if the target is missed."""
    code = import_statements()
    processor, clock = map(min, zip(*(measure(code) for _ in range(runs)), strict=True))
    print(
        f"import of the program: {processor:.2f} s of processor time (target: at most {TARGET_SECONDS} s), "
        f"{clock:.2f} s wall time, minimum of {runs} runs"
    )
    raise typer.Exit(int(processor > TARGET_SECONDS))


if __name__ == "__main__":
    run(main)
