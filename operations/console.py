"""Console of `ops` commands that need no rehearsal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

LOG_WIDTH = 140
"""Columns of output that goes to a file: wide enough for the tables."""


def default_console() -> Console:
    """Return a console as wide as the terminal, or wide enough for tables in a log."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=LOG_WIDTH)


@contextmanager
def progress_steps(console: Console) -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the current step.

    Animated on a terminal, a line each elsewhere.
    """
    if not console.is_terminal:
        yield lambda sentence: console.print(f"… {sentence}")
        return
    with console.status("") as status:
        yield status.update
