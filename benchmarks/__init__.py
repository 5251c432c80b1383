"""Benchmarks that compare measured figures with performance targets."""

import sys
from collections.abc import Callable
from typing import Any

import typer

from components.errors import CampusError
from rehearsal.errors import RehearsalError


def run(main: Callable[..., Any]) -> None:
    """Run a benchmark's `main` on the command line's arguments.

    An expected error, such as a missing rehearsal, is printed as a sentence, and the exit code is 1.
    """
    try:
        typer.run(main)
    except (CampusError, RehearsalError) as error:
        sys.exit(str(error))
