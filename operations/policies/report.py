"""Policy report of a preview, read from the files that the kernel writes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from policy_packs.kernel.registry import Level, Severity


class ReportEntry(BaseModel):
    """Entry of the report: a rule's message about a resource."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    pack: str
    severity: Severity
    urn: str
    message: str


class Finding(ReportEntry):
    """Violation of a rule.

    `undecided` is True if the rule could not be evaluated. An undecided finding blocks even if its level is advisory.
    """

    level: Level
    undecided: bool


class Exempted(ReportEntry):
    """Exempted finding."""

    reason: str
    owner: str
    approver: str
    granted: str
    expires: str


class RuleInfo(BaseModel):
    """Rule, with the level that applied in this run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    pack: str
    rationale: str
    covers: tuple[str, ...]
    severity: Severity
    level: Level


class Report(BaseModel):
    """Result of one run of the packs on one environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stack: str
    resources: Annotated[int, Field(ge=0)]
    rules: tuple[RuleInfo, ...]
    findings: tuple[Finding, ...]
    deferred: tuple[ReportEntry, ...]
    exempted: tuple[Exempted, ...]

    def of(self, level: Level) -> Sequence[Finding]:
        """Return the findings of one level."""
        return [finding for finding in self.findings if finding.level is level]

    @property
    def summary(self) -> dict[str, int]:
        """Totals by name, e.g. `mandatory` or `deferred`."""
        return {
            "resources": self.resources,
            "rules": sum(rule.level is not Level.DISABLED for rule in self.rules),
            "mandatory": len(self.of(Level.MANDATORY)),
            "advisory": len(self.of(Level.ADVISORY)),
            "exempted": len(self.exempted),
            "deferred": len(self.deferred),
        }


def read(directory: Path) -> Report | None:
    """Read the reports in a directory and merge them into one.

    Returns None if there are no reports because the run was interrupted.
    """
    reports = [
        Report.model_validate_json(file.read_text(encoding="utf-8")) for file in sorted(directory.glob("*.json"))
    ]
    if not reports:
        return None
    merged = reports[0].model_dump()
    for other in reports[1:]:
        for key in ("rules", "findings", "deferred", "exempted"):
            merged[key] = (*merged[key], *other.model_dump()[key])
    return Report.model_validate(merged)


def as_json(report: Report) -> str:
    """Return the report as JSON, with the totals first."""
    content = report.model_dump(mode="json")
    return json.dumps({"stack": content.pop("stack"), "summary": report.summary, **content}, indent=2) + "\n"
