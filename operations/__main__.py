"""The `ops` command: its verbs and its error messages."""

import sys
import tempfile
import traceback
from pathlib import Path

import typer

from components.errors import CampusError
from operations import graph, policy, rehearse, release
from operations.access.verb import access
from operations.bootstrap.verb import bootstrap
from operations.cost import verb as cost
from operations.deploy import deploy
from operations.generate import generate
from operations.requirements.verb import requirements

INTERRUPTED = 130
"""Exit code after Ctrl-C, as in shells (128 + SIGINT)."""

app = typer.Typer(
    name="ops",
    help="Day-2 work on the campus safety platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Help without markup does not import rich, which keeps `ops --help` fast.
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
app.command()(deploy)
app.command()(requirements)
app.command()(generate)


def main() -> None:
    """Run the `ops` command.

    On an error, print one message to standard error and exit with a non-zero code.
    """
    try:
        app()
    except KeyboardInterrupt:
        _end("Interrupted.", INTERRUPTED)
    except Exception as error:  # every error must reach the user as a sentence
        _end(_message(error), 1)


def _message(error: Exception) -> str:
    """Return the message that users see for an error.

    The message for an unexpected error names the log file that contains the traceback.
    """
    if isinstance(error, _roots()):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0] == "rehearsal":
        return "This command needs the rehearsal package; run `make setup`, or install it with: pip install ./rehearsal"
    if isinstance(error, PermissionError):
        return f"Permission denied ({error.filename}). If another user works in this clone, use a clone of your own."
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"`ops` stopped: {error.strerror}{where}."
    with tempfile.NamedTemporaryFile("w", prefix="ops-", suffix=".log", delete=False) as log:
        traceback.print_exception(error, file=log)
    return f"ops failed ({type(error).__name__}: {error}); the traceback is in {Path(log.name)}"


def _roots() -> tuple[type[Exception], ...]:
    """Return the root exceptions of the installed packages.

    All packages are always installed, except the rehearsal package.
    """
    from policy_packs.kernel.errors import PolicyError  # noqa: PLC0415  # `ops --help` must stay fast

    roots: tuple[type[Exception], ...] = (CampusError, PolicyError)
    try:
        from rehearsal.errors import RehearsalError  # noqa: PLC0415  # the same
    except ImportError:
        return roots
    return (*roots, RehearsalError)


def _end(message: str, code: int) -> None:
    sys.stderr.write(f"{message}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
