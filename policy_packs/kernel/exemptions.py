"""Exemptions: findings that somebody accepts for somebody else, for one resource, with a last day.

Everything that is wrong with the list is told at once, and nothing is judged by a list with a mistake in it.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from policy_packs.kernel.context import Context, Environment
from policy_packs.kernel.data import Data, DataError, Mistake, Text, checked, document
from policy_packs.kernel.refusal import Mistakes
from policy_packs.kernel.registry import Policy, ResourceRule
from policy_packs.kernel.resource import Resource

FILE: Final = Path(__file__).parents[1] / "exemptions.yaml"
LONGEST: Final = timedelta(days=90)
STACK: Final = "pulumi:pulumi:Stack"
"""Type of the resource that a finding about the stack as a whole is about."""

_URN = "urn:"
_URN_PARTS = 4
_WILD = frozenset("*?[]!")


class Exemption(Data):
    """One rule, for the resources that a pattern names, in some environments, until a day."""

    rule: Text
    resource: Text
    environments: Annotated[tuple[Annotated[Environment, Field(strict=False)], ...], Field(min_length=1, strict=False)]
    reason: Text
    owner: Text
    approver: Text
    granted: date
    expires: date

    def matches(self, urn: str) -> bool:
        """Whether the pattern names a resource."""
        return fnmatchcase(urn if self.resource.startswith(_URN) else type_and_name(urn), self.resource)

    def is_for(self, policy: Policy, resource: Resource) -> bool:
        """Whether a rule that this exempts from looks at a resource that the pattern names."""
        looks = policy.name == self.rule and (not isinstance(policy, ResourceRule) or resource.type in policy.on)
        return looks and self.matches(resource.urn)

    def __str__(self) -> str:
        return f"{self.rule} on {self.resource}"


class ExemptionError(Mistakes):
    """The list of exemptions has mistakes; the message has one line for each."""

    def __init__(self, file: Path, mistakes: Sequence[str]) -> None:
        super().__init__(f"{file.parent.name}/{file.name}", [f"  {line}" for line in mistakes])
        self.mistakes = tuple(mistakes)


class Exemptions:
    """The exemptions of one run."""

    def __init__(self, exemptions: Iterable[Exemption] = ()) -> None:
        self._all = tuple(exemptions)

    def __iter__(self) -> Iterator[Exemption]:
        return iter(self._all)

    def for_run(self, context: Context) -> "Exemptions":
        """Those of the environment that is judged; a stack that is none of the four has none."""
        here = (each for each in self._all if context.environment in each.environments)
        return Exemptions(here if context.is_known_environment else ())

    def excuse(self, policy: Policy, urn: str) -> Exemption | None:
        """The exemption of a finding, if there is one."""
        return next((each for each in self._all if each.rule == policy.name and each.matches(urn)), None)

    def unmatched(
        self, policies: Iterable[Policy], resources: Collection[Resource]
    ) -> Iterator[tuple[Exemption, Policy]]:
        """The exemptions from these rules that no resource of the run matches."""
        by_name = {policy.name: policy for policy in policies}
        for each in self._all:
            policy = by_name.get(each.rule)
            if policy is not None and not any(each.is_for(policy, resource) for resource in resources):
                yield each, policy


def type_and_name(urn: str) -> str:
    """`type/name` of a resource, without its ancestry; what is no URN is returned as it is."""
    parts = urn.split("::", _URN_PARTS - 1)
    return f"{parts[2].rpartition('$')[2]}/{parts[3]}" if len(parts) == _URN_PARTS else urn


def load(file: Path, rules: Container[str], today: date) -> Exemptions:
    """Read and check a list of exemptions. `rules` are the names of all rules there are.

    Raises ExemptionError with every mistake in it.
    """
    listed: Any = None
    try:
        listed = document(file)
        found = checked(list[Exemption], [] if listed is None else listed)
    except DataError as error:
        raise ExemptionError(file, [_sentence(mistake, listed) for mistake in error.mistakes]) from None
    mistakes = [
        f"exemption {number} ({each}): {mistake}"
        for number, each in enumerate(found, 1)
        for mistake in _mistakes(each, rules, today)
    ]
    if mistakes:
        raise ExemptionError(file, mistakes)
    return Exemptions(found)


def _mistakes(each: Exemption, rules: Container[str], today: date) -> Iterator[str]:
    if each.rule not in rules:
        yield "there is no such rule; `ops policy explain` lists them"
    if not _is_narrow(each.resource):
        yield "the pattern must be a URN, or a type and a name of which at least one letter is given: type/name"
    if each.owner.casefold() == each.approver.casefold():
        yield f"{each.owner} approved it for themselves; the approver must be somebody else"
    if each.granted > today:
        yield f"is granted from {each.granted} on, which is to come"
    if each.expires < each.granted:
        yield f"expires on {each.expires}, before it was granted"
    if each.expires > each.granted + LONGEST:
        yield f"lasts until {each.expires}; {each.granted + LONGEST} is the last day that may be granted"
    if each.expires < today:
        yield f"expired on {each.expires}; mend the resource, or have it granted anew"


def _is_narrow(pattern: str) -> bool:
    """Whether a pattern can't match every resource of a type by having no letter in it that matters."""
    if pattern.startswith(_URN):
        return pattern.count("::") >= _URN_PARTS - 1 and bool(set(pattern.rpartition("::")[2]) - _WILD)
    kind, _, name = pattern.rpartition("/")
    return kind.count(":") > 1 and not set(kind) & _WILD and bool(set(name) - _WILD)


def _sentence(mistake: Mistake, listed: Any) -> str:
    """A mistake in the file, with the number of the entry that it is in and the rule that the entry names."""
    if not mistake.path:
        return str(mistake)
    index, *keys = mistake.path
    entry = listed[index]
    rule = entry.get("rule") if isinstance(entry, dict) else None
    named = f" ({rule})" if isinstance(rule, str) else ""
    return f"exemption {int(index) + 1}{named}: {Mistake(tuple(keys), mistake.sentence)}"
