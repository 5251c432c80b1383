"""A preview and a state are read the same way; other files are rejected."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from operations.cost import estimating
from operations.cost.errors import CostError
from operations.cost.stacks import read
from policy_packs.cost.table import Baseline
from pulumi_wire.markers import UNKNOWN_STRING

URN = "urn:pulumi:dev::campus-safety::"
PROVIDER = f"{URN}pulumi:providers:aws::aws"
TAGS = '{"tags": {"team": "student-safety", "feature": "network"}}'


def state(kind: str, name: str, **inputs: Any) -> dict[str, Any]:
    return {"urn": f"{URN}{kind}::{name}", "type": kind, "inputs": inputs, "provider": f"{PROVIDER}::some-id"}


AWS = {"urn": PROVIDER, "type": "pulumi:providers:aws", "inputs": {"region": "us-east-1", "defaultTags": TAGS}}
NODES = state(
    "aws:eks/nodeGroup:NodeGroup",
    "nodes",
    instanceTypes=["t3.large"],
    launchTemplate={"id": UNKNOWN_STRING},
    scalingConfig={"minSize": 1, "desiredSize": 2, "maxSize": 3},
) | {"propertyDependencies": {"launchTemplate": [f"{URN}aws:ec2/launchTemplate:LaunchTemplate::nodes"]}}
TEMPLATE = state(
    "aws:ec2/launchTemplate:LaunchTemplate",
    "nodes",
    blockDeviceMappings=[{"ebs": {"volumeSize": 10, "volumeType": "gp3"}}],
)
GATEWAY = state("aws:ec2/natGateway:NatGateway", "nat")


def preview(directory: Path, *states: dict[str, Any], gone: dict[str, Any] | None = None) -> Path:
    steps = [{"op": "create", "urn": each["urn"], "newState": each} for each in states]
    if gone:
        steps.append({"op": "delete", "urn": gone["urn"], "oldState": gone, "newState": gone})
    file = directory / "preview.json"
    file.write_text(json.dumps({"config": {}, "steps": steps}))
    return file


def export(directory: Path, *states: dict[str, Any]) -> Path:
    file = directory / "state.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": states}}))
    return file


def test_a_preview_is_priced_with_its_providers_and_referenced_resources(tmp_path: Path) -> None:
    result = estimating.priced("dev", preview(tmp_path, AWS, TEMPLATE, NODES, GATEWAY))
    assert result.total.low == Decimal("61.536") + Decimal("32.85")
    assert result.total.expected == 2 * Decimal("61.536") + Decimal("32.85")
    assert {line.team for line in result.lines} == {"student-safety"}


def test_a_state_is_priced_like_its_preview(tmp_path: Path) -> None:
    states = (AWS, TEMPLATE, NODES, GATEWAY)
    one, other = preview(tmp_path, *states), export(tmp_path, *states, {**GATEWAY, "delete": True})
    assert estimating.priced("dev", one).total == estimating.priced("dev", other).total


def test_resources_that_a_preview_removes_cost_nothing(tmp_path: Path) -> None:
    result = estimating.priced("dev", preview(tmp_path, AWS, state("aws:kms/key:Key", "key"), gone=GATEWAY))
    assert [line.type for line in result.lines] == ["aws:kms/key:Key"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("[]", "is neither the output of `pulumi preview --json` nor that of `pulumi stack export`"),
        ('{"steps": []}', "has no resources"),
        ('{"deployment": {}}', "has no resources"),
    ],
)
def test_a_file_without_a_stack_is_rejected(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "it.json").write_text(text)
    with pytest.raises(CostError, match=message):
        read(tmp_path / "it.json")


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CostError, match="No such file"):
        read(tmp_path / "it.json")


def test_another_environments_file_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(CostError, match="belongs to dev, not to prod"):
        estimating.priced("prod", preview(tmp_path, AWS, GATEWAY))
    with pytest.raises(CostError, match="qa is not an environment; use one of dev, staging, preprod, prod"):
        estimating.priced("qa", preview(tmp_path, AWS, GATEWAY))


def test_a_resource_without_a_price_is_reported_by_name(tmp_path: Path) -> None:
    with pytest.raises(CostError) as caught:
        estimating.priced("dev", preview(tmp_path, AWS, state("aws:kms/key:Key", "key", region="ap-south-1")))
    assert str(caught.value).splitlines()[1].startswith("  key: cost/prices.yaml has no prices for ap-south-1")


def test_a_value_unknown_before_the_update_is_reported_by_name(tmp_path: Path) -> None:
    unknown = state("aws:rds/instance:Instance", "records", instanceClass=UNKNOWN_STRING)
    with pytest.raises(CostError, match=r"unknown until then: .*instanceClass"):
        estimating.priced("dev", preview(tmp_path, AWS, unknown))


def test_mistakes_in_the_packs_data_are_reported_before_the_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimating, "MISTAKES", ("  prices.yaml: is empty",))
    with pytest.raises(CostError, match=r"prices\.yaml: is empty"):
        estimating.priced("dev", tmp_path / "none")


def test_a_baseline_has_planned_costs_by_type_in_cents_without_zeros(tmp_path: Path) -> None:
    endpoint = state("aws:ec2/vpcEndpoint:VpcEndpoint", "s3")
    result = estimating.priced("dev", preview(tmp_path, AWS, TEMPLATE, NODES, endpoint))
    new = estimating.renewed("dev", result, "a preview", date(2026, 12, 1))
    types = {"aws:eks/nodeGroup:NodeGroup": Decimal("123.07")}
    assert new["dev"] == Baseline(day=date(2026, 12, 1), source="a preview", types=types)
    assert set(new) == {"dev", "staging", "preprod", "prod"}
    assert estimating.unchanged(Baseline(day=date(2026, 1, 1), source="another", types=types), new["dev"])
    assert not estimating.unchanged(None, new["dev"])
