"""`ops graph`: comparison of the resources that the program registers."""

from typing import Annotated

import typer

from stacks.requirements import Environment

app = typer.Typer(
    help="Compare the resources that the program registers, without an engine or a cloud.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Environments = Annotated[list[Environment] | None, typer.Argument(help="Environments; all four by default.")]


@app.callback()
def graph() -> None:
    """Make Typer keep `diff` as a subcommand.

    Without a callback, Typer would turn the only subcommand into `ops graph` itself.
    """


@app.command()
def diff(
    environments: Environments = None,
    *,
    since: Annotated[str, typer.Option(help="Git revision to compare with.")],
) -> None:
    """Compare the working tree's resources with those of a Git revision.

    The exit code is 1 if they differ.
    """
    from operations.recording.comparison import compare  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.recording.graph import record  # noqa: PLC0415  # the same
    from operations.recording.revisions import checked_out, record_tree  # noqa: PLC0415  # the same

    equal = True
    with checked_out(since) as tree:
        for environment in environments or list(Environment):
            old, new = record_tree(tree, environment), record(environment)
            changes = compare(old, new)
            equal = equal and not changes
            counts = f"{len(new.nodes)} resources" if not changes else f"{len(changes)} differences"
            typer.echo(f"{environment}: {'equal' if not changes else 'different'} ({counts})")
            for change in changes:
                typer.echo(f"  {change}")
    raise typer.Exit(0 if equal else 1)
