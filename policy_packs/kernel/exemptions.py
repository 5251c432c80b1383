"""Exemptions: findings that are accepted for one resource until a date.

All mistakes in the list are reported at once, and a list with a mistake stops the run.
"""

import re
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from policy_packs.kernel.context import Context, Environment
from policy_packs.kernel.data import Data, DataError, Text, checked, document
from policy_packs.kernel.errors import InvalidInputError
from policy_packs.kernel.registry import Policy, ResourceRule
from policy_packs.kernel.resource import Resource
from validation_messages import Mistake

LONGEST: Final = timedelta(days=90)
STACK: Final = "pulumi:pulumi:Stack"
"""Resource type that findings about the stack as a whole refer to."""

SHORTEST_PREFIX: Final = 3
"""Minimum number of characters of the resource's name before the `*` of a pattern."""

_URN = "urn:"
_URN_PARTS = 4
_TYPE = r"[\w-]+:[\w./-]*:[\w-]+"
_TYPE_AND_NAME = re.compile(rf"{_TYPE}/(?P<name>.+)", re.DOTALL)
_WHOLE_URN = re.compile(rf"urn:pulumi:[\w.-]+::[\w.-]+::({_TYPE}\$)*{_TYPE}::(?P<name>.+)", re.DOTALL)
_WILDCARDS = frozenset("*?[]")


class Exemption(Data):
    """Exemption from one rule for matching resources, until a date.

    It applies only in the environments that it lists.
    """

    rule: Text
    resource: Text
    environments: Annotated[tuple[Annotated[Environment, Field(strict=False)], ...], Field(min_length=1, strict=False)]
    reason: Text
    owner: Text
    approver: Text
    granted: date
    expires: date

    def matches(self, urn: str) -> bool:
        """Return True if the pattern in `resource` matches a URN.

        The pattern is a URN or `type/name`. A `*` at the end stands for the rest of the name.
        """
        subject = urn if self.resource.startswith(_URN) else type_and_name(urn)
        prefix = self.resource.removesuffix("*")
        return subject == prefix or (prefix != self.resource and subject.startswith(prefix))

    def applies_to(self, policy: Policy, resource: Resource) -> bool:
        """Return True if this exemption covers the resource and the rule."""
        is_on_type = not isinstance(policy, ResourceRule) or policy.is_on(resource.type)
        return policy.name == self.rule and is_on_type and self.matches(resource.urn)

    def __str__(self) -> str:
        return f"{self.rule} on {self.resource}"


class ExemptionError(InvalidInputError):
    """The list of exemptions has mistakes, which the message lists line by line."""

    def __init__(self, file: Path, mistakes: Sequence[str]) -> None:
        super().__init__(f"{file.parent.name}/{file.name}", [f"  {line}" for line in mistakes])
        self.mistakes = tuple(mistakes)


class Exemptions:
    """Exemptions of one run."""

    def __init__(self, exemptions: Iterable[Exemption] = ()) -> None:
        self._all = tuple(exemptions)

    def __iter__(self) -> Iterator[Exemption]:
        return iter(self._all)

    def for_run(self, context: Context) -> "Exemptions":
        """Return the exemptions of the judged environment.

        A stack that is none of the four environments has no exemptions.
        """
        applicable = (each for each in self._all if context.environment in each.environments)
        return Exemptions(applicable if context.is_known_environment else ())

    def find(self, policy: Policy, urn: str) -> Exemption | None:
        """Return the exemption of a finding, or None if there isn't one."""
        return next((each for each in self._all if each.rule == policy.name and each.matches(urn)), None)

    def unmatched(
        self, policies: Iterable[Policy], resources: Collection[Resource]
    ) -> Iterator[tuple[Exemption, Policy]]:
        """Yield pairs (exemption, rule) for exemptions that match no resource of the run.

        Exemptions from rules other than `policies` are ignored.
        """
        by_name = {policy.name: policy for policy in policies}
        for each in self._all:
            policy = by_name.get(each.rule)
            if policy is not None and not any(each.applies_to(policy, resource) for resource in resources):
                yield each, policy


def type_and_name(urn: str) -> str:
    """Return `type/name` of a URN, without the parent types.

    Other text is returned unchanged.
    """
    parts = urn.split("::", _URN_PARTS - 1)
    return f"{parts[2].rpartition('$')[2]}/{parts[3]}" if len(parts) == _URN_PARTS else urn


def load(file: Path, rules: Container[str], today: date) -> Exemptions:
    """Read and check a list of exemptions. `rules` are the names of all rules.

    Raises:
        ExemptionError: the list has mistakes. The message lists all of them.
    """
    content: Any = None
    try:
        content = document(file)
        exemptions = checked(list[Exemption], [] if content is None else content)
    except DataError as error:
        raise ExemptionError(file, [_sentence(mistake, content) for mistake in error.mistakes]) from None
    mistakes = [
        f"exemption {number} ({each}): {mistake}"
        for number, each in enumerate(exemptions, 1)
        for mistake in _mistakes(each, rules, today)
    ]
    if mistakes:
        raise ExemptionError(file, mistakes)
    return Exemptions(exemptions)


def _mistakes(each: Exemption, rules: Container[str], today: date) -> Iterator[str]:
    if each.rule not in rules:
        yield "unknown rule; `ops policy explain` lists all rules"
    if not _is_narrow(each.resource):
        yield (
            f"{each.resource} must be a URN or type/name without wildcards, except for one * after at least "
            f"{SHORTEST_PREFIX} characters of the name"
        )
    if each.owner.casefold() == each.approver.casefold():
        yield f"{each.owner} is both owner and approver; another person or team must approve it"
    if each.granted > today:
        yield f"granted on {each.granted}, which is in the future; set the date of the approval"
    if each.expires < each.granted:
        yield f"expires on {each.expires}, before it is granted"
    if each.expires > each.granted + LONGEST:
        yield f"lasts until {each.expires}; the latest allowed date is {each.granted + LONGEST}"
    if each.expires < today:
        yield f"expired on {each.expires}; fix the resource, or have the exemption granted again"


def _is_narrow(pattern: str) -> bool:
    """Return True if a pattern has a literal type and a literal name or prefix.

    Otherwise it could match resources that nobody reviewed.
    """
    parsed = (_WHOLE_URN if pattern.startswith(_URN) else _TYPE_AND_NAME).fullmatch(pattern)
    if parsed is None:
        return False
    prefix = parsed["name"].removesuffix("*")
    is_whole = prefix == parsed["name"]
    return not set(prefix) & _WILDCARDS and (is_whole or len(prefix) >= SHORTEST_PREFIX)


def _sentence(mistake: Mistake, content: Any) -> str:
    """Return a mistake with the number of its entry and the rule that the entry names."""
    if not mistake.location:
        return str(mistake)
    index, _, key = mistake.location.partition(".")
    entry = content[int(index)]
    rule = entry.get("rule") if isinstance(entry, dict) else None
    named = f" ({rule})" if isinstance(rule, str) else ""
    return f"exemption {int(index) + 1}{named}: {Mistake(key, mistake.sentence)}"
