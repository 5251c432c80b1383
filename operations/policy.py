"""`ops policy`: what the policy packs say about an environment, and what there is to say about them."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Policy packs: judge an environment, explain a rule, show what is covered.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

FOUND = 1
"""Exit code when there is something to mend."""

Environment = Annotated[str, typer.Argument(help="dev, staging, preprod or prod.")]


@app.command("test")
def judge(
    environment: Environment,
    sarif: Annotated[Path | None, typer.Option(help="Write a SARIF 2.1.0 log, for a code host.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the whole report, for programs.")] = None,
    config: Annotated[Path | None, typer.Option(help="Policy configuration: JSON by rule name.")] = None,
) -> None:
    """Judge a real preview in the rehearsal; fails when a mandatory rule is broken. Changes nothing."""
    from operations.policies import explaining, judging, report, views  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.policies.sarif import sarif as log  # noqa: PLC0415  # the same
    from rehearsal.console import ConsoleReporter  # noqa: PLC0415  # the same

    reporter = ConsoleReporter()
    judged = judging.judge(environment, reporter, config)
    views.show_report(reporter.console, judged)
    if json is not None:
        json.write_text(report.as_json(judged), encoding="utf-8")
        reporter.console.print(f"written: {json}")
    if sarif is not None:
        sarif.write_text(log(judged, explaining.explanations()), encoding="utf-8")
        reporter.console.print(f"written: {sarif}")
    raise typer.Exit(FOUND if judged.summary["mandatory"] else 0)


@app.command()
def explain(rule: Annotated[str, typer.Argument(help="Name of a rule; all are listed without one.")] = "") -> None:
    """Say why a rule exists, where it holds, what it stops and how to mend that."""
    from operations.console import default_console  # noqa: PLC0415  # the same
    from operations.policies import explaining, views  # noqa: PLC0415  # `ops --help` must stay fast

    console = default_console()
    if rule:
        views.show_rule(console, explaining.explain(rule))
    else:
        views.show_rules(console, explaining.explanations())


@app.command()
def coverage(
    rules: Annotated[bool, typer.Option("--rules", help="List every covered identifier with its rules.")] = False,  # noqa: FBT002  # typer's way
) -> None:
    """Show what is covered of AWSGuard, Checkov and CIS, what is left out and why; fails when anything is undecided."""
    from operations.console import default_console  # noqa: PLC0415  # the same
    from operations.policies import coverage as measuring  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.policies import views  # noqa: PLC0415  # the same
    from policy_packs import catalogue  # noqa: PLC0415  # the same

    found = measuring.coverage(catalogue.policies().values())
    console = default_console()
    if rules:
        views.show_covering(console, found)
    views.show_coverage(console, found)
    raise typer.Exit(FOUND if found.undecided or found.mistakes else 0)
