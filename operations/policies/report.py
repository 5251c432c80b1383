"""What the packs found in a preview: their own report (policy_packs/kernel/report.py), read and added up."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from policy_packs.kernel.registry import Level, Severity


class Entry(BaseModel):
    """Something a rule said about a resource."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    pack: str
    severity: Severity
    urn: str
    message: str


class Finding(Entry):
    """A resource that breaks a rule; `undecided` where the rule could not do its work, which blocks too."""

    level: Level
    undecided: bool


class Exempted(Entry):
    """A finding that somebody accepted."""

    reason: str
    owner: str
    approver: str
    granted: str
    expires: str


class RuleInfo(BaseModel):
    """A rule as it was applied in this run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    pack: str
    rationale: str
    covers: tuple[str, ...]
    severity: Severity
    level: Level


class Report(BaseModel):
    """One run of the packs over one environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stack: str
    resources: Annotated[int, Field(ge=0)]
    rules: tuple[RuleInfo, ...]
    findings: tuple[Finding, ...]
    deferred: tuple[Entry, ...]
    exempted: tuple[Exempted, ...]

    def of(self, level: Level) -> Sequence[Finding]:
        """Findings of one level."""
        return [finding for finding in self.findings if finding.level is level]

    @property
    def summary(self) -> dict[str, int]:
        """How many there are of everything."""
        return {
            "resources": self.resources,
            "rules": sum(rule.level is not Level.DISABLED for rule in self.rules),
            "mandatory": len(self.of(Level.MANDATORY)),
            "advisory": len(self.of(Level.ADVISORY)),
            "exempted": len(self.exempted),
            "deferred": len(self.deferred),
        }


def read(directory: Path) -> Report | None:
    """The report that the packs left in a directory; None when they did not come to an end."""
    found = [Report.model_validate_json(file.read_text(encoding="utf-8")) for file in sorted(directory.glob("*.json"))]
    if not found:
        return None
    together = found[0].model_dump()
    for other in found[1:]:
        for key in ("rules", "findings", "deferred", "exempted"):
            together[key] = (*together[key], *other.model_dump()[key])
    return Report.model_validate(together)


def as_json(report: Report) -> str:
    """The whole report for programs, its sums first."""
    told = report.model_dump(mode="json")
    return json.dumps({"stack": told.pop("stack"), "summary": report.summary, **told}, indent=2) + "\n"
