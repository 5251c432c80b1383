"""Test cases of rules: resources that pass and fail, also used as examples.

The cases of a rule module `x/<service>.py` are in `x/<service>.cases.yaml`, as a list of tables:

    - rule: rds-must-not-be-public           # name of the rule
      type: aws:rds/instance:Instance        # resource type; left out for a stack rule
      passes:                                # cases without a finding
        - properties: {publiclyAccessible: false}
      fails:                                 # cases with a finding that contains `message`
        - properties: {publiclyAccessible: true}
          message: "publicly_accessible is on"

Optional keys of a case: `stack` (dev unless given), `provider` (the provider's properties), `settings` (rule settings
that a policy configuration changes) and `config` (stack configuration). A case of a stack rule has `resources` instead
of `properties`, each with `type`, `name`, `properties`, `provider` (a name), `dependencies` (for each property, the
names of the resources that it refers to) and `inputs` (properties that the program sets, besides those in
`dependencies`).
The text "<unknown>" stands for a value that is known only at update.

Cases that differ in one place only are written once. A table with `types` instead of `type` applies its cases to
several types. If `types` maps each type to the path of a property, the `properties` of a case are inside that property.
A case can instead have `value`, the value of the property itself. "<path>" in a message stands for the path. A case
with `each` is repeated for every member of `each`, which takes the place of the text "<each>":

    - rule: vault-secret-ids-must-expire
      types: {"vault:appRole/authBackendRole:AuthBackendRole": secretIdTtl}
      passes: [{value: 3600}]
      fails:
        - {each: [91, 100], value: <each>d, message: "<path> is <each> days"}

If rules read the stack's configuration, the file is a mapping with the tables under `cases`:

    project: school                          # Pulumi project, the namespace of keys without one
    config:                                  # stack configuration by stack; `all` is for every stack
      all: {teams: {web: {costCentre: cc-1}}}
      dev: {data: {classification: synthetic}}
    cases: [...]

A test of a whole pack is one line: `assert check(pack, discover_cases(package)) == []`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Pack, Policy, ResourceRule, Stack, StackRule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.stack_config import StackConfig
from policy_packs.kernel.verdict import Verdict, Violation, judge, judge_stack
from pulumi_wire.markers import UNKNOWN_STRING

EACH, PATH = "<each>", "<path>"
"""Placeholders in a case file: a member of the list `each`, and the path that `types` gives for the type."""
UNKNOWN = "<unknown>"
"""Placeholder in a case file for a value that is known only at update."""
SUFFIX = ".cases.yaml"


@dataclass(frozen=True)
class Case:
    """One resource, or the resources of a stack, and the expected outcome of one rule."""

    rule: str
    type: str
    """Resource type, or empty for a stack rule."""
    index: int
    """Position among the cases of its table that pass, or among those that fail. Part of the test's name."""
    properties: Mapping[str, Any] = field(default_factory=dict)
    resources: Sequence[Mapping[str, Any]] = ()
    stack: str = "dev"
    provider: Mapping[str, Any] | None = None
    message: str | None = None
    """Text that a finding must contain, or None if the rule must find nothing."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Rule settings that a policy configuration changes."""
    project: str = "project"
    config: Mapping[str, Any] = field(default_factory=dict)
    """Stack configuration by key. Keys without a namespace are in the project's namespace."""

    is_example: bool = True
    """False for all but the first type of a table, and for all but the first member of `each`."""

    def __str__(self) -> str:
        return f"{self.rule}-{self.type.rpartition(':')[2] or 'stack'}-{self.index}"

    def judge(
        self, policy: Policy, properties: Mapping[str, Any] | None = None, *, dry_run: bool = True
    ) -> list[Verdict]:
        """Return the verdicts of a rule on this case, optionally with other properties.

        There are none if the rule does not judge resources of the case's type.
        """
        context = self._run(dry_run=dry_run).with_settings(policy.settings, self.settings)
        if isinstance(policy, StackRule):
            return list(judge_stack(policy, Stack(map(_resource, self.resources)), context))
        if not isinstance(policy, ResourceRule):
            raise TypeError(f"{policy.name} is neither a resource rule nor a stack rule")
        if not policy.is_on(self.type):
            return []
        provider = None
        if self.provider is not None:
            provider = Resource.from_properties("pulumi:providers:aws", self.provider)
        subject = Resource.from_properties(
            self.type,
            _with_unknowns(self.properties if properties is None else properties),
            urn="urn:it",
            name="it",
            provider=provider,
        )
        return list(judge(policy, subject, context))

    def _run(self, *, dry_run: bool) -> Context:
        full_keys = {key if ":" in key else f"{self.project}:{key}": value for key, value in self.config.items()}
        return Context(self.stack, dry_run, project=self.project, stack_config=StackConfig.from_values(full_keys))

    def mismatch(self, policy: Policy, *, dry_run: bool = True) -> str | None:
        """Return a sentence if the outcome is unexpected, else None."""
        verdicts = self.judge(policy, dry_run=dry_run)
        messages = [verdict.message for verdict in verdicts]
        if self.message is None:
            return f"{self}: expected no finding, got {messages}" if verdicts else None
        if not all(isinstance(verdict, Violation) for verdict in verdicts):
            return f"{self}: expected findings only, got {messages}"
        if not any(self.message in message for message in messages):
            return f"{self}: no finding contains {self.message!r}, got {messages}"
        return None


def load_cases(file: Path) -> tuple[Case, ...]:
    """Read the cases of one file, in the order of the file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  # both loaders are safe
    if isinstance(content, list):
        return tuple(case for table in content for case in _table(table))
    config: Mapping[str, Mapping[str, Any]] = content.get("config", {})
    project: str = content.get("project", "project")
    return tuple(
        replace(case, project=project, config={**config.get("all", {}), **config.get(case.stack, {}), **case.config})
        for table in content["cases"]
        for case in _table(table)
    )


def discover_cases(package: ModuleType) -> tuple[Case, ...]:
    """Return all cases beside the modules of a package, sorted by file."""
    directories = [Path(path) for path in package.__path__]
    files = sorted(file for directory in directories for file in directory.rglob(f"*{SUFFIX}"))
    return tuple(case for file in files for case in load_cases(file))


def check(pack: Pack, cases: Iterable[Case]) -> list[str]:
    """Judge all cases at preview and at update, and return one line per problem.

    A problem is a case with an unexpected outcome, a case of a rule that isn't in the pack, or a rule without a passing
    or failing case.
    """
    policies = {policy.name: policy for policy in pack.policies}
    problems: list[str] = []
    passing: set[str] = set()
    failing: set[str] = set()
    for case in cases:
        (failing if case.message else passing).add(case.rule)
        policy = policies.get(case.rule)
        if policy is None:
            problems.append(f"{case}: the pack has no rule {case.rule}")
            continue
        mismatches = (case.mismatch(policy, dry_run=dry_run) for dry_run in (True, False))
        # If the preview and the update give the same sentence, a dict keeps it only once.
        problems += dict.fromkeys(mismatch for mismatch in mismatches if mismatch)
    problems += [f"{name}: no case passes" for name in policies if name not in passing]
    problems += [f"{name}: no case fails" for name in policies if name not in failing]
    return problems


def _table(table: Mapping[str, Any]) -> Iterator[Case]:
    types = table.get("types", {table.get("type", ""): ""})
    paths: Mapping[str, str] = types if isinstance(types, Mapping) else dict.fromkeys(types, "")
    for resource_type, path in paths.items():
        for outcome in ("passes", "fails"):
            expanded = [each for case in table.get(outcome, ()) for each in _each(case, path)]
            for index, case in enumerate(expanded):
                is_example = case.pop("is_example") and resource_type == next(iter(paths))
                yield Case(rule=table["rule"], type=resource_type, index=index, is_example=is_example, **case)


def _each(case: Mapping[str, Any], path: str) -> Iterator[dict[str, Any]]:
    """Yield one case for each member of `each`, with the properties nested at `path`."""
    written = {key: value for key, value in case.items() if key not in {"each", "value"}}
    if "value" in case:
        written["properties"] = case["value"]
    if path:
        written["properties"] = _below(path, written.get("properties", {}))
    for number, member in enumerate(case.get("each", (None,))):
        filled = {key: _filled(value, {EACH: member, PATH: path}) for key, value in written.items()}
        yield {**filled, "is_example": number == 0}


def _below(path: str, value: Any) -> Any:
    """Return nested mappings that contain `value` at `path`."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


def _filled(value: Any, texts: Mapping[str, Any]) -> Any:
    """Replace placeholders at any depth of a value, also inside longer texts.

    `texts` maps each placeholder to its replacement.
    """
    if isinstance(value, Mapping):
        return {_filled(key, texts): _filled(item, texts) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, texts) for item in value]
    if not isinstance(value, str) or value in texts:
        return texts.get(value, value) if isinstance(value, str) else value
    for text, replacement in texts.items():
        value = value.replace(text, str(replacement))
    return value


def _resource(declared: Mapping[str, Any]) -> Resource:
    provider = declared.get("provider")
    dependencies: Mapping[str, Sequence[str]] = declared.get("dependencies", {})
    if empty := [name for name, names in dependencies.items() if not names]:
        raise ValueError(
            f"{declared['name']}: the dependencies of {', '.join(empty)} are empty, but the engine omits such entries; "
            "list the properties under `inputs`"
        )
    return Resource.from_properties(
        declared["type"],
        _with_unknowns(declared.get("properties", {})),
        urn=f"urn:{declared['name']}",
        name=declared["name"],
        provider=Resource.from_properties("pulumi:providers:any", {}, urn=f"urn:{provider}", name=provider)
        if provider
        else None,
        property_dependencies={key: frozenset(f"urn:{name}" for name in names) for key, names in dependencies.items()},
        inputs=frozenset(declared.get("inputs", ())),
    )


def _with_unknowns(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_unknowns(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_unknowns(item) for item in value]
    return UNKNOWN_STRING if value == UNKNOWN else value
