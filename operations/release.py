"""`ops release`: recorded graphs of releases and the check for breaking changes."""

from typing import Annotated

import typer

app = typer.Typer(
    help="Check this tree against the last release of the components.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def check() -> None:
    """Compare the four environments with the last release.

    Exit with 1 if a breaking change lacks a new major version, a migration note or an alias.
    """
    from operations.releases.command import check_release  # noqa: PLC0415  # `ops --help` must stay fast

    raise typer.Exit(check_release(typer.echo))


@app.command()
def record(
    *,
    execute: Annotated[bool, typer.Option("--execute", help="Write the files instead of listing them.")] = False,
) -> None:
    """Record the graphs and bill of materials of the components' present version.

    Lists the files; --execute writes them.
    """
    from operations.releases.command import record_release  # noqa: PLC0415  # `ops --help` must stay fast

    record_release(typer.echo, execute=execute)


@app.command()
def sbom() -> None:
    """Print the bill of materials of this tree (CycloneDX JSON)."""
    from operations.releases.command import present_bill  # noqa: PLC0415  # `ops --help` must stay fast

    typer.echo(present_bill(), nl=False)
