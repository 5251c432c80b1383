"""Evaluation of one rule on a resource or stack. An error in the rule blocks."""

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from policy_packs.kernel.context import Context
from policy_packs.kernel.errors import InvalidValue, UnexpectedValue, UnknownValue
from policy_packs.kernel.registry import Policy, ResourceRule, Stack, StackRule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.values import redact

LATE = (
    "The update has already made its changes, because rules about the whole stack run when it ends. Correct the "
    "program and update again. A preview shows such findings in advance, unless they depend on unknown values."
)
"""Sentences added to a finding about the whole stack if it is found at an update."""


@dataclass(frozen=True)
class Violation:
    """A finding of a rule.

    An undecided violation blocks at every level except `disabled`, because the rule could not be evaluated. A `late`
    violation was found at the end of an update, when the changes had already been made.
    """

    policy: Policy
    urn: str
    finding: str
    undecided: bool = False
    late: bool = False

    @property
    def message(self) -> str:
        """Finding with the rule's rationale. An undecided finding has no rationale."""
        finding = f"{self.finding}\n{LATE}" if self.late else self.finding
        return finding if self.undecided else f"{finding}\nwhy: {self.policy.rationale}"


@dataclass(frozen=True)
class Deferral:
    """A rule that needs a value known only at update.

    At the update, a resource rule is enforced before the resource is created, and a stack rule when the update ends.
    """

    policy: Policy
    name: str
    path: str
    urn: str = ""

    @property
    def message(self) -> str:
        """Sentence that a preview shows."""
        return f"The rule is deferred to the update, when `{self.path}` will be known."


Verdict = Violation | Deferral


def shorten(names: Iterable[str], limit: int) -> str:
    """Return a list of names as text, with at most `limit` names: `a, b and 3 more`."""
    listed = list(names)
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more


def judge(rule: ResourceRule, resource: Resource, context: Context) -> Iterator[Verdict]:
    """Yield the verdicts of a rule on a resource. Never raises.

    Findings that the rule yields before it reads an unknown value stand, because they are already certain.
    """
    try:
        for finding in rule.check(resource, context):
            place = f"{resource.path}: " if resource.path else ""
            yield Violation(rule, resource.urn, f"{place}{redact(finding, resource.secrets)}")
    except Exception as error:  # a rule that fails in any way must block, and the message must name the rule
        yield _stopped(rule, error, context, resource)


def judge_stack(rule: StackRule, stack: Stack, context: Context) -> Iterator[Verdict]:
    """Yield the verdicts of a rule on a stack. Never raises."""
    try:
        for resource, finding in rule.check(stack, context):
            urn = resource.urn if resource else stack.urn
            yield Violation(rule, urn, redact(finding, stack.secrets), late=not context.dry_run)
    except Exception as error:  # as in `judge`
        yield _stopped(rule, error, context, stack)


def _stopped(policy: Policy, error: Exception, context: Context, subject: Resource | Stack) -> Verdict:
    """Return the verdict for a rule whose evaluation raised an error."""
    if isinstance(error, UnknownValue):
        if context.dry_run:
            return Deferral(policy, subject.name, error.path, subject.urn)
        text = f"`{error.path}` is unknown even at update, so the rule cannot be evaluated. Give the property a value."
    elif isinstance(error, (UnexpectedValue, InvalidValue)):
        text = f"The rule cannot be evaluated: {redact(str(error), subject.secrets)}."
    else:
        text = redact(_describe_crash(policy, error), subject.secrets)
    return Violation(policy, subject.urn, text, undecided=True, late=isinstance(subject, Stack) and not context.dry_run)


def _describe_crash(policy: Policy, crash: Exception) -> str:
    frames = traceback.extract_tb(crash.__traceback__)
    location = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown location"
    return (
        f"The rule {policy.name} itself failed ({type(crash).__name__} at {location}: {crash}). "
        "The resource is blocked until the rule is fixed."
    )
