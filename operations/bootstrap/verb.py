"""The verb `ops bootstrap`."""

from typing import Annotated

import typer

Environment = Annotated[str, typer.Argument(help="dev, staging, preprod or prod.")]
Execute = Annotated[bool, typer.Option("--execute", help="Create missing resources and repair wrong ones.")]


def bootstrap(environment: Environment, *, execute: Execute = False) -> None:
    """Show the resources that Pulumi needs in an environment's AWS account.

    These are the buckets and the key for state, the lease table and the CI roles. --execute creates them.

    Exit codes: 0 if everything is up to date, 2 if a dry run found changes, 1 for an error or a change that AWS does
    not allow.
    """
    from operations.bootstrap.run import bootstrap as run  # noqa: PLC0415  # `ops --help` must stay fast

    raise typer.Exit(run(environment, execute=execute))
