"""The packs read budgets, teams and data classes from the stack's configuration.

The tests use this platform's real stack files.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs import catalogue
from policy_packs.cost.budgets import environment_cap, feature_caps, team_caps
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.context import Context
from policy_packs.kernel.errors import UnexpectedValue
from policy_packs.kernel.exemptions import Exemptions
from policy_packs.kernel.registry import Policy, Stack
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.stack_config import StackConfig
from policy_packs.kernel.verdict import Violation, judge_stack

ROOT = Path(__file__).parents[2]
PROJECT = "campus-safety"
ENVIRONMENTS = ("dev", "staging", "preprod", "prod")
BUCKET = "aws:s3/bucket:Bucket"
ADDRESS_USD = 3.65
"""Monthly price of one public IPv4 address."""


def settings(environment: str) -> dict[str, Any]:
    """Return the configuration of an environment as the engine merges it.

    The stack's values override the project's defaults.
    """
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
    stack = yaml.safe_load((ROOT / f"Pulumi.{environment}.yaml").read_text(encoding="utf-8"))["config"]
    return {**{key: entry["value"] for key, entry in project.items()}, **stack}


def on_wire(environment: str) -> dict[str, str]:
    """Return the configuration as the engine sends it: text, with objects as JSON."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in settings(environment).items()}


def messages(policy: Policy, environment: str, addresses: int, **tags: str) -> list[str]:
    """Return the findings of a stack rule on a number of public addresses."""
    properties = {"region": "us-east-1", "tags": tags}
    stack = Stack(
        Resource.from_properties("aws:ec2/eip:Eip", properties, urn=f"urn:{number}", name=f"address-{number}")
        for number in range(addresses)
    )
    run = Context(environment, dry_run=True, project=PROJECT, stack_config=StackConfig(on_wire(environment)))
    context = run.with_settings(policy.settings, {})
    return [each.message for each in judge_stack(policy, stack, context) if isinstance(each, Violation)]  # type: ignore[arg-type]  # stack rules only


def just_above(budget: float) -> int:
    return int(budget / ADDRESS_USD) + 1


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_cap_of_an_environment_is_its_monthly_budget(environment: str) -> None:
    budget = settings(environment)[f"{PROJECT}:cost"]["monthlyBudget"]
    assert messages(environment_cap, environment, just_above(budget) - 1) == []
    (message,) = messages(environment_cap, environment, just_above(budget))
    assert f"Its budget in {environment} is ${budget:,.2f}" in message


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize(
    ("rule", "group", "tag"), [(team_caps, "teams", "team"), (feature_caps, "features", "feature")]
)
def test_caps_of_teams_and_features_are_those_of_the_settings(
    environment: str, rule: Policy, group: str, tag: str
) -> None:
    budgets = settings(environment)[f"{PROJECT}:cost"][group]
    assert budgets
    for name, budget in budgets.items():
        assert messages(rule, environment, just_above(budget) - 1, **{tag: name}) == []
        (message,) = messages(rule, environment, just_above(budget), **{tag: name})
        assert f"{tag.capitalize()} {name} may cost" in message


def tag_findings(
    stack: str, config: dict[str, str], tags: dict[str, str], secret_keys: tuple[str, ...] = ()
) -> set[str]:
    """Return the rules with findings on a bucket's tags, from the analyzer itself."""
    analyzer = Analyzer(catalogue.SUITE, catalogue.PACKS, lambda: None, lambda _: Exemptions())
    analyzer.ConfigureStack(
        pb.AnalyzerStackConfigureRequest(
            stack=stack, project=PROJECT, dry_run=True, config=config, config_secret_keys=secret_keys
        )
    )
    properties = struct_pb2.Struct()
    properties.update({"tags": tags})
    response = analyzer.Analyze(pb.AnalyzeRequest(type=BUCKET, urn="urn:it", name="it", properties=properties))
    return {each.policyName for each in response.diagnostics if each.policyName.startswith("tags-")}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_tags_must_follow_the_settings_of_the_stack(environment: str) -> None:
    values = settings(environment)
    data_class = values[f"{PROJECT}:data"]["classification"]
    for team, of_team in values[f"{PROJECT}:teams"].items():
        tags = {
            "project": PROJECT,
            "environment": environment,
            "team": team,
            "feature": "evidence",
            "owner": "sre",
            "cost-centre": of_team["costCentre"],
            "data-classification": data_class,
        }
        assert tag_findings(environment, on_wire(environment), tags) == set()
        wrong = {
            "project": "tags-must-name-a-known-team",
            "team": "tags-must-name-a-known-team",
            "cost-centre": "tags-must-charge-the-teams-cost-centre",
            "data-classification": "tags-must-match-data-class",
        }
        for key, rule in wrong.items():
            assert rule in tag_findings(environment, on_wire(environment), {**tags, key: "another"})


def test_a_changed_setting_changes_the_judgement() -> None:
    config = {**on_wire("dev"), f"{PROJECT}:data": '{"classification": "none"}'}
    rule = "tags-must-match-data-class"
    assert rule in tag_findings("dev", config, {"data-classification": "synthetic"})


def test_a_secret_setting_is_not_read_so_the_stack_has_none() -> None:
    rule, key = "tags-must-match-data-class", f"{PROJECT}:data"
    tags = {"data-classification": "synthetic"}
    assert rule not in tag_findings("dev", on_wire("dev"), tags)
    assert rule in tag_findings("dev", on_wire("dev"), tags, (key,))


def test_a_project_without_configuration_has_no_budget_and_no_teams() -> None:
    tags = {"team": "student-safety", "data-classification": "synthetic"}
    assert {"tags-must-name-a-known-team", "tags-must-match-data-class"} <= tag_findings("dev", {}, tags)


def test_values_are_text_unless_they_are_json_objects_or_lists() -> None:
    config = StackConfig({"p:number": "0123", "p:text": "{broken", "p:list": "[1, 2]", "p:object": '{"a": {"b": 1}}'})
    assert (config.text("p:number"), config.text("p:text")) == ("0123", "{broken")
    assert list(config.items("p:list")) == [1, 2]
    assert config.number("p:object.a.b") == 1
    assert config["p:missing"] is None
    with pytest.raises(UnexpectedValue, match="`p:text` is text, expected an object"):
        config.fields("p:text")


@pytest.mark.parametrize("budget", ["Infinity", "-Infinity", "NaN", "1e400"])
def test_a_budget_that_is_not_finite_is_refused(budget: str) -> None:
    config = StackConfig({"campus-safety:cost": f'{{"monthlyBudget": {budget}}}'})
    with pytest.raises(UnexpectedValue, match="is text, expected an object"):
        config.fields("campus-safety:cost")
