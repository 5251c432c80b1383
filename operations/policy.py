"""`ops policy`: judge environments, check receipts, explain and test rules."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Policy packs: judge an environment, explain a rule, show the coverage, test the cases.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

FOUND = 1
"""Exit code when there is something to fix."""

Environment = Annotated[str, typer.Argument(help="dev, staging, preprod or prod.")]


@app.command("test")
def judge(
    environment: Environment,
    sarif: Annotated[Path | None, typer.Option(help="Write a SARIF 2.1.0 log for a code host.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the whole report as JSON.")] = None,
    config: Annotated[Path | None, typer.Option(help="Policy configuration: JSON by rule name.")] = None,
) -> None:
    """Judge a real preview in the rehearsal; fail if a mandatory rule is violated.

    The environment is not changed.
    """
    from operations.policies import explaining, judging, report, views  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.policies.sarif import sarif as log  # noqa: PLC0415  # the same
    from rehearsal.console import ConsoleReporter  # noqa: PLC0415  # the same

    reporter = ConsoleReporter()
    result = judging.judge(environment, reporter, config)
    views.show_report(reporter.console, result)
    if json is not None:
        json.write_text(report.as_json(result), encoding="utf-8")
        reporter.console.print(f"written: {json}")
    if sarif is not None:
        sarif.write_text(log(result, explaining.explanations()), encoding="utf-8")
        reporter.console.print(f"written: {sarif}")
    raise typer.Exit(FOUND if result.summary["mandatory"] else 0)


@app.command()
def explain(rule: Annotated[str, typer.Argument(help="Name of a rule; lists all rules if omitted.")] = "") -> None:
    """Explain a rule: its rationale, levels, examples and findings."""
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
    """Show the coverage of AWSGuard, Checkov and CIS and the reasons for gaps.

    Exit with 1 if an identifier is neither covered nor listed as a gap, or if coverage.yaml has a mistake.
    """
    from operations.console import default_console  # noqa: PLC0415  # the same
    from operations.policies import coverage as measuring  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.policies import views  # noqa: PLC0415  # the same
    from policy_packs import catalogue  # noqa: PLC0415  # the same

    measured = measuring.coverage(catalogue.policies().values())
    console = default_console()
    if rules:
        views.show_covering_rules(console, measured)
    views.show_coverage(console, measured)
    raise typer.Exit(FOUND if measured.unassigned or measured.mistakes else 0)


@app.command()
def begin(
    environment: Environment,
    directory: Annotated[Path, typer.Argument(help="Empty directory for the receipts of one run.")],
    preview: Annotated[bool, typer.Option("--preview", help="The run is only a preview.")] = False,  # noqa: FBT002  # typer's way
) -> None:
    """Print shell commands that make the next run leave receipts.

    Fail if a variable would leave out, replace or weaken the packs. Pipelines without `ops deploy` run:
    commands=$(ops policy begin dev receipts) && eval "$commands" && pulumi up --event-log events.jsonl &&
    ops policy verify receipts --event-log events.jsonl
    """
    import os  # noqa: PLC0415  # `ops --help` must stay fast
    import shlex  # noqa: PLC0415  # the same

    from operations.deploying import PACKS, packs_variables  # noqa: PLC0415  # the same
    from operations.policies import guards, receipts  # noqa: PLC0415  # the same
    from operations.recording import PROJECT  # noqa: PLC0415  # the same

    guards.refuse([], os.environ, PACKS)
    phases = receipts.PREVIEW_ONLY if preview else receipts.WITH_UPDATE
    added = receipts.begin(directory, receipts.project_name(PROJECT), environment, phases)
    for name, value in packs_variables(added).items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command()
def verify(
    directory: Annotated[Path, typer.Argument(help="Directory of the receipts, as given to `ops policy begin`.")],
    event_log: Annotated[Path, typer.Option(help="The engine's event log (pulumi --event-log).")],
) -> None:
    """Check that exactly the packs of this repository judged a run to its end.

    Fail if a receipt is missing, malformed or of another run, if the source of a pack differs, or if the event log
    shows other packs or a failure. A run that was begun with --preview needs no receipt of an update.
    """
    from operations.policies import receipts  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.policies.event_log import read_events  # noqa: PLC0415  # the same

    for receipt in receipts.verify(directory, read_events(event_log)):
        names = ", ".join(f"{pack.name} {pack.source[:12]}" for pack in receipt.packs)
        typer.echo(f"the {receipt.phase} was judged by {names}")


@app.command()
def mutation(
    rules: Annotated[
        list[str] | None,
        typer.Argument(help="Rules to mutate; default: all rules and the functions and tables that they share."),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write docs/reference/policy-mutation.md.")] = False,  # noqa: FBT002  # typer's way
) -> None:
    """Change rules in one place at a time and list the changes that no case detects.

    Exit with 1 if an undetected change has no listed reason, or if fewer than 95 % are detected. All rules take about
    half a minute of processor time.
    """
    from operations.console import default_console  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.generate import PROJECT  # noqa: PLC0415  # the same
    from operations.policies import views  # noqa: PLC0415  # the same
    from operations.policies.mutation import report, running  # noqa: PLC0415  # the same

    running.require_rules(rules or ())
    by_subject = running.scores(rules or ())
    console = default_console()
    views.show_mutation(console, by_subject)
    if write and not rules:
        (PROJECT / report.PAGE).write_text(report.page(by_subject), encoding="utf-8")
        console.print(f"written: {report.PAGE}")
    missing = report.unexplained(by_subject) or running.total(by_subject) < report.TARGET
    raise typer.Exit(FOUND if missing else 0)
