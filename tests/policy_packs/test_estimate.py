"""Estimates: certain costs are judged at preview.

An unknown cost does not count as zero, and known costs are judged in spite of it.
"""

from typing import Any

from policy_packs.cost.budgets import environment_cap, growth, known_prices
from policy_packs.kernel.cases import Case
from policy_packs.kernel.registry import Policy
from policy_packs.kernel.verdict import Deferral, Verdict, Violation

GATEWAY = {"type": "aws:ec2/natGateway:NatGateway", "name": "nat", "properties": {"region": "us-east-1"}}
UNKNOWN = {
    "type": "aws:rds/instance:Instance",
    "name": "records",
    "properties": {"region": "us-east-1", "instanceClass": "<unknown>", "allocatedStorage": 20},
}


def judged(policy: Policy, *resources: Any, dry_run: bool = True, **settings: Any) -> list[Verdict]:
    config = {"cost": {"monthlyBudget": 6000}}
    case = Case(policy.name, "", 0, resources=resources, settings=settings, config=config)
    return case.judge(policy, dry_run=dry_run)


def test_a_price_that_is_not_known_yet_defers_the_cap() -> None:
    for policy in (environment_cap, known_prices, growth):
        (verdict,) = judged(policy, GATEWAY, UNKNOWN)
        assert isinstance(verdict, Deferral)
        assert verdict.path == "instanceClass"


def test_what_is_known_to_be_too_much_blocks_at_preview_whatever_else_has_to_be_awaited() -> None:
    violation, deferral = judged(environment_cap, UNKNOWN, GATEWAY, monthlyUsd={"dev": 30})
    assert isinstance(violation, Violation)
    assert "may cost $32.85" in violation.message
    assert isinstance(deferral, Deferral)


def test_a_price_that_is_not_known_even_at_update_blocks() -> None:
    (verdict,) = judged(environment_cap, UNKNOWN, dry_run=False)
    assert isinstance(verdict, Violation)
    assert verdict.undecided
