"""Judging: runs one rule on one subject and says what came of it, whatever the rule does."""

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Policy, ResourceRule, Stack, StackRule
from policy_packs.kernel.resource import Resource, UnexpectedValue, UnknownValue
from policy_packs.kernel.values import redact


@dataclass(frozen=True)
class Violation:
    """A finding. An undecided one blocks whatever the rule's level: the rule could not do its work."""

    policy: Policy
    urn: str
    finding: str
    undecided: bool = False

    @property
    def message(self) -> str:
        """The finding, and why there is such a rule; an undecided one says by itself what went wrong."""
        return self.finding if self.undecided else f"{self.finding}\nwhy: {self.policy.rationale}"


@dataclass(frozen=True)
class Deferral:
    """The rule waits for a value that only the update knows; it is enforced then, before the resource is made."""

    policy: Policy
    name: str
    path: str
    urn: str = ""

    @property
    def message(self) -> str:
        """One sentence for the reader of a preview."""
        return f"deferred: decided at update, when `{self.path}` is known"


Verdict = Violation | Deferral


def some(names: Iterable[str], shown: int) -> str:
    """Enough names to see what it is about; the rest is counted."""
    listed = list(names)
    more = f" and {len(listed) - shown} more" if len(listed) > shown else ""
    return ", ".join(listed[:shown]) + more


def judge(rule: ResourceRule, resource: Resource, context: Context) -> Iterator[Verdict]:
    """What a rule says about a resource. Never raises, whatever the rule does.

    Findings made before a rule meets an unknown value stand: what is already certain need not wait.
    """
    try:
        for sentence in rule.check(resource, context):
            yield Violation(rule, resource.urn, redact(sentence, resource.secrets))
    except Exception as stop:  # a rule that fails in any way must block, and say which one it was
        yield _stopped(rule, stop, context, resource)


def judge_stack(rule: StackRule, stack: Stack, context: Context) -> Iterator[Verdict]:
    """What a rule says about a stack; otherwise like `judge`."""
    try:
        for about, sentence in rule.check(stack, context):
            yield Violation(rule, about.urn if about else stack.urn, redact(sentence, stack.secrets))
    except Exception as stop:  # the same
        yield _stopped(rule, stop, context, stack)


def _stopped(policy: Policy, stop: Exception, context: Context, subject: Resource | Stack) -> Verdict:
    """What it means that a rule could not be judged to its end."""
    if isinstance(stop, UnknownValue):
        if context.dry_run:
            return Deferral(policy, subject.name, stop.path, subject.urn)
        text = f"`{stop.path}` is not known even at update, so that the rule can't be decided; give it a value"
    elif isinstance(stop, UnexpectedValue):
        text = f"can't be judged: {redact(str(stop), subject.secrets)}"
    else:
        text = redact(_describe(policy, stop), subject.secrets)
    return Violation(policy, subject.urn, text, undecided=True)


def _describe(policy: Policy, crash: Exception) -> str:
    frames = traceback.extract_tb(crash.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return (
        f"the rule {policy.name} itself failed ({type(crash).__name__} at {place}: {crash}); "
        "nothing it guards passes until the rule is mended"
    )
