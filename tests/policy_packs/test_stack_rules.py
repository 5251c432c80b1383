"""What belongs together is judged together, by where values come from even while they are unknown."""

from collections.abc import Mapping
from typing import Any

from policy_packs.cost.rules_capacity import NAT_GATEWAY, NODE_GROUP, machines, nat_gateways
from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Stack, StackRule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.values import SENTINELS
from policy_packs.kernel.verdict import Deferral, Verdict, Violation, judge_stack
from policy_packs.security.rules_storage import BUCKETS, PUBLIC_ACCESS_BLOCK, every_bucket

UNKNOWN = min(SENTINELS)


def judged(rule: StackRule, *resources: Resource, stack: str = "dev") -> list[Verdict]:
    context = Context(stack, dry_run=True).with_settings(rule.settings, {})
    return list(judge_stack(rule, Stack(resources), context))


def bucket(name: str, given: Any = UNKNOWN) -> Resource:
    return Resource.of(BUCKETS[0], {"bucket": given}, urn=f"urn:{name}", name=name)


def block(given: Any, uses: Mapping[str, frozenset[str]] | None = None) -> Resource:
    return Resource.of(PUBLIC_ACCESS_BLOCK, {"bucket": given}, urn="urn:block", name="block", uses=uses)


def test_a_bucket_without_a_block_is_a_violation() -> None:
    (verdict,) = judged(every_bucket, bucket("a"))
    assert isinstance(verdict, Violation)
    assert verdict.urn == "urn:a"
    assert "bucket a has no public-access block" in verdict.message


def test_a_block_is_for_the_bucket_whose_output_it_uses_even_before_that_is_known() -> None:
    block_of_a = block(UNKNOWN, {"bucket": frozenset({"urn:a"})})
    assert judged(every_bucket, bucket("a"), block_of_a) == []
    (verdict,) = judged(every_bucket, bucket("a"), bucket("b"), block_of_a)
    assert isinstance(verdict, Violation)
    assert verdict.urn == "urn:b"


def test_a_block_may_name_its_bucket() -> None:
    assert judged(every_bucket, bucket("a", "evidence"), block("evidence")) == []


def test_a_block_of_an_unknown_bucket_defers_the_rule() -> None:
    (verdict,) = judged(every_bucket, bucket("a", "evidence"), block(UNKNOWN))
    assert isinstance(verdict, Deferral)


def test_nat_gateways_are_counted_by_environment() -> None:
    gateways = [Resource.of(NAT_GATEWAY, {}, urn=f"urn:{name}", name=name) for name in ("one", "two")]
    (verdict,) = judged(nat_gateways, *gateways)
    assert isinstance(verdict, Violation)
    assert "2 NAT gateways (one, two); dev allows 1" in verdict.message
    assert judged(nat_gateways, *gateways, stack="prod") == []


def test_the_machines_of_all_node_groups_are_counted_together() -> None:
    def group(name: str, most: int) -> Resource:
        return Resource.of(NODE_GROUP, {"scalingConfig": {"maxSize": most}}, urn=f"urn:{name}", name=name)

    assert judged(machines, group("baseline", 3), group("batch", 2)) == []
    (verdict,) = judged(machines, group("baseline", 3), group("batch", 3))
    assert isinstance(verdict, Violation)
    assert "node groups (baseline, batch) may grow to 6 machines together; dev allows 5" in verdict.message
    assert judged(machines, group("east", 30), group("west", 30), stack="prod") == []
