"""Validation and defaults of inputs, as in the real provider."""

from typing import Any

import pytest

from rehearsal.providers.protocol import Autonaming, CheckRequest, Fidelity, ResourceState, Urn
from rehearsal.providers.values import DEFAULTS, UNKNOWN

VPC = "aws:ec2/vpc:Vpc"
BUCKET = "aws:s3/bucket:Bucket"
DATABASE = "aws:rds/instance:Instance"


def reasons(engine: Any, token: str, **inputs: Any) -> dict[str, str]:
    return {failure.property: failure.reason for failure in engine.check(token, "main", inputs).failures}


def test_misspelled_input_is_rejected_with_a_suggestion(engine: Any) -> None:
    assert reasons(engine, VPC, cidrBlok="10.0.0.0/16") == {
        "cidrBlok": 'unexpected argument "cidrBlok"; did you mean "cidrBlock"?'
    }


def test_missing_input_is_rejected(engine: Any) -> None:
    assert "Missing required argument" in reasons(engine, "aws:ec2/subnet:Subnet")["vpcId"]


def test_input_that_no_call_sends_is_rejected(engine: Any) -> None:
    versioning = {"enabled": True}
    assert "does not implement" in reasons(engine, BUCKET, versioning=versioning)["versioning"]


def test_validation_beyond_types_matches_the_real_provider(engine: Any) -> None:
    assert set(reasons(engine, DATABASE, instanceClass="db.t4g.medium")) == {"engine", "username", "allocatedStorage"}
    both = {"instanceClass": "db.t4g.medium", "replicateSourceDb": "records", "username": "campus"}
    assert set(reasons(engine, DATABASE, **both)) == {"username"}
    assert set(reasons(engine, "aws:ec2/flowLog:FlowLog", vpcId="vpc-1", subnetId="subnet-1")) == {"vpcId"}


def test_defaults_are_filled_in_and_recorded(engine: Any) -> None:
    inputs = engine.checked(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
    assert inputs["enableDnsSupport"] is True
    assert inputs["region"] == "us-east-1"
    assert set(inputs[DEFAULTS]) == {"enableDnsSupport", "instanceTenancy", "region"}


def test_default_tags_are_merged_into_tags_all(engine: Any) -> None:
    inputs = engine.checked(VPC, "main", {"tags": {"Name": "main"}})
    assert inputs["tags"] == {"Name": "main"}
    assert inputs["tagsAll"] == {"environment": "dev", "Name": "main"}


def test_unknown_values_stay_unknown(engine: Any) -> None:
    inputs = engine.checked("aws:ec2/subnet:Subnet", "main", {"vpcId": UNKNOWN, "tags": UNKNOWN})
    assert inputs["vpcId"] == inputs["tagsAll"] == UNKNOWN


def test_generated_name_is_stable_across_previews_and_updates(engine: Any) -> None:
    first, second = (engine.checked(BUCKET, "Evidence", {}) for _ in range(2))
    assert first["bucket"] == second["bucket"]
    assert first["bucket"].startswith("evidence-")
    request = CheckRequest(Urn(f"urn:pulumi:dev::campus::{BUCKET}::Evidence"), first, {}, random_seed=b"other")
    assert engine.configured.check(request).inputs["bucket"] == first["bucket"]


def test_generated_name_depends_on_the_seed(engine: Any) -> None:
    urn = Urn(f"urn:pulumi:dev::campus::{BUCKET}::Evidence")
    names = {engine.configured.check(CheckRequest(urn, {}, {}, seed)).inputs["bucket"] for seed in (b"a", b"b")}
    assert len(names) == 2


def test_explicit_name_or_prefix_is_used(engine: Any) -> None:
    assert engine.checked("aws:iam/role:Role", "main", {"name": "api", "assumeRolePolicy": "{}"})["name"] == "api"
    prefixed = engine.checked("aws:iam/role:Role", "main", {"namePrefix": "api-", "assumeRolePolicy": "{}"})
    assert prefixed["name"].startswith("api-")


@pytest.mark.parametrize(("mode", "name"), [(Autonaming.PROPOSE, "team-api"), (Autonaming.ENFORCE, "team-api")])
def test_name_proposed_by_the_engine_is_used(engine: Any, mode: Autonaming, name: str) -> None:
    urn = Urn("urn:pulumi:dev::campus::aws:iam/role:Role::api")
    request = CheckRequest(urn, {}, {"assumeRolePolicy": "{}"}, proposed_name=name, autonaming=mode)
    assert engine.configured.check(request).inputs["name"] == name


def test_name_is_required_if_autonaming_is_disabled(engine: Any) -> None:
    urn = Urn("urn:pulumi:dev::campus::aws:iam/role:Role::api")
    request = CheckRequest(urn, {}, {"assumeRolePolicy": "{}"}, autonaming=Autonaming.DISABLE)
    assert [failure.property for failure in engine.configured.check(request).failures] == ["name"]


def test_generated_name_respects_the_length_limit(engine: Any) -> None:
    name = engine.checked("aws:lb/loadBalancer:LoadBalancer", "a-very-long-name-of-a-load-balancer-indeed", {})["name"]
    assert len(name) <= 32


def test_preview_outputs_are_known_where_possible(engine: Any) -> None:
    urn = Urn(f"urn:pulumi:dev::campus::{VPC}::main")
    outputs = engine.configured.preview_create(urn, engine.checked(VPC, "main", {"cidrBlock": "10.0.0.0/16"}))
    assert outputs["arn"] == outputs["mainRouteTableId"] == UNKNOWN
    assert outputs["tagsAll"] == {"environment": "dev"}
    assert outputs["region"] == "us-east-1"
    assert "ipv4IpamPoolId" not in outputs, "an output that the provider never computes is absent"


def test_type_outside_the_table_is_recorded(engine: Any, aws_provider: Any) -> None:
    token = "aws:accessanalyzer/analyzer:Analyzer"
    assert aws_provider.fidelity(token) is Fidelity.RECORDED
    assert aws_provider.fidelity(VPC) is Fidelity.EMULATED
    assert aws_provider.fidelity("aws:eks/cluster:Cluster") is Fidelity.EMULATED
    assert aws_provider.fidelity("aws:eks/addon:Addon") is Fidelity.EXTENSION
    assert "anlyzerName" in reasons(engine, token, analyzerName="main", anlyzerName="main")
    analyzer = engine.create(token, analyzerName="main", tags={"Name": "main"})
    assert analyzer.outputs["arn"].startswith("arn:aws:accessanalyzer:us-east-1:123456789012:analyzer/")
    assert engine.drift(analyzer) == []
    changed = engine.update(analyzer, analyzerName="main", tags={"Name": "other"})
    assert engine.read(changed).outputs["tags"] == {"Name": "other"}
    engine.delete(changed)
    assert engine.read(changed) is None


def test_recorded_resource_that_was_never_created_is_missing(engine: Any) -> None:
    urn = Urn("urn:pulumi:dev::campus::aws:accessanalyzer/analyzer:Analyzer::main")
    assert engine.read(ResourceState(urn, "analyzer-1")) is None


@pytest.mark.parametrize(
    ("token", "inputs", "missing"),
    [
        (
            "aws:wafv2/webAcl:WebAcl",
            {
                "scope": "REGIONAL",
                "visibilityConfig": {
                    "cloudwatchMetricsEnabled": True,
                    "metricName": "x",
                    "sampledRequestsEnabled": True,
                },
            },
            "defaultAction",
        ),
        ("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", {"vpcId": "vpc-1"}, "peerVpcId"),
        (
            "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
            {"logDestinationConfigs": []},
            "resourceArn",
        ),
    ],
)
def test_missing_inputs_are_reported_by_name(engine: Any, token: str, inputs: dict[str, Any], missing: str) -> None:
    assert missing in str(engine.check(token, "x", inputs).failures)


@pytest.mark.parametrize(
    ("token", "fifo"), [("aws:sqs/queue:Queue", "fifoQueue"), ("aws:sns/topic:Topic", "fifoTopic")]
)
def test_generated_names_of_fifo_queues_and_topics_end_in_fifo(engine: Any, token: str, fifo: str) -> None:
    created = engine.create(token, "orders.v1" * 40, **{fifo: True})
    assert created.outputs["name"].endswith(".fifo")
    assert engine.drift(created) == []
    assert engine.checked(token, "orders", {fifo: True, "namePrefix": "a-"})["name"].endswith(".fifo")
    assert engine.diff(created, **{fifo: True}).changes == (), "the name is stable"
    plain = engine.checked(token, "orders.v1" * 40, {}, created.inputs)
    assert not plain["name"].endswith(".fifo"), "a standard queue or topic gets another name"
