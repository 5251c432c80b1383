"""Report as SARIF 2.1.0 (OASIS), which code hosts show beside a change.

A deferral is a result of kind `open` (not enough information to decide). An exemption is a suppression.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from operations.policies.explaining import Explanation
from operations.policies.report import Exempted, Finding, Report, ReportEntry, RuleInfo
from policy_packs.kernel.exemptions import type_and_name
from policy_packs.kernel.registry import Level, Severity

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
PROGRAM: Final = "stacks/__main__.py"
"""File that all findings refer to. The engine does not tell policy packs which line created a resource."""

_LEVELS: Final = {Level.MANDATORY: "error", Level.ADVISORY: "warning", Level.DISABLED: "none"}
_SCORES: Final = {Severity.LOW: "2.0", Severity.MEDIUM: "5.0", Severity.HIGH: "8.0", Severity.CRITICAL: "9.5"}
"""`security-severity` on GitHub's scale: low from 0.1, medium from 4.0, high from 7.0, critical above 9.0."""


def sarif(report: Report, explained: Sequence[Explanation]) -> str:
    """Return the report as a SARIF log with one run.

    The explanations provide the rules' help texts.
    """
    by_name = {each.policy.name: each for each in explained}
    index = {rule.name: number for number, rule in enumerate(report.rules)}
    rules = [_rule(rule, by_name.get(rule.name)) for rule in report.rules]
    levels = {rule.name: _LEVELS[rule.level] for rule in report.rules}
    results = [
        *(_result(each, index, level=_LEVELS[each.level]) for each in report.findings),
        *(_result(each, index, level=levels[each.rule], suppressions=[_suppression(each)]) for each in report.exempted),
        *(_result(each, index, level="none", kind="open") for each in report.deferred),
    ]
    driver = {"name": "campus-safety-policies", "semanticVersion": version("campus-safety-platform"), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"ops-policy/{report.stack}/"},
        "invocations": [{"executionSuccessful": not any(finding.undecided for finding in report.findings)}],
        "results": results,
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: RuleInfo, explained: Explanation | None) -> dict[str, Any]:
    remedies = [f"- {finding}" for finding in explained.findings] if explained else []
    text = "\n".join((rule.rationale, *remedies))
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.rationale},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"enabled": rule.level is not Level.DISABLED, "level": _LEVELS[rule.level]},
        "properties": {"tags": ["policy", *rule.covers], "security-severity": _SCORES[rule.severity]},
    }


def _result(each: ReportEntry | Finding, index: Mapping[str, int], *, level: str, **more: Any) -> dict[str, Any]:
    name = type_and_name(each.urn)
    return {
        "ruleId": each.rule,
        "ruleIndex": index[each.rule],
        "kind": "fail",
        "level": level,
        "message": {"text": f"{name}: {each.message}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": PROGRAM}, "region": {"startLine": 1}},
                "logicalLocations": [{"name": name, "fullyQualifiedName": each.urn, "kind": "resource"}],
            }
        ],
        # All findings have the same file and line, so the fingerprint identifies them across runs.
        "partialFingerprints": {"resource/v1": hashlib.sha256(f"{each.rule} {each.urn}".encode()).hexdigest()},
        **more,
    }


def _suppression(each: Exempted) -> dict[str, Any]:
    justification = f"{each.reason} (until {each.expires}; {each.approver} for {each.owner})"
    return {"kind": "external", "status": "accepted", "justification": justification}
