"""`ops access`: the access matrix of the environments."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from stacks.requirements import Environment

if TYPE_CHECKING:
    from operations.access.matrix import Matrix

Environments = Annotated[list[Environment] | None, typer.Argument(help="Environments; all four by default.")]


def access(environments: Environments = None) -> None:
    """Print the access matrix in Markdown: permissions in AWS, Kubernetes and Vault."""
    from operations.access.page import page  # noqa: PLC0415  # `ops --help` must stay fast

    typer.echo(page(matrices(environments or Environment)), nl=False)


def matrices(environments: Iterable[Environment] = Environment) -> "dict[Environment, Matrix]":
    """Return the access matrix of each environment.

    The program of each environment is recorded, which takes a few seconds per environment.
    """
    from operations.access.matrix import matrix  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.bootstrap.context import account_context  # noqa: PLC0415  # the same
    from operations.recording import PROJECT, record  # noqa: PLC0415  # the same
    from stacks.loading import load_file  # noqa: PLC0415  # the same

    return {
        environment: matrix(record(environment), account_context(load_file(PROJECT, environment), {}))
        for environment in environments
    }
