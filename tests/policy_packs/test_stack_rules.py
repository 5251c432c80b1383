"""Stack rules: deferral on unknown values, and the resource of a finding."""

from collections.abc import Callable, Mapping
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs.cost.capacity import NAT_GATEWAY, nat_gateways
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.cases import Case
from policy_packs.kernel.context import Context
from policy_packs.kernel.exemptions import Exemptions
from policy_packs.kernel.registry import Pack, Policy, Stack
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import LATE, Deferral, Verdict, Violation, judge_stack
from policy_packs.security.aws.cloudtrail import TRAIL
from policy_packs.security.aws.destinations import own_buckets
from policy_packs.security.aws.s3 import BUCKETS, PUBLIC_ACCESS_BLOCK, public_access_block_on_every_bucket
from policy_packs.security.kubernetes.rbac import BINDINGS, judged_roles
from pulumi_wire.markers import UNKNOWN_SENTINELS
from pulumi_wire.structs import to_struct


def judged(policy: Policy, *resources: Mapping[str, object]) -> list[Verdict]:
    return Case(policy.name, "", 0, resources=resources).judge(policy)


def test_the_resource_without_its_companion_is_blamed() -> None:
    (verdict,) = judged(public_access_block_on_every_bucket, {"type": BUCKETS[0], "name": "a"})
    assert isinstance(verdict, Violation)
    assert verdict.urn == "urn:a"


def test_a_block_of_an_unknown_bucket_defers_the_rule() -> None:
    bucket = {"type": BUCKETS[0], "name": "a", "properties": {"bucket": "evidence"}}
    block = {"type": PUBLIC_ACCESS_BLOCK, "name": "block", "properties": {"bucket": "<unknown>"}}
    (verdict,) = judged(public_access_block_on_every_bucket, bucket, block)
    assert isinstance(verdict, Deferral)


def test_an_unknown_destination_defers_the_rule_and_a_known_one_is_judged() -> None:
    unknown = {
        "type": TRAIL,
        "name": "a",
        "properties": {"s3BucketName": "<unknown>"},
        "dependencies": {"s3BucketName": ["other"]},
    }
    foreign = {"type": TRAIL, "name": "b", "properties": {"s3BucketName": "attacker"}}
    finding, deferral = judged(own_buckets, {"type": "aws:sns/topic:Topic", "name": "other"}, unknown, foreign)
    assert isinstance(finding, Violation)
    assert finding.urn == "urn:b"
    assert isinstance(deferral, Deferral)


def test_a_finding_about_the_whole_stack_is_about_its_own_resource() -> None:
    gateways = [Resource.from_properties(NAT_GATEWAY, {}, urn=f"urn:{name}", name=name) for name in ("one", "two")]
    root = Resource.from_properties("pulumi:pulumi:Stack", {}, urn="urn:root", name="campus-safety-dev")
    context = Context("dev", dry_run=True).with_settings(nat_gateways.settings, {})
    (verdict,) = judge_stack(nat_gateways, Stack([root, *gateways]), context)
    assert isinstance(verdict, Violation)
    assert verdict.urn == "urn:root"


def test_a_finding_at_an_update_says_that_the_changes_have_been_made(
    failing: Case, verdicts: Callable[..., Any]
) -> None:
    is_late = not failing.type
    assert all(LATE not in verdict.message for verdict in verdicts(failing, dry_run=True))
    assert all((LATE in verdict.message) is is_late for verdict in verdicts(failing, dry_run=False))


def test_a_rule_that_cannot_be_evaluated_at_the_end_of_an_update_says_so_too() -> None:
    bucket = {"type": BUCKETS[0], "name": "a", "properties": {"bucket": "evidence"}}
    block = {"type": PUBLIC_ACCESS_BLOCK, "name": "block", "properties": {"bucket": "<unknown>"}}
    case = Case(public_access_block_on_every_bucket.name, "", 0, resources=(bucket, block))
    (verdict,) = case.judge(public_access_block_on_every_bucket, dry_run=False)
    assert isinstance(verdict, Violation)
    assert verdict.undecided
    assert LATE in verdict.message


def preview_without_outputs(role: str, outputs: Mapping[str, Any]) -> pb.AnalyzeResponse:
    """Judge a binding in a preview whose provider returns only the given properties."""
    analyzer = Analyzer(Pack("one", "0.1.0", "", (judged_roles,)), (), lambda: None, lambda _: Exemptions())
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", dry_run=True))
    identity: dict[str, Any] = {"type": BINDINGS[0], "urn": "urn:binding", "name": "binding"}
    inputs = to_struct({"roleRef": {"kind": "ClusterRole", "name": role}})
    assert not analyzer.Analyze(pb.AnalyzeRequest(**identity, properties=inputs)).diagnostics
    binding = pb.AnalyzerResource(**identity, properties=to_struct(outputs))
    return analyzer.AnalyzeStack(pb.AnalyzeStackRequest(resources=[binding]))


def test_inputs_are_judged_at_a_preview_whose_provider_returns_no_properties() -> None:
    """The Kubernetes provider returns none until its cluster exists."""
    (finding,) = preview_without_outputs("reader", {}).diagnostics
    assert "binding grants reader" in finding.message
    assert not preview_without_outputs("view", {}).diagnostics


def test_an_unknown_input_that_the_provider_does_not_return_defers_the_rule() -> None:
    response = preview_without_outputs(min(UNKNOWN_SENTINELS), {})
    assert not response.diagnostics
    assert [each.policy_name for each in response.not_applicable] == [judged_roles.name]


def test_a_property_from_the_provider_takes_precedence_over_the_input() -> None:
    outputs = {"roleRef": {"kind": "ClusterRole", "name": "view"}}
    assert not preview_without_outputs("reader", outputs).diagnostics
