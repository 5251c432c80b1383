"""Check for the optional rehearsal package, which a production installation does not have."""

import importlib.util
import sys

import typer


def rehearsal_installed() -> bool:
    """Return True if the rehearsal package can be imported."""
    try:
        # Not `rehearsal` itself: the source directory of that name is importable as a namespace package.
        return importlib.util.find_spec("rehearsal.errors") is not None
    except ModuleNotFoundError:
        return False


def require_rehearsal(command: str) -> None:
    """Exit with one sentence unless the rehearsal package is installed."""
    if not rehearsal_installed():
        sys.stderr.write(
            f"`{command}` needs the rehearsal package; run `make setup`, or install it with: pip install ./rehearsal\n"
        )
        raise typer.Exit(1)
