"""Proof for the roles of pods, AWS services and people, from a recorded graph.

A rehearsal does not record calls of these roles. The reviewed requests of `entries` are used instead of a recording.
They are evaluated under the role's policies, the permissions boundary and the policies of buckets and keys.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from operations.bootstrap.boundary import boundary
from operations.bootstrap.context import AccountContext
from operations.iam.documents import listed
from operations.iam.evaluation import Decision, Document, PolicySet, evaluate
from operations.iam.patterns import matches
from operations.iam.roles.entries import Question, entry_of, questions, role_names
from operations.iam.roles.recorded import RecordedPolicies, RecordedRole
from operations.iam.roles.trust import Assumption, assumptions

KEYS = "arn:aws:kms:"


@dataclass(frozen=True)
class Answer:
    """Question and the decision of the policies."""

    question: Question
    decision: Decision

    @property
    def is_wrong(self) -> bool:
        """True if a needed request is denied or an attack succeeds without a reason.

        An attack that has a reason to succeed but is denied is also wrong: the reason no longer applies.
        """
        question = self.question
        return self.decision.is_allowed != (question.needed or bool(question.allowed))

    def __str__(self) -> str:
        return f"{self.question}: {self.decision}"


@dataclass(frozen=True)
class RoleProof:
    """Answers to all questions about the roles of one environment."""

    roles: int
    answers: tuple[Answer, ...]
    assumptions: tuple[Assumption, ...]
    unused: tuple[str, ...]
    """Actions of inline policies that no needed request uses, each with its role."""
    unused_managed: tuple[str, ...]
    """Actions of AWS-managed policies that no needed request uses, each with its role. The program cannot remove these
    actions."""

    @property
    def needed(self) -> int:
        """Number of requests that must succeed."""
        return sum(each.question.needed for each in self.answers)

    @property
    def stopped(self) -> int:
        """Number of attacks that are denied."""
        return sum(not each.question.needed and not each.decision.is_allowed for each in self.answers)

    @property
    def excused(self) -> tuple[Answer, ...]:
        """Attacks that are allowed for a stated reason."""
        return tuple(each for each in self.answers if each.question.allowed and each.decision.is_allowed)

    @property
    def attacks(self) -> int:
        """Number of requests that must be denied, or that have a reason not to be."""
        return len(self.answers) - self.needed

    @property
    def wrong(self) -> tuple[str, ...]:
        """Every request, and every request to assume a role, with a wrong answer."""
        return (
            *(str(each) for each in self.answers if each.is_wrong),
            *(str(each) for each in self.assumptions if each.is_wrong),
        )


def prove_roles(policies: RecordedPolicies, context: AccountContext) -> RoleProof:
    """Answer every question about every role.

    Raises:
        MissingEntryError: a role has no reviewed requests.
        UnsupportedPolicyError: a policy has an element that the evaluator does not know.
    """
    answers = [answer for role in policies.roles for answer in answers_of(role, policies, context)]
    return RoleProof(
        roles=len(policies.roles),
        answers=tuple(answers),
        assumptions=tuple(each for role in policies.roles for each in assumptions_of(role, context)),
        unused=tuple(each for role in policies.roles for each in _unused(role, role.inline, answers)),
        unused_managed=tuple(each for role in policies.roles for each in _unused(role, role.managed, answers)),
    )


def answers_of(role: RecordedRole, policies: RecordedPolicies, context: AccountContext) -> Iterator[Answer]:
    """Answer the questions about one role."""
    limits = boundary(context) if role.boundary == context.boundary else None
    trusts = {each.arn: each.trust for each in policies.roles}
    for question in questions(role, context):
        resource = question.request.resource
        policy = question.policy or policies.policy_of(resource) or trusts.get(resource)
        decisive = resource.startswith(KEYS) or question.request.action.startswith("sts:")
        rules = PolicySet((*role.inline, *role.managed), limits, policy, requires_resource_policy=decisive)
        yield Answer(question, evaluate(question.request, rules))


def assumptions_of(role: RecordedRole, context: AccountContext) -> Iterator[Assumption]:
    """Yield the requests to assume one role."""
    yield from assumptions(role, entry_of(role, context), role_names(role, context))


def _unused(role: RecordedRole, documents: Iterable[Document], answers: Iterable[Answer]) -> Iterator[str]:
    asked = [each.question for each in answers if each.question.needed and each.question.role is role]
    for document in documents:
        for statement in document["Statement"]:
            for action in listed(statement["Action"]) if statement["Effect"] == "Allow" else ():
                if not any(matches(action, each.request.action, {}, ignore_case=True) for each in asked):
                    yield f"{role.name}: {action}"
