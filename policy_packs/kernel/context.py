"""What a rule knows about the run: the environment it judges for, and the rule's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Environment(StrEnum):
    """The four environments, least protected first."""

    DEV = "dev"
    STAGING = "staging"
    PREPROD = "preprod"
    PROD = "prod"


@dataclass(frozen=True)
class Setting:
    """One setting of a rule: a JSON schema that the engine checks, and the value when nobody sets it."""

    schema: Mapping[str, Any]
    default: Any


AMOUNT: Mapping[str, Any] = {"type": "number", "minimum": 0}
"""Schema of how much or how many: never less than nothing."""


def by_environment(description: str, each: Mapping[str, Any], default: Mapping[str, Any]) -> Setting:
    """A setting with a value for each environment, of one schema; a configuration may name only those it changes."""
    schema = {
        "type": "object",
        "description": description,
        "properties": {str(environment): each for environment in Environment},
        "additionalProperties": False,
    }
    return Setting(schema, default)


def per_environment(description: str, *, dev: float, staging: float, preprod: float, prod: float) -> Setting:
    """A limit that differs between environments."""
    return by_environment(description, AMOUNT, {"dev": dev, "staging": staging, "preprod": preprod, "prod": prod})


@dataclass(frozen=True)
class Context:
    """The run a resource is judged in."""

    stack: str
    dry_run: bool
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_known_environment(self) -> bool:
        """Return True if the stack is one of the four environments."""
        return self.stack in set(Environment)

    @property
    def environment(self) -> Environment:
        """The environment to judge for. A stack of another name is held to production's rules."""
        return Environment(self.stack) if self.is_known_environment else Environment.PROD

    def limit(self, setting: str) -> float:
        """This environment's value of a `per_environment` setting.

        A stack of another name gets the lowest of the four: nothing says that it may spend what production may.
        """
        limits: Mapping[str, float] = self.settings[setting]
        return limits[self.environment] if self.is_known_environment else min(limits.values())

    def floor(self, setting: str) -> float:
        """Like `limit` for a setting that says how much there must be at least: others get the highest of the four."""
        floors: Mapping[str, float] = self.settings[setting]
        return floors[self.environment] if self.is_known_environment else max(floors.values())

    def with_settings(self, declared: Mapping[str, Setting], given: Mapping[str, Any]) -> "Context":
        """The same run with one rule's settings: its defaults, overridden key by key."""
        merged = {name: _override(setting.default, given.get(name)) for name, setting in declared.items()}
        return Context(self.stack, self.dry_run, merged)


def _override(default: Any, given: Any) -> Any:
    if given is None:
        return default
    if isinstance(default, Mapping) and isinstance(given, Mapping):
        return {**default, **given}
    return given
