"""The boundary stops all attacks, and every part of it is necessary for that."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from operations.bootstrap.boundary import ENDPOINT_ZONES, boundary, disabling_and_sharing_actions
from operations.bootstrap.context import AccountContext
from operations.bootstrap.pipeline_permissions import deployer_policies
from operations.bootstrap.run import PLATFORM, context_from
from operations.iam.escapes import ADMINISTRATOR, ATTACKERS, attacks, outcome
from operations.iam.evaluation import PolicySet, Request, Verdict, evaluate
from stacks.requirements import Environment

PROD = context_from(PLATFORM, "prod")
GROUPS = {"bootstrap", "data", "outside", "passing", "people", "roles", "sharing", "watching"}


def unwanted(context: AccountContext, limits: dict[str, Any] | None = None) -> list[str]:
    outcomes = [outcome(attack, context, limits) for attack in attacks(context)]
    return [f"{each.attack}: {each.decision}" for each in outcomes if each.is_unwanted]


@pytest.mark.parametrize("environment", list(Environment))
def test_no_attack_succeeds_without_a_stated_reason(environment: Environment) -> None:
    assert unwanted(context_from(PLATFORM, environment)) == []


def test_attacks_cover_every_group_and_both_attackers() -> None:
    every = list(attacks(PROD))
    assert len({(each.attacker, each.request.action, each.request.resource, each.goal) for each in every}) >= 150
    assert {(each.group, each.attacker) for each in every} == {(group, each) for group in GROUPS for each in ATTACKERS}


def test_the_former_way_to_an_administrator_is_closed() -> None:
    """An earlier version of the boundary let the deployer become an administrator.

    The deployer could assume a role that could change the trust policy of an administrator's role.
    """

    def answers(action: str) -> list[bool]:
        chosen = [each for each in attacks(PROD) if each.request.action == action and not each.allowed]
        assert {each.attacker for each in chosen} == set(ATTACKERS)
        return [outcome(each, PROD).decision.is_allowed for each in chosen]

    assert not any(answers("sts:AssumeRole"))
    assert not any(answers("iam:UpdateAssumeRolePolicy"))


def bad_edits() -> Iterator[Any]:
    """Yield named edits of the boundary's denials, conditions and resources."""
    for number, statement in enumerate(boundary(PROD)["Statement"]):
        sid = statement["Sid"]
        if statement["Effect"] == "Deny":
            yield pytest.param(number, None, id=f"{sid} removed")
        elif "Condition" in statement:
            yield pytest.param(number, {"Condition": {}}, id=f"{sid} without its condition")
        if (
            statement["Effect"] == "Allow"
            and statement["Resource"] != "*"
            and sid not in {"TagRoles", "ServiceLinkedRoles"}
        ):
            yield pytest.param(number, {"Resource": "*"}, id=f"{sid} on every resource")
    for sid, action in (("Services", "iam:*"), ("Services", "secretsmanager:*"), ("OwnRoles", "iam:*")):
        number = next(n for n, each in enumerate(boundary(PROD)["Statement"]) if each["Sid"] == sid)
        added = [*boundary(PROD)["Statement"][number]["Action"], action]
        yield pytest.param(number, {"Action": added}, id=f"{sid} with {action}")


EDITS = list(bad_edits())


def test_there_are_at_least_twenty_bad_edits() -> None:
    assert len(EDITS) >= 20


@pytest.mark.parametrize(("number", "change"), EDITS)
def test_a_bad_edit_of_the_boundary_lets_an_attack_through(number: int, change: dict[str, Any] | None) -> None:
    edited = deepcopy(boundary(PROD))
    if change is None:
        del edited["Statement"][number]
    else:
        edited["Statement"][number] |= change
    assert unwanted(PROD, edited)


def test_an_allowed_attack_that_is_stopped_after_all_is_reported() -> None:
    stale = next(each for each in attacks(PROD) if each.allowed)
    nothing = {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    assert outcome(stale, PROD, nothing).is_unwanted


@pytest.mark.parametrize(("by_a_service", "verdict"), [("true", Verdict.ALLOWED), ("false", Verdict.EXPLICITLY_DENIED)])
def test_only_aws_associates_a_vpc_with_the_zone_of_an_endpoint(by_a_service: str, verdict: Verdict) -> None:
    context = {"aws:RequestedRegion": (PROD.region,), "aws:ViaAWSService": (by_a_service,)}
    request = Request(PROD.iam("role/campus-prod-deployer"), ENDPOINT_ZONES, "*", context)
    policies = PolicySet(deployer_policies(PROD), boundary(PROD))
    assert evaluate(request, policies).verdict is verdict


@pytest.mark.parametrize("action", disabling_and_sharing_actions())
def test_the_boundarys_patterns_cover_every_action_of_the_shared_list(action: str) -> None:
    request = Request(PROD.iam("role/campus-prod-x"), action, "*", {"aws:RequestedRegion": (PROD.region,)})
    decision = evaluate(request, PolicySet((ADMINISTRATOR,), boundary(PROD)))
    assert (decision.verdict, decision.statement) == (Verdict.EXPLICITLY_DENIED, "Watched")
