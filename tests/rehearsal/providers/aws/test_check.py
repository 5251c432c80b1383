"""Inputs are validated and completed as the real provider does."""

from typing import Any

import pytest

from rehearsal.providers.protocol import Autonaming, CheckRequest, Fidelity, ResourceState, Urn
from rehearsal.providers.values import DEFAULTS, UNKNOWN

VPC = "aws:ec2/vpc:Vpc"
BUCKET = "aws:s3/bucket:Bucket"
DATABASE = "aws:rds/instance:Instance"


def reasons(world: Any, token: str, **inputs: Any) -> dict[str, str]:
    return {failure.property: failure.reason for failure in world.check(token, "main", inputs).failures}


def test_a_misspelt_input_is_refused_with_a_hint(world: Any) -> None:
    assert reasons(world, VPC, cidrBlok="10.0.0.0/16") == {
        "cidrBlok": 'unexpected argument "cidrBlok"; did you mean "cidrBlock"?'
    }


def test_a_missing_input_is_refused(world: Any) -> None:
    assert "Missing required argument" in reasons(world, "aws:ec2/subnet:Subnet")["vpcId"]


def test_an_input_that_nothing_would_carry_to_aws_is_refused(world: Any) -> None:
    versioning = {"enabled": True}
    assert "does not implement" in reasons(world, BUCKET, versioning=versioning)["versioning"]


def test_rules_beyond_types_are_those_of_the_real_provider(world: Any) -> None:
    assert set(reasons(world, DATABASE, instanceClass="db.t4g.medium")) == {"engine", "username", "allocatedStorage"}
    both = {"instanceClass": "db.t4g.medium", "replicateSourceDb": "records", "username": "campus"}
    assert set(reasons(world, DATABASE, **both)) == {"username"}
    assert set(reasons(world, "aws:ec2/flowLog:FlowLog", vpcId="vpc-1", subnetId="subnet-1")) == {"vpcId"}


def test_defaults_are_filled_in_and_remembered(world: Any) -> None:
    inputs = world.checked(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
    assert inputs["enableDnsSupport"] is True
    assert inputs["region"] == "us-east-1"
    assert set(inputs[DEFAULTS]) == {"enableDnsSupport", "instanceTenancy", "region"}


def test_default_tags_are_merged_into_all_tags(world: Any) -> None:
    inputs = world.checked(VPC, "main", {"tags": {"Name": "main"}})
    assert inputs["tags"] == {"Name": "main"}
    assert inputs["tagsAll"] == {"environment": "dev", "Name": "main"}


def test_unknown_values_stay_unknown(world: Any) -> None:
    inputs = world.checked("aws:ec2/subnet:Subnet", "main", {"vpcId": UNKNOWN, "tags": UNKNOWN})
    assert inputs["vpcId"] == inputs["tagsAll"] == UNKNOWN


def test_a_made_up_name_is_the_same_in_every_preview_and_kept_afterwards(world: Any) -> None:
    first, second = (world.checked(BUCKET, "Evidence", {}) for _ in range(2))
    assert first["bucket"] == second["bucket"]
    assert first["bucket"].startswith("evidence-")
    request = CheckRequest(Urn(f"urn:pulumi:dev::campus::{BUCKET}::Evidence"), first, {}, random_seed=b"other")
    assert world.configured.check(request).inputs["bucket"] == first["bucket"]


def test_another_seed_makes_another_name(world: Any) -> None:
    urn = Urn(f"urn:pulumi:dev::campus::{BUCKET}::Evidence")
    names = {world.configured.check(CheckRequest(urn, {}, {}, seed)).inputs["bucket"] for seed in (b"a", b"b")}
    assert len(names) == 2


def test_a_given_name_or_prefix_is_used(world: Any) -> None:
    assert world.checked("aws:iam/role:Role", "main", {"name": "api", "assumeRolePolicy": "{}"})["name"] == "api"
    prefixed = world.checked("aws:iam/role:Role", "main", {"namePrefix": "api-", "assumeRolePolicy": "{}"})
    assert prefixed["name"].startswith("api-")


@pytest.mark.parametrize(("mode", "name"), [(Autonaming.PROPOSE, "team-api"), (Autonaming.ENFORCE, "team-api")])
def test_the_engines_proposal_is_taken(world: Any, mode: Autonaming, name: str) -> None:
    urn = Urn("urn:pulumi:dev::campus::aws:iam/role:Role::api")
    request = CheckRequest(urn, {}, {"assumeRolePolicy": "{}"}, proposed_name=name, autonaming=mode)
    assert world.configured.check(request).inputs["name"] == name


def test_without_automatic_names_the_program_must_give_one(world: Any) -> None:
    urn = Urn("urn:pulumi:dev::campus::aws:iam/role:Role::api")
    request = CheckRequest(urn, {}, {"assumeRolePolicy": "{}"}, autonaming=Autonaming.DISABLE)
    assert [failure.property for failure in world.configured.check(request).failures] == ["name"]


def test_names_keep_within_what_aws_takes(world: Any) -> None:
    name = world.checked("aws:lb/loadBalancer:LoadBalancer", "a-very-long-name-of-a-load-balancer-indeed", {})["name"]
    assert len(name) <= 32


def test_a_preview_knows_what_can_be_known(world: Any) -> None:
    urn = Urn(f"urn:pulumi:dev::campus::{VPC}::main")
    outputs = world.configured.preview_create(urn, world.checked(VPC, "main", {"cidrBlock": "10.0.0.0/16"}))
    assert outputs["arn"] == outputs["mainRouteTableId"] == UNKNOWN
    assert outputs["tagsAll"] == {"environment": "dev"}
    assert outputs["region"] == "us-east-1"
    assert "ipv4IpamPoolId" not in outputs, "what the provider never computes is known to be absent"


def test_a_type_outside_the_table_is_recorded(world: Any, provider: Any) -> None:
    token = "aws:accessanalyzer/analyzer:Analyzer"
    assert provider.fidelity(token) is Fidelity.RECORDED
    assert provider.fidelity(VPC) is Fidelity.EMULATED
    assert "anlyzerName" in reasons(world, token, analyzerName="main", anlyzerName="main")
    analyzer = world.make(token, analyzerName="main", tags={"Name": "main"})
    assert analyzer.outputs["arn"].startswith("arn:aws:accessanalyzer:us-east-1:123456789012:analyzer/")
    assert world.drift(analyzer) == []
    changed = world.update(analyzer, analyzerName="main", tags={"Name": "other"})
    assert world.read(changed).outputs["tags"] == {"Name": "other"}
    world.delete(changed)
    assert world.read(changed) is None


def test_a_recorded_resource_that_nobody_made_is_not_there(world: Any) -> None:
    urn = Urn("urn:pulumi:dev::campus::aws:accessanalyzer/analyzer:Analyzer::main")
    assert world.read(ResourceState(urn, "analyzer-1")) is None
