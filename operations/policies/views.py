"""Output of `ops policy`: tables for a terminal or a log file."""

from collections import Counter
from collections.abc import Mapping
from textwrap import shorten

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from operations.policies.coverage import Coverage
from operations.policies.explaining import Explanation, example, setting_text, settings
from operations.policies.mutation.changes import Kind
from operations.policies.mutation.report import TARGET, reason_of
from operations.policies.mutation.running import Score, total
from operations.policies.page import DIRECTORY, page_name
from operations.policies.report import Finding, Report
from policy_packs.kernel.cases import Case
from policy_packs.kernel.exemptions import type_and_name
from policy_packs.kernel.registry import Level, Severity

STYLES = {Level.MANDATORY: "red", Level.ADVISORY: "yellow", Level.DISABLED: "dim"}
SHOWN_TYPES = 12
"""Maximum number of a rule's resource types on the terminal; some rules apply to hundreds."""
SHOWN_FINDINGS = 5
"""Maximum number of a rule's findings on the terminal; its reference page has all."""
SHOWN_SETTING = 400
"""Maximum number of characters of a setting on the terminal; some defaults are long tables."""
EFFECTS = {
    Level.MANDATORY: "a finding fails the preview or update",
    Level.ADVISORY: "a finding is a warning",
    Level.DISABLED: "not checked",
}
"""Effect of each level."""
_WORST_FIRST = tuple(reversed(Severity))


def show_report(console: Console, report: Report) -> None:
    """Print findings, exempted findings, deferred rules and the totals."""
    if report.findings:
        table = Table("level", "severity", "rule", "resource", "finding", title="Findings", title_justify="left")
        for finding in sorted(report.findings, key=_worst_first):
            level = Text(finding.level, style=STYLES[finding.level])
            table.add_row(level, finding.severity, finding.rule, _resource(finding.urn), Text(finding.message))
        console.print(table)
    if report.exempted:
        table = Table(
            "rule", "resource", "finding", "until", "owner", "approver", title="Exempted", title_justify="left"
        )
        for each in report.exempted:
            row = (each.rule, _resource(each.urn), Text(each.message), each.expires, each.owner, each.approver)
            table.add_row(*row)
        console.print(table)
    if report.deferred:
        table = Table("rule", "resources", title="Deferred to the update, when the values are known")
        table.title_justify = "left"
        for rule, count in sorted(Counter(each.rule for each in report.deferred).items()):
            table.add_row(rule, str(count))
        console.print(table)
    sums = report.summary
    console.print(
        f"{report.stack}: {sums['resources']} resources judged by {sums['rules']} rules: "
        f"{sums['mandatory']} mandatory and {sums['advisory']} advisory findings, "
        f"{sums['exempted']} exempted, {sums['deferred']} deferred to the update"
    )


def show_rules(console: Console, found: tuple[Explanation, ...]) -> None:
    """Print every rule on one line."""
    table = Table("rule", "pack", "severity", "why")
    for each in found:
        table.add_row(each.policy.name, each.pack, each.policy.severity, each.policy.rationale)
    console.print(table)


def show_rule(console: Console, each: Explanation) -> None:
    """Print one rule in full."""
    policy = each.policy
    console.print(Text(policy.name, style="bold"))
    console.print(Text(policy.rationale))
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("pack", each.pack)
    table.add_row("severity", policy.severity)
    table.add_row("level", _levels(each))
    table.add_row("covers", ", ".join(policy.covers) or "no rule of AWSGuard, Checkov or CIS")
    more = " …" if len(each.resource_types) > SHOWN_TYPES else ""
    table.add_row("on", Text(", ".join(each.resource_types[:SHOWN_TYPES]) + more or each.subject))
    table.add_row("checked", Text(each.judged))
    for name, meaning in settings(policy).items():
        table.add_row("setting", Text(shorten(f"{name}: {meaning}", SHOWN_SETTING, placeholder=" …")))
    console.print(table)
    for title, case in (("fails", each.failing), ("passes", each.passing)):
        if case:
            console.print(f"\n[bold]{title}[/bold], in {case.stack}{_settings_of(case)}")
            console.print(Text(example(case)))
    _show_findings(console, each)


def _levels(each: Explanation) -> str:
    """Return the environments of each level, and what the level means."""
    environments: dict[Level, list[str]] = {}
    for environment, level in each.levels.items():
        environments.setdefault(level, []).append(environment)
    return "; ".join(f"{level} in {', '.join(names)} ({EFFECTS[level]})" for level, names in environments.items())


def _settings_of(case: Case) -> str:
    """Return the settings of an example that differ from the defaults."""
    values = "; ".join(f"{name}: {setting_text(value)}" for name, value in case.settings.items())
    return escape(f", with the setting {values}") if values else ""


def _show_findings(console: Console, each: Explanation) -> None:
    """Print the first findings of the failing examples, one indented paragraph each."""
    console.print("\n[bold]findings[/bold] of failing examples")
    table = Table(show_header=False, box=None, padding=(0, 1, 0, 0))
    for finding in each.findings[:SHOWN_FINDINGS]:
        table.add_row("-", Text(" ".join(finding.split())))
    console.print(table)
    if (more := len(each.findings) - SHOWN_FINDINGS) > 0:
        console.print(f"{more} more in {DIRECTORY / page_name(each.module)}.md")


def show_coverage(console: Console, measured: Coverage) -> None:
    """Print sums by subject, then every identifier that is left out or unassigned."""
    table = Table("rule set", "subject", "identifiers", "covered", "left out", "unassigned")
    for column in table.columns[2:]:
        column.justify = "right"
    for area in measured.measure.identifiers:
        counts = measured.count(area.identifiers)
        table.add_row(area.set.strip("_ "), area.area, str(len(area.names)), *map(str, counts))
    table.add_section()
    table.add_row("all", "", str(len(measured.listed)), *map(str, measured.count(measured.listed)))
    console.print(table)
    reasons = Table("left out", "why")
    for name, reason in measured.measure.left_out.items():
        reasons.add_row(name, reason)
    console.print(reasons)
    for name in measured.unassigned:
        console.print(Text(f"unassigned: {name}", style="yellow"))
    for mistake in measured.mistakes:
        console.print(Text(f"mistake: {mistake}", style="red"))


def show_covering_rules(console: Console, measured: Coverage) -> None:
    """Print every covered identifier with the rules that cover it."""
    table = Table("identifier", "rules")
    for name in measured.listed:
        if name in measured.rules:
            table.add_row(name, ", ".join(measured.rules[name]))
    console.print(table)


def _worst_first(finding: Finding) -> tuple[int, int, str, str]:
    return list(Level).index(finding.level), _WORST_FIRST.index(finding.severity), finding.rule, finding.urn


def _resource(urn: str) -> Text:
    return Text(type_and_name(urn).rpartition(":")[2])


def show_mutation(console: Console, by_subject: Mapping[str, Score]) -> None:
    """Print the mutants by rule and kind, the undetected mutants and the total."""
    table = Table("rule, or shared function or table", *Kind, "mutants", "detected")
    for score in by_subject.values():
        kinds = (str(score.mutants.get(kind, "")) for kind in Kind)
        table.add_row(score.subject, *kinds, str(score.all), str(score.killed))
    console.print(table)
    for score in by_subject.values():
        for survivor in score.survivors:
            why = reason_of(survivor) or "none yet; add a case"
            console.print(Text(f"not detected: {score.subject}: {survivor}\n  reason: {why}"))
    number = sum(score.all for score in by_subject.values())
    console.print(f"{total(by_subject):.1%} of {number} mutants are detected (target: {TARGET:.0%})")
