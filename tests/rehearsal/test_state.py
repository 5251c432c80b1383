"""Each pending operation of a killed engine is finished or dropped exactly once.

Secrets stay encrypted.
"""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pulumi_wire.markers import SECRET, SIGNATURE
from rehearsal.providers.protocol import CreateResult
from rehearsal.state import holds_secret, is_secret, repair

VPC = "urn:pulumi:dev::campus::aws:ec2/vpc:Vpc::main"
DATABASE = "urn:pulumi:dev::campus::aws:rds/instance:Instance::records"


def secret(text: str) -> dict[str, str]:
    return {SIGNATURE: SECRET, "plaintext": json.dumps(text)}


def deployment(resources: list[dict[str, Any]], *pending: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    operations = [{"resource": resource, "type": kind} for kind, resource in pending]
    return {"version": 3, "deployment": {"manifest": {}, "resources": resources, "pending_operations": operations}}


def test_a_create_that_happened_is_adopted_with_its_id_and_outputs() -> None:
    repaired = repair(
        deployment([], ("creating", {"urn": VPC, "custom": True, "inputs": {"cidrBlock": "10.0.0.0/16"}})),
        {VPC: CreateResult("vpc-1", {"cidrBlock": "10.0.0.0/16", "arn": "arn:vpc-1"})},
    )
    assert repaired.adopted == (VPC,)
    assert repaired.deployment["deployment"]["resources"] == [
        {
            "urn": VPC,
            "custom": True,
            "inputs": {"cidrBlock": "10.0.0.0/16"},
            "id": "vpc-1",
            "outputs": {"cidrBlock": "10.0.0.0/16", "arn": "arn:vpc-1"},
        }
    ]
    assert "pending_operations" not in repaired.deployment["deployment"]


def test_a_create_that_did_not_happen_is_dropped() -> None:
    repaired = repair(deployment([], ("creating", {"urn": VPC})), {})
    assert repaired.dropped == (VPC,)
    assert repaired.deployment["deployment"]["resources"] == []


def test_a_create_that_the_state_already_knows_is_not_adopted_twice() -> None:
    known = {"urn": VPC, "id": "vpc-1"}
    repaired = repair(deployment([known], ("creating", {"urn": VPC})), {VPC: CreateResult("vpc-1", {})})
    assert repaired.adopted == ()
    assert repaired.deployment["deployment"]["resources"] == [known]


def test_the_resource_that_an_adopted_one_replaces_is_still_to_be_deleted() -> None:
    repaired = repair(
        deployment([{"urn": VPC, "id": "vpc-1"}], ("creating", {"urn": VPC})), {VPC: CreateResult("vpc-2", {})}
    )
    new, old = repaired.deployment["deployment"]["resources"]
    assert (new["id"], new.get("delete")) == ("vpc-2", None)
    assert (old["id"], old["delete"]) == ("vpc-1", True)


def test_updates_and_deletes_are_done_again_by_the_next_update() -> None:
    known = {"urn": VPC, "id": "vpc-1"}
    repaired = repair(deployment([known], ("updating", known), ("deleting", known)), {VPC: CreateResult("vpc-1", {})})
    assert repaired.dropped == (VPC, VPC)
    assert repaired.deployment["deployment"]["resources"] == [known]


def test_secret_inputs_and_declared_secret_outputs_stay_secret() -> None:
    pending = {
        "urn": DATABASE,
        "inputs": {"password": secret("s3cret"), "nested": {"inner": [secret("x")]}},
        "additionalSecretOutputs": ["token"],
    }
    database = CreateResult("records", {"password": "s3cret", "nested": {"inner": ["x"]}, "token": "abc", "port": 5432})
    outputs = repair(deployment([], ("creating", pending)), {DATABASE: database}).deployment["deployment"]["resources"][
        0
    ]["outputs"]
    assert is_secret(outputs["password"])
    assert is_secret(outputs["nested"])
    assert is_secret(outputs["token"])
    assert outputs["port"] == 5432


def test_repair_leaves_its_argument_unchanged() -> None:
    original = deployment([], ("creating", {"urn": VPC}))
    before = json.dumps(original)
    repair(original, {VPC: CreateResult("vpc-1", {})})
    assert json.dumps(original) == before


URNS = st.sampled_from([VPC, DATABASE, "urn:pulumi:dev::campus::aws:s3/bucket:Bucket::evidence"])


@given(
    known=st.lists(URNS, unique=True),
    pending=st.lists(st.tuples(st.sampled_from(["creating", "updating", "deleting"]), URNS), max_size=4),
    created=st.dictionaries(URNS, st.text(min_size=1, max_size=3)),
)
def test_every_pending_operation_is_accounted_for_and_no_id_appears_twice(
    known: list[str], pending: list[tuple[str, str]], created: dict[str, str]
) -> None:
    resources = [{"urn": urn, "id": "old"} for urn in known]
    operations = [(kind, {"urn": urn}) for kind, urn in pending]
    repaired = repair(
        deployment(resources, *operations), {urn: CreateResult(name, {}) for urn, name in created.items()}
    )
    assert sorted(repaired.adopted + repaired.dropped) == sorted(urn for _, urn in pending)
    after = [(item["urn"], item.get("id")) for item in repaired.deployment["deployment"]["resources"]]
    assert len(after) == len(set(after))


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_plain_values_hold_no_secret(value: Any) -> None:
    assert not holds_secret(value)
    assert holds_secret({"a": [value, secret("x")]})
