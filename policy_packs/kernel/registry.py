"""Declaration of rules, discovery in packages, and lookup by resource type."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import ModuleType
from typing import Any, TypeVar

from policy_packs.kernel.context import Context, Environment, Setting
from policy_packs.kernel.resource import Resource

K = TypeVar("K")
V = TypeVar("V")
S = TypeVar("S")
F = TypeVar("F")

Findings = Iterator[str]
"""Findings as sentences: what is wrong and what to do."""
ANY_TYPE = "*"
"""Value of `on` that stands for every resource type."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*-must-[a-z0-9]+(-[a-z0-9]+)*")


class Level(StrEnum):
    """Enforcement level: effect of a finding on the run, strictest first."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Levels:
    """Level of a rule in each environment."""

    dev: Level = Level.MANDATORY
    staging: Level = Level.MANDATORY
    preprod: Level = Level.MANDATORY
    prod: Level = Level.MANDATORY
    lifted_by: str = ""
    """Key of the stack configuration that lowers the floor to advisory. Its value must be the stack's name."""

    @classmethod
    def everywhere(cls, level: Level) -> "Levels":
        """Use the same level in all environments."""
        return cls(level, level, level, level)

    def of(self, environment: Environment) -> Level:
        """Return the level in one environment."""
        level: Level = getattr(self, environment)
        return level

    def at(self, context: Context) -> Level:
        """Return the level for a run.

        A stack that is none of the four environments gets the strictest of the four levels.
        """
        if context.is_known_environment:
            return self.of(context.environment)
        levels = {self.of(environment) for environment in Environment}
        return next(level for level in Level if level in levels)


class Severity(StrEnum):
    """Severity of a finding, for sorting."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Stack:
    """All resources of a run, for rules about several resources."""

    name = "the stack"

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._resources = tuple(resources)

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """Return the resources of these types, grouped by type, in registration order."""
        return tuple(resource for each in types for resource in self._by_type.get(each, ()))

    @property
    def urn(self) -> str:
        """URN of the stack's root resource, used for findings about the stack as a whole."""
        return next((root.urn for root in self.of_type("pulumi:pulumi:Stack")), "")

    @property
    def resources(self) -> tuple[Resource, ...]:
        """All resources."""
        return self._resources

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Resource, ...]]:
        return _group((resource.type, resource) for resource in self._resources)

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Texts that no message about this stack may contain."""
        return frozenset[str]().union(*(resource.secrets for resource in self._resources))


StackFinding = tuple[Resource | None, str]
StackFindings = Iterator[StackFinding]
"""Findings with the resource they are about. None stands for the stack as a whole."""


@dataclass(frozen=True)
class Policy:
    """Fields that resource rules and stack rules have in common.

    `rationale` is the first paragraph of the function's docstring. `covers` names the published checks that the rule
    implements, such as `CKV_AWS_16` of Checkov.
    """

    name: str
    rationale: str
    covers: tuple[str, ...]
    levels: Levels
    severity: Severity
    settings: Mapping[str, Setting]


@dataclass(frozen=True)
class ResourceRule(Policy):
    """Rule about one resource, judged before the resource is created or updated."""

    on: frozenset[str]
    check: Callable[[Resource, Context], Findings]

    def is_on(self, resource_type: str) -> bool:
        """Return True if the rule judges resources of this type."""
        return resource_type in self.on or ANY_TYPE in self.on


@dataclass(frozen=True)
class StackRule(Policy):
    """Rule about all resources, judged at the end of a preview and of an update."""

    check: Callable[[Stack, Context], StackFindings]


def rule(
    name: str,
    *,
    on: str | Iterable[str],
    covers: Sequence[str] = (),
    level: Level | Levels = Level.MANDATORY,
    severity: Severity = Severity.HIGH,
    settings: Mapping[str, Setting] | None = None,
) -> Callable[[Callable[..., Findings]], ResourceRule]:
    """Declare a generator of findings as a rule on resource types.

    `on` holds type tokens such as "aws:rds/instance:Instance", or `ANY_TYPE`.

    The function accepts the resource and, optionally, the `Context`.

    Raises:
        ValueError: the name isn't of the form `area-must-thing`, or the docstring or the types are missing.
    """
    types = frozenset([on] if isinstance(on, str) else on)

    def register(function: Callable[..., Findings]) -> ResourceRule:
        if not types:
            raise ValueError(f"rule {name} has no resource type")
        rationale = _rationale(name, function)
        return ResourceRule(
            name, rationale, tuple(covers), _levels(level), severity, settings or {}, types, _with_context(function)
        )

    return register


def stack_rule(
    name: str,
    *,
    covers: Sequence[str] = (),
    level: Level | Levels = Level.MANDATORY,
    severity: Severity = Severity.HIGH,
    settings: Mapping[str, Setting] | None = None,
) -> Callable[[Callable[..., StackFindings]], StackRule]:
    """Declare a generator of (resource, finding) as a rule on the whole stack.

    In all other respects, it works like `rule`.
    """

    def register(function: Callable[..., StackFindings]) -> StackRule:
        rationale = _rationale(name, function)
        return StackRule(
            name, rationale, tuple(covers), _levels(level), severity, settings or {}, _with_context(function)
        )

    return register


def collect(*modules: ModuleType) -> tuple[Policy, ...]:
    """Return the rules of modules, in the order in which they are written."""
    return tuple(item for module in modules for item in vars(module).values() if isinstance(item, Policy))


def discover(package: ModuleType) -> tuple[Policy, ...]:
    """Return the rules of all modules below a package.

    Modules are sorted by name, and rules keep the order in which they are written.
    """
    return collect(*rule_modules(package))


def rule_modules(package: ModuleType) -> tuple[ModuleType, ...]:
    """Import the modules of a package; return those with rules, sorted by name.

    `pack` and `__main__` are left out, because they register the rules and start the pack.
    """
    names = sorted(each.name for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))
    modules = [importlib.import_module(name) for name in names if not name.endswith((".pack", ".__main__"))]
    return tuple(module for module in modules if collect(module))


@dataclass(frozen=True)
class Pack:
    """Named, versioned set of rules. The version equals the one in PulumiPolicy.yaml.

    `mistakes` are the mistakes in the pack's data files, one line each. The pack refuses to judge while there are any.
    """

    name: str
    version: str
    description: str
    policies: tuple[Policy, ...]
    mistakes: tuple[str, ...] = ()


class Registry:
    """Rules that one process serves, by resource type.

    Raises ValueError if two rules have the same name.
    """

    def __init__(self, policies: Iterable[Policy]) -> None:
        self.policies = tuple(policies)
        names = [policy.name for policy in self.policies]
        if duplicates := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"more than one rule is called {', '.join(duplicates)}")
        rules = (policy for policy in self.policies if isinstance(policy, ResourceRule))
        self._by_type = _group((each, item) for item in rules for each in item.on)
        self.stack_rules = tuple(policy for policy in self.policies if isinstance(policy, StackRule))

    @property
    def resource_types(self) -> frozenset[str]:
        """Resource types that have rules of their own."""
        return frozenset(self._by_type) - {ANY_TYPE}

    def rules_for(self, resource_type: str) -> tuple[ResourceRule, ...]:
        """Return the rules on a resource type, then those on every type."""
        return (*self._by_type.get(resource_type, ()), *self._by_type.get(ANY_TYPE, ()))


def _group(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    grouped: dict[K, list[V]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in grouped.items()}


def _rationale(name: str, function: Callable[..., Any]) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"rule name {name!r} isn't of the form `area-must-thing`")
    paragraph = inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0]
    if not paragraph:
        raise ValueError(f"rule {name} has no docstring; its first paragraph is the rationale")
    return " ".join(paragraph.split())


def _levels(level: Level | Levels) -> Levels:
    return level if isinstance(level, Levels) else Levels.everywhere(level)


def _with_context(function: Callable[..., F]) -> Callable[[S, Context], F]:
    if function.__code__.co_argcount > 1:
        return function
    return lambda subject, _context: function(subject)
