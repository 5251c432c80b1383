"""Report formats for people, programs and code hosts contain the same findings."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from operations.policies.explaining import explanations
from operations.policies.report import Report, as_json, read
from operations.policies.sarif import sarif
from operations.policies.views import show_report
from policy_packs import catalogue
from policy_packs.kernel.context import Context
from policy_packs.kernel.exemptions import Exemption
from policy_packs.kernel.registry import Level
from policy_packs.kernel.report import Report as Written
from policy_packs.kernel.verdict import Deferral, Violation

URN = "urn:pulumi:dev::campus-safety::aws:rds/instance:Instance::reports"
RULES = catalogue.policies()
PUBLIC, BACKUPS, PINNED = (
    RULES[name] for name in ("rds-must-not-be-public", "rds-must-keep-backups", "k8s-images-must-be-pinned")
)
EXEMPTION = Exemption.model_validate(
    {
        "rule": BACKUPS.name,
        "resource": URN,
        "environments": ["dev"],
        "reason": "filled anew every night",
        "owner": "data",
        "approver": "security",
        "granted": date(2026, 1, 1),
        "expires": date(2026, 2, 1),
    }
)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    owners = {policy.name: pack for pack in catalogue.PACKS for policy in pack.policies}
    written = Written(catalogue.SUITE, owners, tmp_path)
    written.violation(Violation(PUBLIC, URN, "publicly_accessible is on; turn it off"), Level.MANDATORY)
    written.violation(Violation(PINNED, URN, "runs web:latest"), Level.ADVISORY)
    written.exempted(Violation(BACKUPS, URN, "keeps no backups"), EXEMPTION)
    written.deferral(Deferral(PUBLIC, "other", "publiclyAccessible", URN))
    levels = {policy.name: policy.levels.at(Context("dev", dry_run=True)) for policy in RULES.values()}
    written.write("dev", levels, tuple(RULES.values()), 7)
    merged = read(tmp_path)
    assert merged is not None
    return merged


def run(report: Report) -> dict[str, Any]:
    (only,) = json.loads(sarif(report, explanations()))["runs"]
    sarif_run: dict[str, Any] = only
    return sarif_run


def test_a_run_without_reports_has_no_result(tmp_path: Path) -> None:
    assert read(tmp_path) is None


def test_reports_of_separate_packs_are_merged(report: Report, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text((tmp_path / "campus-safety.json").read_text())
    both = read(tmp_path)
    assert both is not None
    assert both.summary["mandatory"] == 2 * report.summary["mandatory"]


def test_totals_come_first_in_json(report: Report) -> None:
    content = json.loads(as_json(report))
    assert list(content)[:2] == ["stack", "summary"]
    assert content["summary"] == {
        "resources": 7,
        "rules": sum(policy.levels.dev is not Level.DISABLED for policy in RULES.values()),
        "mandatory": 1,
        "advisory": 1,
        "exempted": 1,
        "deferred": 1,
    }
    assert content["exempted"][0]["expires"] == "2026-02-01"


def test_the_terminal_shows_findings_exemptions_and_deferrals(report: Report) -> None:
    console = Console(file=io.StringIO(), width=200)
    show_report(console, report)
    text = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO from above
    for words in (
        "publicly_accessible is on",
        "runs web:latest",
        "filled anew",
        "Deferred to the update",
        "Instance/reports",
    ):
        assert (words in text) is (words != "filled anew")
    assert "7 resources judged by" in text
    assert "1 mandatory and 1 advisory findings, 1 exempted, 1 deferred to the update" in text


def test_sarif_has_what_the_standard_requires(report: Report) -> None:
    log = json.loads(sarif(report, explanations()))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    driver = run(report)["tool"]["driver"]
    assert driver["name"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note", "none"}
        assert len(rule["properties"]["tags"]) == len(set(rule["properties"]["tags"]))
    for result in run(report)["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["kind"] in {"fail", "open"}
        assert (result["level"] == "none") is (result["kind"] != "fail")
        assert result["message"]["text"]
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert not uri.startswith("/")
        assert (Path(__file__).parents[3] / uri).is_file()
        assert location["logicalLocations"][0]["fullyQualifiedName"] == URN


def test_sarif_distinguishes_levels_deferrals_and_exemptions(report: Report) -> None:
    results = [
        (each["ruleId"], each["kind"], each["level"], len(each.get("suppressions", ())))
        for each in run(report)["results"]
    ]
    assert results == [
        (PUBLIC.name, "fail", "error", 0),
        (PINNED.name, "fail", "warning", 0),
        (BACKUPS.name, "fail", "error", 1),
        (PUBLIC.name, "open", "none", 0),
    ]


def test_sarif_names_the_identifiers_that_a_rule_covers(report: Report) -> None:
    rules = {rule["id"]: rule for rule in run(report)["tool"]["driver"]["rules"]}
    assert "CKV_AWS_17" in rules[PUBLIC.name]["properties"]["tags"]
    assert "publicly_accessible is on" in rules[PUBLIC.name]["help"]["markdown"]
