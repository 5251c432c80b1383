"""Proof by rehearsal that the deployer has the permissions that the program needs.

It also lists the permissions that the program does not use.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from operations.bootstrap.boundary import PROGRAM_ACTIONS, boundary
from operations.bootstrap.context import AccountContext
from operations.bootstrap.pipeline_permissions import deployer_policies
from operations.iam.evaluation import Decision, PolicySet, Request, evaluate
from operations.iam.requests import Call, in_account, requests_of
from rehearsal.cloud.names import SECRETS_ALIAS, state_bucket

EXPECTED_DENIALS: Final = Path(__file__).with_name("expected_denials.yaml")


@dataclass(frozen=True)
class Denial:
    """Denied request, and the reason if it is denied on purpose."""

    request: Request
    decision: Decision
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.request.action} on {self.request.resource}: {self.decision}"


@dataclass(frozen=True)
class Proof:
    """Decisions on all distinct requests of a rehearsal."""

    calls: int
    requests: int
    actions: frozenset[str]
    denials: tuple[Denial, ...]
    unused: tuple[str, ...]
    """Granted actions that the rehearsal did not use."""

    @property
    def unexpected(self) -> tuple[Denial, ...]:
        """Denials without a reason. Each would make the update of a real account fail."""
        return tuple(denial for denial in self.denials if not denial.reason)


def prove(calls: Iterable[Call], context: AccountContext, expected: Mapping[str, str] | None = None) -> Proof:
    """Evaluate each distinct request under the deployer's policy and the boundary.

    `expected` holds reasons by action; by default those of `expected_denials.yaml`.
    """
    calls, reasons = tuple(calls), expected_denials() if expected is None else expected
    role = context.iam(f"role/{context.named('deployer')}")
    policies = PolicySet(deployer_policies(context), boundary(context))
    names = {state_bucket(context.environment): context.bucket, SECRETS_ALIAS: context.alias}
    distinct: dict[tuple[object, ...], Request] = {}
    for request in requests_of((in_account(call, names) for call in calls), context.account, role):
        distinct.setdefault((request.action, request.resource, *sorted(request.context.items())), request)
    decisions = [(request, evaluate(request, policies)) for request in distinct.values()]
    denials = tuple(
        Denial(request, decision, reasons.get(request.action, ""))
        for request, decision in decisions
        if not decision.is_allowed
    )
    actions = frozenset(request.action for request in distinct.values())
    unused = tuple(action for action in granted_actions() if action not in actions)
    return Proof(len(calls), len(distinct), actions, denials, unused)


def granted_actions() -> tuple[str, ...]:
    """Return the actions that the deployer's policy lists for the program."""
    return tuple(json.loads(PROGRAM_ACTIONS.read_text(encoding="utf-8"))["actions"])


def expected_denials(file: Path = EXPECTED_DENIALS) -> dict[str, str]:
    """Return the reasons for intended denials, by action."""
    return {entry["action"]: entry["reason"] for entry in yaml.safe_load(file.read_text(encoding="utf-8"))}


def stale(proof: Proof, expected: Mapping[str, str]) -> tuple[str, ...]:
    """Return the expected denials that did not occur in any recorded request.

    The recording must cover the whole life of an environment: create, refresh and destroy.
    """
    denied = {denial.request.action for denial in proof.denials}
    return tuple(action for action in expected if action not in denied)
