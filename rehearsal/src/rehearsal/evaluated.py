"""Commands whose output a shell evaluates, such as `rehearse env`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand


@contextmanager
def failing_shell() -> Iterator[None]:
    """If the block fails, print `false` for the shell that evaluates the output.

    Otherwise `eval "$(rehearse env prod)" && pulumi destroy` would run Pulumi outside the rehearsal after an error.
    """
    try:
        yield
    except BaseException as error:
        if not (isinstance(error, typer.Exit) and error.exit_code == 0):  # --help
            sys.stdout.write("false\n")
        raise


class EvaluatedCommand(TyperCommand):
    """Command that prints `false` after any error, also in its arguments and options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments and options."""
        with failing_shell():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with failing_shell():
            return super().invoke(ctx)
