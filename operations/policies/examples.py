"""The tables of cases of the rules: what each lets through and what it stops, used as examples and as tests alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Policy, Rule, Stack, StackRule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.values import SENTINELS
from policy_packs.kernel.verdict import Verdict, judge, judge_stack

DIRECTORY = Path(__file__).resolve().parents[2] / "tests" / "policy_packs" / "cases"
UNKNOWN = "<unknown>"
"""Stands for a value that only the update will know."""


@dataclass(frozen=True)
class Case:
    """One resource, or for a stack rule several, and what the rule says: nothing, or a message with these words."""

    rule: str
    kind: str
    """Type of the resource; empty for a stack rule."""
    index: int
    given: Mapping[str, Any]
    resources: Sequence[Mapping[str, Any]]
    stack: str = "dev"
    provider: Mapping[str, Any] | None = None
    says: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What a configuration sets of the rule's settings."""

    def __str__(self) -> str:
        return f"{self.rule}-{self.kind.rpartition(':')[2] or 'stack'}-{self.index}"

    def judged(self, policy: Policy, given: Mapping[str, Any] | None = None, *, dry_run: bool = True) -> list[Verdict]:
        """What a rule says to this case; `given` are other properties for its resource."""
        context = Context(self.stack, dry_run).with_settings(policy.settings, self.settings)
        if isinstance(policy, StackRule):
            return list(judge_stack(policy, Stack(map(_resource, self.resources)), context))
        if not isinstance(policy, Rule):
            raise TypeError(f"{policy.name} is neither a rule on resources nor one on stacks")
        provider = Resource.of("pulumi:providers:aws", self.provider) if self.provider is not None else None
        properties = _known(self.given if given is None else given)
        return list(
            judge(policy, Resource.of(self.kind, properties, urn="urn:it", name="it", provider=provider), context)
        )


@cache
def cases(directory: Path = DIRECTORY) -> tuple[Case, ...]:
    """All cases, in the order of files and tables. A table: `rule`, `kind` (not for stack rules), `passes`, `fails`."""
    return tuple(
        case
        for file in sorted(directory.glob("*.yaml"))
        for table in yaml.load(file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
        for case in _table(table)
    )


def _table(table: Mapping[str, Any]) -> Iterator[Case]:
    for wanted in ("passes", "fails"):
        for index, case in enumerate(table.get(wanted, ())):
            known = {"given": {}, "resources": (), **case}
            yield Case(rule=table["rule"], kind=table.get("kind", ""), index=index, **known)


def _resource(given: Mapping[str, Any]) -> Resource:
    """A resource of a stack: `type`, `name`, `given`, `provider`, and `uses`: names of what properties come from."""
    provider = given.get("provider")
    return Resource.of(
        given["type"],
        _known(given.get("given", {})),
        urn=f"urn:{given['name']}",
        name=given["name"],
        provider=Resource.of("pulumi:providers:any", {}, urn=f"urn:{provider}", name=provider) if provider else None,
        uses={key: frozenset(f"urn:{name}" for name in names) for key, names in given.get("uses", {}).items()},
    )


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return min(SENTINELS) if value == UNKNOWN else value
