"""`ops requirements`: resources that meet the requirements, and gaps."""

from typing import Annotated

import typer


def requirements(
    *,
    write: Annotated[bool, typer.Option("--write", help="Write docs/reference/requirements.md instead.")] = False,
) -> None:
    """Preview all environments and print the resources that meet the requirements.

    Exit with 1 if a resource is missing, or if the table claims more than the resources show.
    """
    from operations.previews import previews  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.recording import PROJECT  # noqa: PLC0415  # the same
    from operations.requirements.claims import overclaims  # noqa: PLC0415  # the same
    from operations.requirements.page import page  # noqa: PLC0415  # the same
    from operations.requirements.sections import SECTIONS  # noqa: PLC0415  # the same
    from operations.requirements.table import missing  # noqa: PLC0415  # the same

    by_environment = previews()
    text = page(SECTIONS, by_environment)
    if write:
        (PROJECT / "docs" / "reference" / "requirements.md").write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)
    gaps = [*missing(SECTIONS, by_environment), *overclaims(SECTIONS.values(), by_environment)]
    for gap in gaps:
        typer.echo(gap, err=True)
    raise typer.Exit(int(bool(gaps)))
