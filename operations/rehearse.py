"""`ops rehearse`: a whole environment on this machine, with no cloud account."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Rehearse an environment on this machine: real engine, real servers, emulated AWS.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Environment = Annotated[str, typer.Argument(help="dev, staging, preprod or prod; with --project, any stack name.")]
Project = Annotated[
    Path | None, typer.Option(help="Another Pulumi project in Python to rehearse, instead of this platform.")
]


Disposable = Annotated[
    bool, typer.Option("--disposable", help="Lift the protection of data in this rehearsal, so that destroy takes it.")
]


@app.command()
def up(environment: Environment, project: Project = None, *, disposable: Disposable = False) -> None:
    """Start what the environment needs and run `pulumi up` in it for real."""
    from operations.rehearsing import bring_up  # noqa: PLC0415  # `ops --help` must stay fast

    bring_up(environment, project, disposable=disposable)


@app.command()
def env(environment: Environment, project: Project = None) -> None:
    """Print shell commands that put a shell into the rehearsal: eval "$(ops rehearse env dev)"."""
    from operations.rehearsing import shell_commands  # noqa: PLC0415  # `ops --help` must stay fast

    typer.echo(shell_commands(environment, project))


@app.command()
def status(environment: Environment, project: Project = None) -> None:
    """Show what runs, what has died, and how to go on."""
    from operations.rehearsing import show_status  # noqa: PLC0415  # `ops --help` must stay fast

    raise typer.Exit(show_status(environment, project))


@app.command()
def down(environment: Environment, project: Project = None) -> None:
    """End everything that the rehearsal started. Its cloud is gone then; its logs stay."""
    from operations.rehearsing import bring_down  # noqa: PLC0415  # `ops --help` must stay fast

    bring_down(environment, project)
