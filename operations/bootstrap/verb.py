"""The verb `ops bootstrap`."""

from typing import Annotated

import typer

Environment = Annotated[str, typer.Argument(help="dev, staging, preprod or prod.")]
Execute = Annotated[bool, typer.Option("--execute", help="Make what is missing and mend what is wrong.")]


def bootstrap(environment: Environment, *, execute: Execute = False) -> None:
    """Show what Pulumi needs in an environment's AWS account: state, key, leases, CI roles; --execute makes it.

    Exit code: 0 all is there, 2 a dry run found work, 1 an error or something that AWS cannot change.
    """
    from operations.bootstrap.run import bootstrap as run  # noqa: PLC0415  # `ops --help` must stay fast

    raise typer.Exit(run(environment, execute=execute))
