"""Attacks on the pipeline's permissions, and the decisions of the policies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from operations.bootstrap.boundary import boundary
from operations.bootstrap.context import AccountContext
from operations.bootstrap.pipeline_permissions import deployer_policies
from operations.iam.evaluation import Decision, Document, PolicySet, Request, evaluate
from operations.iam.written_requests import OTHER_ACCOUNT, written_requests

ATTACKS: Final = Path(__file__).with_name("attacks.yaml")
ATTACKERS: Final = ("deployer", "created")
ADMINISTRATOR: Final[Document] = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass(frozen=True)
class Attack:
    """One request that must be denied, unless `allowed` says why IAM can't deny it."""

    group: str
    goal: str
    attacker: str
    request: Request
    policy: Document | None = None
    allowed: str = ""

    def __str__(self) -> str:
        return f"{self.group}: {self.attacker}: {self.request.action} on {self.request.resource} ({self.goal})"


@dataclass(frozen=True)
class Outcome:
    """Attack and the decision of the policies."""

    attack: Attack
    decision: Decision

    @property
    def is_unwanted(self) -> bool:
        """True if the attack succeeds without a stated reason.

        Also true if the attack is denied although a reason is stated: the reason no longer applies.
        """
        return self.decision.is_allowed != bool(self.attack.allowed)


def attacks(context: AccountContext, file: Path = ATTACKS) -> Iterator[Attack]:
    """Yield all attacks on one account."""
    for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
        for attacker in entry.get("by", ATTACKERS):
            yield from _attacks(entry, attacker, context)


def outcome(attack: Attack, context: AccountContext, limits: Document | None = None) -> Outcome:
    """Evaluate one attack.

    `limits` replaces the environment's boundary, so that a changed boundary can be tried out.
    """
    policies = PolicySet(
        identity_policies(attack, context),
        boundary(context) if limits is None else limits,
        attack.policy,
        requires_resource_policy=attack.policy is not None,
    )
    return Outcome(attack, evaluate(attack.request, policies))


def identity_policies(attack: Attack, context: AccountContext) -> tuple[Document, ...]:
    """Return the identity policies of the attacker."""
    return deployer_policies(context) if attack.attacker == "deployer" else (ADMINISTRATOR,)


def _attacks(entry: Mapping[str, Any], attacker: str, context: AccountContext) -> Iterator[Attack]:
    role = context.iam(f"role/{context.named('deployer' if attacker == 'deployer' else 'x')}")
    names = {
        "account": context.account,
        "alias": context.alias,
        "boundary": context.boundary,
        "bucket": context.bucket,
        "copy": context.bucket_copy,
        "environment": context.environment,
        "other": OTHER_ACCOUNT,
        "region": context.region,
        "role": role,
        "session": Request(role, "", "").session_arn,
    }
    keys = {"aws:RequestedRegion": (context.region,), "aws:ResourceAccount": (context.account,)}
    for request, policy in written_requests(entry, role, names, keys):
        yield Attack(entry["group"], entry["goal"], attacker, request, policy, entry.get("allowed", ""))
