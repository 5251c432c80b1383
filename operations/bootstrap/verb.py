"""The verb `ops bootstrap`."""

from typing import Annotated

import typer

Environment = Annotated[str, typer.Argument(help="dev, staging, preprod or prod.")]
Execute = Annotated[bool, typer.Option("--execute", help="Create missing resources and repair wrong ones.")]


def bootstrap(environment: Environment, *, execute: Execute = False) -> None:
    """Show what Pulumi needs in an environment's AWS account.

    State, key, leases, CI roles; --execute creates it.

    Exit code: 0 all is up to date, 2 a dry run found work, 1 an error or a change that AWS does not allow.
    """
    from operations.bootstrap.run import bootstrap as run  # noqa: PLC0415  # `ops --help` must stay fast

    raise typer.Exit(run(environment, execute=execute))
