"""Levels and settings of a run: the rules' own, and what a policy configuration changes about them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy_packs.kernel.context import Context
from policy_packs.kernel.refusal import Mistakes
from policy_packs.kernel.registry import Level, Policy

ALL = "all"
"""The name by which a configuration sets the level of every rule; the engine has applied it when it comes here."""


class ConfigurationError(Mistakes):
    """A policy configuration has mistakes; the message has one line for each."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("policy configuration", mistakes)


class Configuration:
    """The level and the context of every rule in one run."""

    def __init__(self, policies: Sequence[Policy], run: Context) -> None:
        self._policies = policies
        self.run = run
        self.levels = {policy.name: policy.levels.at(run) for policy in policies}
        self.contexts = self._contexts({})

    def change(self, levels: Mapping[str, Level], given: Mapping[str, Mapping[str, Any]]) -> None:
        """Take levels and settings by rule, the same rules in both.

        Raises ConfigurationError with every rule and every setting that doesn't exist.
        """
        settings = {policy.name: policy.settings for policy in self._policies}
        if mistakes := list(_unknown(settings, given)):
            raise ConfigurationError(mistakes)
        self.levels |= {name: level for name, level in levels.items() if name != ALL}
        self.contexts = self._contexts(given)

    def enabled(self, policy: Policy) -> bool:
        """Whether a rule is looked at in this run."""
        return self.levels[policy.name] is not Level.DISABLED

    def _contexts(self, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Context]:
        return {
            policy.name: self.run.with_settings(policy.settings, given.get(policy.name, {}))
            for policy in self._policies
        }


def _unknown(settings: Mapping[str, Mapping[str, Any]], given: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, values in sorted(given.items()):
        if name != ALL and name not in settings:
            yield f"  {name}: there is no such rule; `ops policy explain` lists them"
            continue
        known = settings.get(name, {})
        for key in sorted(set(values) - set(known)):
            yield f"  {name}.{key}: there is no such setting; there is {', '.join(known) or 'none'}"
