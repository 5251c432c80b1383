"""Levels and settings of a run: the rules' defaults and a policy configuration."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy_packs.kernel.context import Context, Environment
from policy_packs.kernel.errors import InvalidInputError
from policy_packs.kernel.registry import Level, Policy

ALL = "all"
"""Key of a policy configuration that sets the level of every rule. The engine copies the level to each rule."""
LOWEST_LEVELS: Mapping[Environment, Level] = {
    Environment.DEV: Level.DISABLED,
    Environment.STAGING: Level.ADVISORY,
    Environment.PREPROD: Level.MANDATORY,
    Environment.PROD: Level.MANDATORY,
}
"""Lowest level to which a policy configuration may set a rule, unless the rule itself declares a lower one."""


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
        """Change levels and settings. Both arguments are mappings by rule name.

        Raises:
            ConfigurationError: a rule or a setting doesn't exist, a level is lower than the environment allows, or a
                setting is weaker than its default where that is not allowed. The message lists all mistakes.
        """
        settings = {policy.name: policy.settings for policy in self._policies}
        if mistakes := [*_unknown_names(settings, overrides), *self._lowered(levels), *self._weakened(overrides)]:
            raise ConfigurationError(mistakes)
        self.levels |= {name: level for name, level in levels.items() if name != ALL}
        self.contexts = self._contexts(overrides)

    def floor(self, policy: Policy) -> Level:
        """Return the lowest level to which a policy configuration may set a rule.

        This level is advisory if the stack configuration has the rule's `lifted_by` key with the stack's name as value.
        """
        lifted_by = policy.levels.lifted_by
        if lifted_by and self.run.stack and self.run.stack_config.text(lifted_by) == self.run.stack:
            return Level.ADVISORY
        return max(policy.levels.at(self.run), LOWEST_LEVELS[self.run.environment], key=_laxness)

    def _lowered(self, levels: Mapping[str, Level]) -> Iterator[str]:
        """Yield a mistake for each rule whose level is below the rule's floor.

        Rules that got the level of `all` are reported together, in one line.
        """
        floors = {each.name: self.floor(each) for each in self._policies if each.name in levels}
        below = [name for name, floor in floors.items() if _laxness(levels[name]) > _laxness(floor)]
        copied = [name for name in below if levels[name] is levels.get(ALL)]
        stack = f"stack {self.run.stack}" if self.run.stack else "a stack without a name"
        if copied:
            rules = f"{len(copied)} rules" if len(copied) > 1 else copied[0]
            yield f"  {ALL}: {levels[ALL]} is too low for {rules} in {stack}; set the levels of single rules"
        for name in sorted(set(below) - set(copied)):
            yield f"  {name}: {levels[name]} is too low in {stack}; the lowest allowed level is {floors[name]}"

    def _weakened(self, overrides: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
        """Yield a mistake for each setting that is weaker than its default.

        Settings may be weakened only where levels may be lowered.
        """
        if LOWEST_LEVELS[self.run.environment] is Level.MANDATORY:
            stack = f"stack {self.run.stack}" if self.run.stack else "a stack without a name"
            for policy in self._policies:
                for name, value in sorted(overrides.get(policy.name, {}).items()):
                    setting = policy.settings.get(name)
                    if setting is not None and setting.weakened(value, self.run):
                        yield (
                            f"  {policy.name}.{name}: the value is weaker than the reviewed default. In {stack}, this "
                            f"setting {setting.tightening}. To weaken it, change the default in policy_packs."
                        )

    def enabled(self, policy: Policy) -> bool:
        """Return True if the rule isn't disabled in this run."""
        return self.levels[policy.name] is not Level.DISABLED

    def _contexts(self, overrides: Mapping[str, Mapping[str, Any]]) -> dict[str, Context]:
        return {
            policy.name: self.run.with_settings(policy.settings, overrides.get(policy.name, {}))
            for policy in self._policies
        }


def _laxness(level: Level) -> int:
    """Return the rank of a level: 0 is the strictest."""
    return list(Level).index(level)


def _unknown_names(
    settings: Mapping[str, Mapping[str, Any]], overrides: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    for name, values in sorted(overrides.items()):
        if name != ALL and name not in settings:
            yield f"  {name}: unknown rule; `ops policy explain` lists all rules"
            continue
        declared = settings.get(name, {})
        for key in sorted(set(values) - set(declared)):
            yield f"  {name}.{key}: unknown setting; the rule's settings are: {', '.join(declared) or 'none'}"
