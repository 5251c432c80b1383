"""`ops rehearse`: a whole environment on this machine, without a cloud account.

A thin adapter over `rehearse`, the command of the rehearsal package. It adds the platform's settings and add-ons.
"""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

try:
    from rehearsal.evaluated import EvaluatedCommand
except ModuleNotFoundError:  # a production installation; every command here then says which package it needs

    class EvaluatedCommand(TyperCommand):  # type: ignore[no-redef]
        """Command that can't run without the rehearsal package."""

        def invoke(self, ctx: Any) -> Any:
            """Print `false` for the shell that evaluates the output, then fail."""
            typer.echo("false")
            return super().invoke(ctx)


app = typer.Typer(
    help="Rehearse an environment on this machine: real engine, real servers, emulated AWS.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Environment = Annotated[str, typer.Argument(help="dev, staging, preprod or prod; with --project, any stack name.")]
Project = Annotated[
    Path | None, typer.Option(help="Another Pulumi project in Python to rehearse, instead of this platform.")
]
Account = Annotated[
    str | None,
    typer.Option(help="Account ID of the emulated AWS; only with --project, because environments set their own."),
]
Destroyable = Annotated[
    bool,
    typer.Option(
        "--disposable",
        help="Disable deletion protection in this rehearsal, so that `pulumi destroy` can delete the data.",
    ),
]

Unused = Annotated[bool, typer.Option("--unused", help="List the granted actions that the rehearsal did not use.")]


@app.command()
def up(
    environment: Environment, project: Project = None, *, account: Account = None, destroyable: Destroyable = False
) -> None:
    """Start the cloud that the environment needs and run `pulumi up` in it.

    For this platform, fail if the policy packs left no valid receipt of the preview and of the update.
    """
    from operations.policies.rehearsed import checked_target  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.rehearsing import rehearsal_target  # noqa: PLC0415  # the same
    from rehearsal import commands  # noqa: PLC0415  # the same
    from rehearsal.console import ConsoleReporter  # noqa: PLC0415  # the same

    target = rehearsal_target(environment, project, account=account, destroyable=destroyable)
    if project is not None:
        commands.up(target, ConsoleReporter(hints=target.hints))
        return
    with checked_target(target) as checked:
        commands.up(checked, ConsoleReporter(hints=target.hints))


@app.command(cls=EvaluatedCommand)
def env(environment: Environment, project: Project = None) -> None:
    """Print shell commands that enter the rehearsal: eval "$(ops rehearse env dev)"."""
    from operations.rehearsing import running_target  # noqa: PLC0415  # `ops --help` must stay fast
    from rehearsal import commands  # noqa: PLC0415  # the same

    typer.echo(commands.shell_commands(running_target(environment, project)))


@app.command()
def status(environment: Environment, project: Project = None) -> None:
    """Show the servers and resources of a rehearsal; exit code 1 if a server died."""
    from operations.rehearsing import running_target  # noqa: PLC0415  # `ops --help` must stay fast
    from rehearsal import commands  # noqa: PLC0415  # the same
    from rehearsal.console import ConsoleReporter  # noqa: PLC0415  # the same

    target = running_target(environment, project)
    raise typer.Exit(0 if commands.status(target, ConsoleReporter(hints=target.hints)) else 1)


@app.command()
def down(environment: Environment, project: Project = None) -> None:
    """Stop everything that the rehearsal started.

    Its resources are deleted; its logs are kept.
    """
    from operations.rehearsing import running_target  # noqa: PLC0415  # `ops --help` must stay fast
    from rehearsal import commands  # noqa: PLC0415  # the same
    from rehearsal.console import ConsoleReporter  # noqa: PLC0415  # the same

    target = running_target(environment, project)
    commands.down(target, ConsoleReporter(hints=target.hints))


@app.command()
def iam(environment: Environment, *, unused: Unused = False) -> None:
    """Check the permissions of the pipeline and of the program's roles.

    The pipeline's permissions are checked against recorded AWS calls and attacks, those of the roles against reviewed
    requests.

    Exit code: 0 if all needed requests are allowed and no attack succeeds, otherwise 1.
    """
    from operations.iam.command import report  # noqa: PLC0415  # `ops --help` must stay fast

    raise typer.Exit(0 if report(environment, unused=unused) else 1)
