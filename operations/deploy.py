"""`ops deploy`: the only way to update a real environment."""

from typing import Annotated

import typer

Environment = Annotated[str, typer.Argument(help="dev, staging, preprod or prod.")]
Options = Annotated[
    list[str] | None,
    typer.Argument(help="Options for Pulumi after `--`, such as -- --exclude=URN. --skip-preview is refused."),
]


def deploy(
    environment: Environment,
    options: Options = None,
    *,
    execute: Annotated[bool, typer.Option("--execute", help="Update the environment after the preview.")] = False,
) -> None:
    """Preview an environment with the policy packs; --execute also updates it.

    Fail if the packs are missing, replaced or incomplete, or if they left no valid receipt of the run.
    """
    from operations.deploying import deploy as run  # noqa: PLC0415  # `ops --help` must stay fast

    for receipt in run(environment, options or [], execute=execute):
        packs = ", ".join(f"{pack.name} {pack.source[:12]}" for pack in receipt.packs)
        typer.echo(f"policy packs judged the {receipt.phase}: {receipt.judged} resources, {packs}")
        for what, names in (
            ("rules below their declared level", receipt.lowered),
            ("settings that differ from their default", receipt.settings),
            ("exemptions", receipt.exemptions),
        ):
            if names:
                typer.echo(f"{what}: {', '.join(names)}")
