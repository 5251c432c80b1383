"""Explanation of a rule: rationale, levels, examples and findings.

The findings say how to fix a resource.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

from operations.policies.errors import PolicyRequestError
from policy_packs import catalogue
from policy_packs.kernel.cases import Case
from policy_packs.kernel.context import Environment
from policy_packs.kernel.registry import ANY_TYPE, Level, Policy, ResourceRule
from policy_packs.kernel.verdict import Violation

JUDGED_BEFORE = "before the resource is created or changed, at preview and at update"
JUDGED_AFTER = (
    "at the end of a preview and again at the end of an update. By then the update has already changed the resources, "
    "so run a preview first. If a preview defers the rule because a value is unknown, the rule fires only at the end "
    "of the update"
)


@dataclass(frozen=True)
class Explanation:
    """One rule, explained by its declaration and its test cases."""

    policy: Policy
    pack: str
    module: str
    """Path of the module below `policy_packs`, such as `security.aws.s3`."""
    passing: Case | None
    failing: Case | None
    findings: tuple[str, ...]
    """Findings of the failing cases. Each finding says what to do."""

    @property
    def levels(self) -> dict[Environment, Level]:
        """Level in each environment."""
        return {environment: self.policy.levels.of(environment) for environment in Environment}

    @property
    def resource_types(self) -> tuple[str, ...]:
        """Resource types that the rule names; see `subject` if there are none."""
        return tuple(sorted(self.policy.on - {ANY_TYPE})) if isinstance(self.policy, ResourceRule) else ()

    @property
    def subject(self) -> str:
        """Subject of a rule that names no resource types."""
        return "every resource type" if isinstance(self.policy, ResourceRule) else "the whole stack"

    @property
    def judged(self) -> str:
        """Time at which the engine evaluates the rule.

        During an update, a stack rule runs at the end, too late to prevent changes.
        """
        return JUDGED_BEFORE if isinstance(self.policy, ResourceRule) else JUDGED_AFTER


def explain(name: str) -> Explanation:
    """Explain one rule.

    Raises PolicyRequestError with the closest name if the rule does not exist.
    """
    policies = catalogue.policies()
    if name not in policies:
        raise PolicyRequestError(f"unknown rule {name}; {_suggestion(get_close_matches(name, policies, 1))}")
    return next(each for each in explanations() if each.policy.name == name)


def explanations() -> tuple[Explanation, ...]:
    """Explain all rules, by pack and module, in the order of the source."""
    cases: dict[str, list[Case]] = {}
    for case in catalogue.cases():
        if not case.is_example:
            continue
        cases.setdefault(case.rule, []).append(case)
    return tuple(
        _explanation(policy, pack.name, module, cases.get(policy.name, []))
        for pack, module, policies in catalogue.modules()
        for policy in policies
    )


def example(case: Case) -> str:
    """Return the resources of a case as YAML, with Pulumi's property names."""
    resources: Any = {case.type: dict(case.properties)} if case.type else [dict(each) for each in case.resources]
    return yaml.safe_dump(resources, sort_keys=False, width=110, default_flow_style=None, allow_unicode=True).strip()


def settings(policy: Policy) -> dict[str, str]:
    """Return the meaning and the default of each setting of a rule."""
    return {
        name: f"{setting.schema['description']}{_default(setting.default)}" for name, setting in policy.settings.items()
    }


def _explanation(policy: Policy, pack: str, module: str, cases: list[Case]) -> Explanation:
    failing = [case for case in cases if case.message]
    findings = [verdict.finding for case in failing for verdict in case.judge(policy) if isinstance(verdict, Violation)]
    return Explanation(
        policy,
        pack,
        module,
        passing=_best_example([case for case in cases if not case.message]),
        failing=_best_example(failing),
        findings=tuple(dict.fromkeys(findings)),
    )


def setting_text(value: object) -> str:
    """Return the value of a setting as text, such as `dev 4, prod 30`."""
    return ", ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else str(value)


def _default(value: object) -> str:
    return f" (default: {setting_text(value)})" if value or value == 0 else ""


def _suggestion(closest: list[str]) -> str:
    return f"did you mean {closest[0]}?" if closest else "`ops policy explain` lists all rules"


def _best_example(cases: list[Case]) -> Case | None:
    """Return the first case with properties or resources, else the first case."""
    return next((case for case in cases if case.properties or case.resources), cases[0] if cases else None)
