"""`ops cost`: monthly estimates, baselines and the price table."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Estimate the cost of an environment, update its baseline and the price table.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
prices = typer.Typer(help="The price table.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(prices, name="prices")

WORK = 2
"""Exit code of a dry run with something to write."""
UNANSWERED = 1
"""Exit code when AWS did not return exactly one price for an entry."""

Environment = Annotated[str, typer.Argument(help="dev, staging, preprod or prod.")]
Source = Annotated[
    Path, typer.Option("--from", help="A file from `pulumi preview --json --stack ENV` or `pulumi stack export`.")
]


@app.command()
def estimate(environment: Environment, source: Source) -> None:
    """Print the monthly cost of a preview or state, by team, feature, type, resource."""
    from operations.console import default_console  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.cost import estimating, views  # noqa: PLC0415  # `ops --help` must stay fast

    views.show_estimate(default_console(), environment, estimating.priced(environment, source))


@app.command()
def baseline(
    environment: Environment,
    source: Source,
    *,
    execute: Annotated[bool, typer.Option("--execute", help="Write policy_packs/cost/baseline.yaml.")] = False,
) -> None:
    """Set the baseline to the cost of a preview.

    Shows the difference; --execute writes the new baseline.

    Exit codes: 0 if nothing differs or the baseline was written, 2 if a dry run found a difference.
    """
    from operations.console import default_console  # noqa: PLC0415  # the same
    from operations.cost import estimating, views  # noqa: PLC0415  # `ops --help` must stay fast
    from policy_packs.cost.table import BASELINE, BASELINE_FILE  # noqa: PLC0415  # the same

    console = default_console()
    present = estimating.priced(environment, source)
    new = estimating.renewed(environment, present, f"from {source.name}", datetime.now(UTC).date())
    old = BASELINE.get(environment)
    views.show_baseline(console, environment, old, new[environment])
    if estimating.unchanged(old, new[environment]):
        console.print("Nothing to change.")
    elif execute:
        estimating.write(new)
        console.print(f"Written: {BASELINE_FILE.name}; commit it together with the change that caused the difference.")
    else:
        console.print("Nothing was written; add --execute to write the baseline.")
        raise typer.Exit(WORK)


@prices.command()
def refresh(
    *, execute: Annotated[bool, typer.Option("--execute", help="Write policy_packs/cost/prices.yaml.")] = False
) -> None:
    """Query the AWS Pricing API for every price.

    Shows the differences; --execute writes them.

    Needs credentials with pricing:GetProducts. Exit codes: 1 if AWS did not return exactly one price for an entry,
    which then stays unverified; otherwise 2 after a dry run, 0 after --execute.
    """
    import boto3  # noqa: PLC0415  # `ops --help` must stay fast

    from operations.console import default_console, progress_steps  # noqa: PLC0415  # the same
    from operations.cost import quotes, refreshing, views  # noqa: PLC0415  # the same
    from policy_packs.cost.table import PRICES_FILE  # noqa: PLC0415  # the same

    console = default_console()
    client = boto3.client("pricing", region_name=quotes.ENDPOINT_REGION)
    with progress_steps(console) as progress:
        progress("querying the AWS Pricing API")
        renewal = refreshing.renew(client, datetime.now(UTC).date())
    views.show_renewal(console, renewal)
    if execute:
        refreshing.write(renewal)
        console.print(f"Written: {PRICES_FILE.name}")
    else:
        console.print("Nothing was written; add --execute to write the prices.")
    if renewal.unanswered:
        raise typer.Exit(UNANSWERED)
    if not execute:
        raise typer.Exit(WORK)
