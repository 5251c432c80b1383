"""Levels and settings of a run: defaults, and changes by policy configuration."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy_packs.kernel.context import Context
from policy_packs.kernel.errors import InvalidInputError
from policy_packs.kernel.registry import Level, Policy

ALL = "all"
"""Key of a policy configuration that sets the level of every rule. The engine itself applies it."""


class ConfigurationError(InvalidInputError):
    """A policy configuration has mistakes, which the message lists line by line."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("policy configuration", mistakes)


class Configuration:
    """Level and context of every rule in one run."""

    def __init__(self, policies: Sequence[Policy], run: Context) -> None:
        self._policies = policies
        self.run = run
        self.levels = {policy.name: policy.levels.at(run) for policy in policies}
        self.contexts = self._contexts({})

    def change(self, levels: Mapping[str, Level], overrides: Mapping[str, Mapping[str, Any]]) -> None:
        """Apply levels and settings by rule name.

        Raises:
            ConfigurationError: a rule or a setting doesn't exist; lists all of them.
        """
        settings = {policy.name: policy.settings for policy in self._policies}
        if mistakes := list(_unknown_names(settings, overrides)):
            raise ConfigurationError(mistakes)
        self.levels |= {name: level for name, level in levels.items() if name != ALL}
        self.contexts = self._contexts(overrides)

    def enabled(self, policy: Policy) -> bool:
        """Return True if the rule isn't disabled in this run."""
        return self.levels[policy.name] is not Level.DISABLED

    def _contexts(self, overrides: Mapping[str, Mapping[str, Any]]) -> dict[str, Context]:
        return {
            policy.name: self.run.with_settings(policy.settings, overrides.get(policy.name, {}))
            for policy in self._policies
        }


def _unknown_names(
    settings: Mapping[str, Mapping[str, Any]], overrides: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    for name, values in sorted(overrides.items()):
        if name != ALL and name not in settings:
            yield f"  {name}: unknown rule; `ops policy explain` lists all rules"
            continue
        declared = settings.get(name, {})
        for key in sorted(set(values) - set(declared)):
            yield f"  {name}.{key}: unknown setting; expected one of: {', '.join(declared) or 'none'}"
