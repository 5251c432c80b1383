"""What there is to say about a rule: why it exists, where it holds, what it stops, and how to mend that."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

from operations.policies.errors import PolicyError
from policy_packs import catalogue
from policy_packs.kernel.cases import Case
from policy_packs.kernel.context import Environment
from policy_packs.kernel.registry import Level, Policy, ResourceRule
from policy_packs.kernel.verdict import Violation


@dataclass(frozen=True)
class Explanation:
    """One rule, explained by its declaration and its table of cases."""

    policy: Policy
    pack: str
    good: Case | None
    bad: Case | None
    findings: tuple[str, ...]
    """What the rule says to its failing cases, each in another way wrong: what to do is in every sentence."""

    @property
    def levels(self) -> dict[Environment, Level]:
        """The level in each environment."""
        return {environment: self.policy.levels.of(environment) for environment in Environment}

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The resource types it is on; none for a rule about the whole stack."""
        return tuple(sorted(self.policy.on)) if isinstance(self.policy, ResourceRule) else ()


def explain(name: str) -> Explanation:
    """Explain one rule. Raises PolicyError when there is none of that name, with the nearest one that there is."""
    policies = catalogue.policies()
    if name not in policies:
        near = get_close_matches(name, policies, 1)
        raise PolicyError(f"there is no rule {name}; {_instead(near)}")
    return next(each for each in explanations() if each.policy.name == name)


def explanations() -> tuple[Explanation, ...]:
    """All rules, pack by pack, in the order in which they are written."""
    tables: dict[str, list[Case]] = {}
    for case in catalogue.cases():
        tables.setdefault(case.rule, []).append(case)
    return tuple(
        _explanation(policy, pack.name, tables.get(policy.name, []))
        for pack in catalogue.PACKS
        for policy in pack.policies
    )


def example(case: Case) -> str:
    """The resources of a case as YAML, with Pulumi's property names."""
    shown: Any = {case.type: dict(case.properties)} if case.type else [dict(each) for each in case.resources]
    return yaml.safe_dump(shown, sort_keys=False, width=110, default_flow_style=None, allow_unicode=True).strip()


def settings(policy: Policy) -> dict[str, Mapping[str, Any] | Any]:
    """A rule's settings with their defaults."""
    return {name: setting.default for name, setting in policy.settings.items()}


def _explanation(policy: Policy, pack: str, table: list[Case]) -> Explanation:
    bad = [case for case in table if case.message]
    findings = [verdict.finding for case in bad for verdict in case.judge(policy) if isinstance(verdict, Violation)]
    return Explanation(
        policy,
        pack,
        good=_telling([case for case in table if not case.message]),
        bad=_telling(bad),
        findings=tuple(dict.fromkeys(findings)),
    )


def _instead(near: list[str]) -> str:
    return f"did you mean {near[0]}?" if near else "`ops policy explain` lists all of them"


def _telling(table: list[Case]) -> Case | None:
    """The first example that shows anything, else the first."""
    return next((case for case in table if case.properties or case.resources), table[0] if table else None)
