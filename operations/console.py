"""Console for `ops` commands that do not use the rehearsal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

LOG_WIDTH = 140
"""Width in columns of output that goes to a file, so that tables do not wrap."""


def default_console() -> Console:
    """Return a console as wide as the terminal, or wide enough for tables in a log."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=LOG_WIDTH)


@contextmanager
def progress_steps(console: Console) -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the current step.

    On a terminal, the step is animated. Elsewhere, each step is printed on its own line.
    """
    if not console.is_terminal:
        yield lambda sentence: console.print(f"… {sentence}")
        return
    with console.status("") as status:
        yield status.update
