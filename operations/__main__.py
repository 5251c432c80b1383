"""The `ops` command: its groups of verbs.

And how errors reach the person at the terminal.
"""

import sys
import tempfile
import traceback
from pathlib import Path

import typer

from operations import graph, policy, rehearse, release
from operations.access.verb import access
from operations.bootstrap.verb import bootstrap
from operations.cost import verb as cost
from operations.generate import generate
from operations.requirements.verb import requirements

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it (128 + SIGINT)."""

app = typer.Typer(
    name="ops",
    help="Day-2 work on the campus safety platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Help without markup needs no rich, which keeps `ops --help` fast.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(rehearse.app, name="rehearse")
app.add_typer(policy.app, name="policy")
app.add_typer(cost.app, name="cost")
app.add_typer(graph.app, name="graph")
app.add_typer(release.app, name="release")
app.command()(bootstrap)
app.command()(access)
app.command()(requirements)
app.command()(generate)


def main() -> None:
    """Run `ops`.

    Every error ends in one message on standard error and a non-zero exit code.
    """
    try:
        app()
    except KeyboardInterrupt:
        _end("Interrupted.", INTERRUPTED)
    except Exception as error:  # every error must reach the user as a sentence
        _end(_message(error), 1)


def _message(error: Exception) -> str:
    """The error's own words if it was written for the user, else.

    Where its traceback lies.
    """
    if getattr(type(error), "__module__", "").split(".")[0] in {"operations", "rehearsal", "stacks"}:
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}; nothing more was done."
    with tempfile.NamedTemporaryFile("w", prefix="ops-", suffix=".log", delete=False) as log:
        traceback.print_exception(error, file=log)
    return f"ops itself failed ({type(error).__name__}: {error}); the traceback is in {Path(log.name)}"


def _end(message: str, code: int) -> None:
    sys.stderr.write(f"{message}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
