"""The `rehearse` command."""

import signal
import sys
import tempfile
import traceback
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from rehearsal.errors import RehearsalError
from rehearsal.evaluated import EvaluatedCommand

if TYPE_CHECKING:
    from rehearsal.commands import RehearsalTarget
    from rehearsal.console import ConsoleReporter

INTERRUPTED = 130
"""Exit code after Ctrl-C, as in shells (128 + SIGINT)."""

app = typer.Typer(
    name="rehearse",
    help="Rehearse a Pulumi Python program on this machine: real engine, real servers, emulated AWS.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Stack = Annotated[str, typer.Argument(help="Name of a stack, such as dev.")]
Project = Annotated[Path | None, typer.Option(help="Directory of the Pulumi project; default: the current directory.")]
Account = Annotated[
    str | None,
    typer.Option(
        help="Account ID of the emulated AWS; default: the account of the running rehearsal, else 123456789012."
    ),
]

Role = Annotated[
    list[str] | None,
    typer.Option(help="Name of an IAM role that the program refers to but does not create; repeatable."),
]


@app.command()
def up(stack: Stack, project: Project = None, account: Account = None, role: Role = None) -> None:
    """Start the cloud that the stack needs and run `pulumi up` in it."""
    from rehearsal import commands  # noqa: PLC0415  # keeps `rehearse --help` fast

    target = replace(_target(stack, project, account), roles=tuple(role or ()))
    commands.up(target, _reporter(target))


@app.command(cls=EvaluatedCommand)
def env(stack: Stack, project: Project = None) -> None:
    """Print shell commands that enter the rehearsal: eval "$(rehearse env dev)"."""
    from rehearsal import commands  # noqa: PLC0415  # keeps `rehearse --help` fast

    typer.echo(commands.shell_commands(_target(stack, project)))


@app.command()
def status(stack: Stack, project: Project = None) -> None:
    """Show the servers and resources of a rehearsal.

    The exit code is 1 if a server died.
    """
    from rehearsal import commands  # noqa: PLC0415  # keeps `rehearse --help` fast

    target = _target(stack, project)
    raise typer.Exit(0 if commands.status(target, _reporter(target)) else 1)


@app.command()
def down(stack: Stack, project: Project = None) -> None:
    """Stop everything that the rehearsal started.

    Its resources are deleted; its logs are kept.
    """
    from rehearsal import commands  # noqa: PLC0415  # keeps `rehearse --help` fast

    target = _target(stack, project)
    commands.down(target, _reporter(target))


@app.command()
def tools(
    names: Annotated[list[str] | None, typer.Argument(help="Names of tools; default: all.")] = None,
    *,
    listing: Annotated[
        bool, typer.Option("--list", help="Show where each tool comes from, without building any.")
    ] = False,
) -> None:
    """Build command-line tools that are neither on PATH nor in the tools directory."""
    from rehearsal.console import default_console  # noqa: PLC0415  # keeps `rehearse --help` fast
    from rehearsal.toolchain import TOOLS, Toolchain, listing_table  # noqa: PLC0415  # the same

    signal.signal(signal.SIGTERM, _interrupt)
    toolchain = Toolchain(console=default_console())
    if listing:
        toolchain.console.print(listing_table(toolchain, names or list(TOOLS)))
    else:
        toolchain.ensure(names or TOOLS)


@app.command()
def tuning() -> None:
    """Show every speed-up: its measured gain, and how to switch it off."""
    from rehearsal.console import default_console  # noqa: PLC0415  # keeps `rehearse --help` fast
    from rehearsal.tuning import table  # noqa: PLC0415  # the same

    default_console().print(table())


def _target(stack: str, project: Path | None, account: str | None = None) -> "RehearsalTarget":
    from rehearsal.commands import RehearsalTarget  # noqa: PLC0415  # keeps `rehearse --help` fast
    from rehearsal.hints import CommandHints  # noqa: PLC0415  # the same
    from rehearsal.lifecycle import project_root  # noqa: PLC0415  # the same

    root = project_root((project or Path.cwd()).resolve())
    options = "" if project is None else f"--project {project}"
    return RehearsalTarget(root, stack, account, hints=CommandHints(options=options))


def _reporter(target: "RehearsalTarget") -> "ConsoleReporter":
    from rehearsal.console import ConsoleReporter  # noqa: PLC0415  # keeps `rehearse --help` fast

    return ConsoleReporter(hints=target.hints)


def main() -> None:
    """Run the `rehearse` command.

    On an error, print one message to standard error and exit with a non-zero code.
    """
    try:
        app()
    except KeyboardInterrupt:
        _end("Interrupted.", INTERRUPTED)
    except Exception as error:  # every error must reach the user as a sentence
        _end(_message(error), 1)


def _message(error: Exception) -> str:
    if isinstance(error, RehearsalError):
        return str(error)
    if isinstance(error, PermissionError):
        return (
            f"Permission denied ({error.filename}). If another user's rehearsal runs here, use a copy of the project."
        )
    if isinstance(error, OSError) and error.strerror:
        file = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{file}; `rehearse` was aborted."
    with tempfile.NamedTemporaryFile("w", prefix="rehearse-", suffix=".log", delete=False) as log:
        traceback.print_exception(error, file=log)
    return f"rehearse failed ({type(error).__name__}: {error}); the traceback is in {Path(log.name)}"


def _end(message: str, code: int) -> None:
    sys.stderr.write(f"{message}\n")
    sys.exit(code)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Handle SIGTERM like Ctrl-C, so that a cancelled job leaves no compiler running."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
