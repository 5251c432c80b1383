"""Responses, notes and reports of the analyzer.

The tests use exemptions, levels and a policy configuration.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs import catalogue
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.errors import RefusalError
from policy_packs.kernel.exemptions import Exemption, ExemptionError, Exemptions
from policy_packs.kernel.registry import Level, Levels, Pack, Registry, rule
from policy_packs.kernel.resource import Resource
from pulumi_wire.markers import UNKNOWN_SENTINELS

RULE = "kms-must-rotate-keys"
KEY = "aws:kms/key:Key"
STACK = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"
BuildAnalyzer = Callable[..., Analyzer]


def exemption(resource: str, rule: str = RULE, stacks: tuple[str, ...] = ("dev",)) -> Exemption:
    return Exemption.model_validate(
        {
            "rule": rule,
            "resource": resource,
            "environments": stacks,
            "reason": "signs nothing",
            "owner": "platform",
            "approver": "security",
            "granted": date(2026, 1, 1),
            "expires": date(2026, 2, 1),
        }
    )


def urn(name: str, kind: str = KEY) -> str:
    return f"urn:pulumi:dev::p::{kind}::{name}"


def analyze(analyzer: Analyzer, name: str, **properties: Any) -> pb.AnalyzeResponse:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return analyzer.Analyze(pb.AnalyzeRequest(type=KEY, urn=urn(name), name=name, properties=struct))


def end(analyzer: Analyzer, *names: str) -> pb.AnalyzeResponse:
    """End a run by sending the whole stack, and return the response.

    Besides the Stack resource, there are only KMS keys with these names. Stack rules have no findings on them.
    """
    resources = [pb.AnalyzerResource(type="pulumi:pulumi:Stack", urn=STACK, name="p-dev")]
    resources += [pb.AnalyzerResource(type=KEY, urn=urn(name), name=name) for name in names]
    return analyzer.AnalyzeStack(pb.AnalyzeStackRequest(resources=resources))


@pytest.fixture
def build_analyzer(tmp_path: Path) -> BuildAnalyzer:
    def make(*exemptions: Exemption, stack: str = "dev", dry_run: bool = True) -> Analyzer:
        # Only the rule under test, because other rules have findings on a minimal key.
        pack = Pack("one", "0.1.0", "", (catalogue.policies()[RULE],))
        analyzer = Analyzer(pack, (), lambda: None, lambda _: Exemptions(exemptions), tmp_path)
        analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack=stack, dry_run=dry_run))
        return analyzer

    return make


def test_an_exempted_finding_is_no_violation_and_does_not_count_as_passed(build_analyzer: BuildAnalyzer) -> None:
    analyzer = build_analyzer(exemption(f"{KEY}/bad"))
    answer = analyze(analyzer, "bad")
    assert not answer.diagnostics
    (not_applicable,) = answer.not_applicable
    assert (not_applicable.policy_name, not_applicable.reason) == (RULE, "exempted until 2026-02-01: signs nothing")
    assert [each.policyName for each in analyze(analyzer, "worse").diagnostics] == [RULE]


def test_each_use_is_noted_and_reported(
    build_analyzer: BuildAnalyzer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    analyzer = build_analyzer(exemption(f"{KEY}/bad-*"))
    for name in ("bad-1", "bad-2"):
        analyze(analyzer, name)
    assert not end(analyzer, "bad-1", "bad-2").diagnostics
    assert "exempted findings: 2" in capsys.readouterr().err
    report = json.loads((tmp_path / "one.json").read_text())
    assert [each["urn"] for each in report["exempted"]] == [urn("bad-1"), urn("bad-2")]
    assert {each["approver"] for each in report["exempted"]} == {"security"}
    assert report["findings"] == []


def test_an_exemption_that_matches_nothing_blocks_at_the_end_of_the_run(build_analyzer: BuildAnalyzer) -> None:
    (diagnostic,) = end(build_analyzer(exemption(f"{KEY}/gone")), "other").diagnostics
    assert diagnostic.enforcementLevel == pb.MANDATORY
    assert diagnostic.urn == STACK
    assert diagnostic.message == f"The exemption for {KEY}/gone matches no resource of this run. Correct or remove it."


def test_an_exemption_of_another_environment_is_neither_used_nor_missed(build_analyzer: BuildAnalyzer) -> None:
    analyzer = build_analyzer(exemption(f"{KEY}/bad", stacks=("staging",)))
    assert analyze(analyzer, "bad").diagnostics
    assert not end(analyzer, "other").diagnostics


def test_what_a_rule_could_not_decide_is_not_exempted(build_analyzer: BuildAnalyzer) -> None:
    analyzer = build_analyzer(exemption(f"{KEY}/bad"), dry_run=False)
    (unknown,) = analyze(analyzer, "bad", enableKeyRotation=min(UNKNOWN_SENTINELS)).diagnostics
    assert "is unknown even at update" in unknown.message
    (strange,) = analyze(analyzer, "bad", enableKeyRotation="yes").diagnostics
    assert "cannot be evaluated" in strange.message


def test_a_rule_that_fails_itself_is_not_exempted(tmp_path: Path) -> None:
    @rule("thing-must-work", on=KEY)
    def broken(key: Resource) -> Any:
        """This rule never works."""
        yield key["a"].nonsense

    pack = Pack("one", "0.1.0", "", (broken,))
    listed = Exemptions([exemption(f"{KEY}/bad", rule=broken.name)])
    analyzer = Analyzer(pack, (), lambda: None, lambda _: listed, tmp_path)
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", dry_run=True))
    (crash,) = analyze(analyzer, "bad", a=1).diagnostics
    assert "The rule thing-must-work itself failed" in crash.message


def test_a_list_with_mistakes_is_refused_before_anything_is_judged() -> None:
    def listed(_: Registry) -> Exemptions:
        raise ExemptionError(catalogue.EXEMPTIONS_FILE, ["exemption 1: `owner` is missing"])

    analyzer = Analyzer(catalogue.SUITE, catalogue.PACKS, lambda: None, listed)
    with pytest.raises(RefusalError) as caught:
        analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", dry_run=True))
    assert str(caught.value).splitlines() == [
        "policy_packs/exemptions.yaml: 1 mistake; nothing was judged",
        "  exemption 1: `owner` is missing",
    ]


def test_rules_and_settings_that_do_not_exist_are_refused_all_at_once() -> None:
    analyzer = Analyzer(catalogue.SUITE, catalogue.PACKS, lambda: None, lambda _: Exemptions())
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", dry_run=True))
    settings = struct_pb2.Struct()
    settings.update({"monthlyUSD": {"dev": 1}})
    config = {
        "all": pb.PolicyConfig(enforcementLevel=pb.ADVISORY),
        "kms-must-fly": pb.PolicyConfig(enforcementLevel=pb.ADVISORY),
        "cost-must-cap-instance-price": pb.PolicyConfig(enforcementLevel=pb.ADVISORY, properties=settings),
        RULE: pb.PolicyConfig(enforcementLevel=pb.ADVISORY, properties=settings),
    }
    with pytest.raises(RefusalError) as caught:
        analyzer.Configure(pb.ConfigureAnalyzerRequest(policyConfig=config))
    assert str(caught.value).splitlines() == [
        "policy configuration: 3 mistakes; nothing was judged",
        "  cost-must-cap-instance-price.monthlyUSD: unknown setting; the rule's settings are: monthlyUsd",
        "  kms-must-fly: unknown rule; `ops policy explain` lists all rules",
        f"  {RULE}.monthlyUSD: unknown setting; the rule's settings are: none",
    ]


@pytest.mark.parametrize(
    ("stack", "level"),
    [("dev", pb.ADVISORY), ("staging", pb.DISABLED), ("prod", pb.MANDATORY), ("pr-12", pb.MANDATORY)],
)
def test_the_engine_is_told_the_level_of_the_environment(stack: str, level: pb.EnforcementLevel.ValueType) -> None:
    @rule("thing-must-work", on=KEY, level=Levels(dev=Level.ADVISORY, staging=Level.DISABLED))
    def works(key: Resource) -> Any:
        """This rule works."""
        if not key["on"]:
            yield "it is off; turn it on"

    analyzer = Analyzer(Pack("one", "0.1.0", "", (works,)), (), lambda: None, lambda _: Exemptions())
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack=stack, dry_run=True))
    (info,) = analyzer.GetAnalyzerInfo(empty_pb2.Empty()).policies
    assert info.enforcementLevel == level
    diagnostics = analyze(analyzer, "it").diagnostics
    assert [each.enforcementLevel for each in diagnostics] == ([] if level == pb.DISABLED else [level])
