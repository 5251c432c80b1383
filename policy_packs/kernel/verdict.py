"""Judging: runs one rule on one subject and says what came of it, whatever the rule does."""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Policy, Rule, Stack, StackFinding, StackRule
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
        return self.finding if self.undecided else f"{self.finding}\nwhy: {self.policy.why}"


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


@dataclass(frozen=True)
class _Subject:
    name: str
    urn: str
    secrets: Callable[[], frozenset[str]]


def judge(rule: Rule, resource: Resource, context: Context) -> Iterator[Verdict]:
    """What a rule says about a resource. Never raises, whatever the rule does."""

    def findings() -> Iterator[StackFinding]:
        for sentence in rule.check(resource, context):
            yield resource, sentence

    return _run(rule, findings, context, _Subject(resource.name, resource.urn, lambda: resource.secrets))


def judge_stack(rule: StackRule, stack: Stack, context: Context) -> Iterator[Verdict]:
    """What a rule says about a stack. Never raises, whatever the rule does."""
    return _run(
        rule, lambda: rule.check(stack, context), context, _Subject("the stack", stack.urn, lambda: stack.secrets)
    )


def _run(
    policy: Policy, findings: Callable[[], Iterator[StackFinding]], context: Context, subject: _Subject
) -> Iterator[Verdict]:
    """Findings made before a rule meets an unknown value stand: what is already certain need not wait."""
    try:
        for about, sentence in findings():
            yield Violation(policy, about.urn if about else subject.urn, redact(sentence, subject.secrets()))
    except UnknownValue as unknown:
        if context.dry_run:
            yield Deferral(policy, subject.name, unknown.path, subject.urn)
        else:
            text = f"`{unknown.path}` is not known even at update, so that the rule can't be decided; give it a value"
            yield Violation(policy, subject.urn, text, undecided=True)
    except UnexpectedValue as unexpected:
        text = f"can't be judged: {redact(str(unexpected), subject.secrets())}"
        yield Violation(policy, subject.urn, text, undecided=True)
    except Exception as crash:  # a rule that fails in any way must block, and say which one it was
        yield Violation(policy, subject.urn, redact(_describe(policy, crash), subject.secrets()), undecided=True)


def _describe(policy: Policy, crash: Exception) -> str:
    frames = traceback.extract_tb(crash.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return (
        f"the rule {policy.name} itself failed ({type(crash).__name__} at {place}: {crash}); "
        "nothing it guards passes until the rule is mended"
    )
