"""A program that violates a rule is stopped at preview; no resource is created."""

import json
from collections.abc import Iterator

import pytest

from rehearsal.cloud.comparison import compare
from tests.integration.conftest import Checkout, copy, end

pytestmark = pytest.mark.integration

VIOLATIONS = {
    "a public database": (
        "components/database/instance_args.py",
        '"publicly_accessible": False',
        '"publicly_accessible": True',
        "rds-must-not-be-public",
    ),
    "a missing tag": ("components/base.py", '"cost-centre":', '"cost-center":', "tags-must-be-complete"),
    "too expensive a machine": (
        "Pulumi.dev.yaml",
        "instanceTypes: [t3.medium]",
        "instanceTypes: [m6i.32xlarge]",
        "cost-must-cap-instance-price",
    ),
}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Checkout in which one mistake at a time is made."""
    copied = copy(tmp_path_factory.mktemp("edited") / "platform")
    yield copied
    end(copied)


@pytest.mark.parametrize("mistake", VIOLATIONS)
def test_rule_violation_stops_the_update_before_any_resource_is_created(edited: Checkout, mistake: str) -> None:
    file, right, wrong, rule = VIOLATIONS[mistake]
    source = edited.root / file
    text = source.read_text()
    assert right in text
    source.write_text(text.replace(right, wrong))
    blocked = edited.ops("rehearse", "up", "dev", check=False)
    source.write_text(text)
    assert blocked.returncode == 1
    assert [each for _, _, _, each in VIOLATIONS.values() if each in blocked.stdout] == [rule]
    assert "Traceback" not in blocked.stdout + blocked.stderr
    assert compare(edited.control("dev", "inventory")["resources"], []).none
    assert edited.control("dev", "deployment")["resources"] == []


def test_ops_policy_checks_a_preview_of_an_empty_stack_and_leaves_no_process(own_checkout: Checkout) -> None:
    report, log = own_checkout.root / "report.json", own_checkout.root / "report.sarif"
    arguments = ("policy", "test", "dev", "--json", str(report), "--sarif", str(log))
    shown = own_checkout.ops(*arguments).stdout
    summary = json.loads(report.read_text())["summary"]
    assert f"0 mandatory and {summary['advisory']} advisory findings, 0 exempted" in shown
    assert summary["mandatory"] == summary["exempted"] == 0
    # Nothing exists yet, so the update determines most values.
    assert summary["deferred"] > 0
    assert f"{summary['deferred']} deferred to the update" in shown
    assert own_checkout.processes() == []

    file, right, wrong, rule = VIOLATIONS["a public database"]
    source = own_checkout.root / file
    source.write_text(source.read_text().replace(right, wrong))
    assert own_checkout.ops(*arguments, check=False).returncode == 1
    (run,) = json.loads(log.read_text())["runs"]
    failed = {each["ruleId"] for each in run["results"] if each["kind"] == "fail"}
    assert rule in failed
    assert own_checkout.processes() == []
