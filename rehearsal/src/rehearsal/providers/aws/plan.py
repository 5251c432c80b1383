"""What a declaration comes to: which operation carries which input, what is missing, and what replaces.

Compiled once per type from the declaration, the SDK's schema and botocore's shapes; pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.aws.calls import input_shape
from rehearsal.providers.aws.compare import changes, same
from rehearsal.providers.aws.mapping import gaps, members, source
from rehearsal.providers.aws.table import Op, ResourceType, Step
from rehearsal.providers.aws.work import Work
from rehearsal.providers.protocol import CheckFailure, DiffResult, PropertyChange
from rehearsal.providers.schema import ResourceSchema, ValueType
from rehearsal.providers.values import DEFAULTS, Properties

GENERAL = frozenset({"tags", "tagsAll", "region"})
"""Inputs that are handled for all types alike."""


@dataclass(frozen=True)
class Part:
    """An operation or step of an update, with the inputs it carries."""

    work: Op | Step
    inputs: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """A compiled declaration."""

    declared: ResourceType
    schema: ResourceSchema
    updates: tuple[Part, ...]
    implemented: frozenset[str]
    """Inputs that something carries."""
    gaps: Mapping[str, frozenset[str]]
    """By input: paths below it that AWS's shape lacks, as `vpcConfig.clusterSecurityGroup`."""
    replacing: frozenset[str]
    """Inputs whose change needs a new resource."""

    def create_op(self, work: Work) -> Op:
        """The operation that makes this very resource (a replica is made differently)."""
        return next((other for applies, other in self.declared.variants if applies(work)), self.declared.create)


def compile_plan(declared: ResourceType, schema: ResourceSchema) -> Plan:
    """Find out what carries each input."""
    creates = [declared.create, *(other for _, other in declared.variants)]
    candidates = mappable(declared, schema)
    updates = _updates(declared, candidates)
    by_create = {name for create in creates for name in carried(declared, create, candidates)}
    by_update = {name for part in updates for name in part.inputs}
    naming = set(template_names(declared.id_template)) & candidates
    implemented = by_create | by_update | naming | set(declared.local) | GENERAL | prefixes(declared)
    replacing = set(schema.inputs) - by_update - set(declared.local) - GENERAL
    return Plan(
        declared=declared,
        schema=schema,
        updates=updates,
        implemented=frozenset(implemented),
        gaps=_all_gaps(declared, schema, [*creates, *(part.work for part in updates if isinstance(part.work, Op))]),
        replacing=frozenset(replacing | naming | set(declared.force) | {"region"}),
    )


def prefixes(declared: ResourceType) -> frozenset[str]:
    """The input that only shapes a made-up name."""
    return frozenset() if declared.auto is None else frozenset({f"{declared.auto.input}Prefix"})


def mappable(declared: ResourceType, schema: ResourceSchema) -> frozenset[str]:
    """Inputs that an operation may carry."""
    return frozenset(schema.inputs) - GENERAL - frozenset(declared.local) - prefixes(declared)


def carried(declared: ResourceType, operation: Op, candidates: Iterable[str]) -> frozenset[str]:
    """The inputs that an operation carries."""
    if operation.args is not None:
        return frozenset(operation.inputs)
    shape = mapped_members(declared, operation)
    names = set(candidates)
    found = {source(member, names, declared.names, shape) for member in shape}
    return frozenset(name for name in found if name is not None) | frozenset(operation.carries)


def mapped_members(declared: ResourceType, operation: Op) -> Mapping[str, Any]:
    """The members into which an operation's inputs are mapped."""
    shape = members(input_shape(operation.service or declared.service, operation.name))
    return members(shape[operation.wrap]) if operation.wrap else shape


def unimplemented(plan: Plan, inputs: Properties) -> Iterator[CheckFailure]:
    """Inputs that the program sets and that nothing would carry to AWS."""
    for name, value in inputs.items():
        if name == DEFAULTS or value in (None, [], {}):
            continue
        if name not in plan.implemented:
            yield _not_implemented(plan, name)
        for gap in plan.gaps.get(name, ()):
            if _is_set(value, gap.split(".")[1:]):
                yield _not_implemented(plan, gap)


def difference(plan: Plan, old: Properties, new: Properties) -> DiffResult:
    """What differs between two sets of checked inputs, and what of it replaces the resource."""
    found = tuple(_judged(plan, old, new))
    replaced = any(change.replace for change in found)
    return DiffResult(found, delete_before_replace=replaced and _collides(plan, old, new))


def _judged(plan: Plan, old: Properties, new: Properties) -> Iterator[PropertyChange]:
    for change in changes(old, new):
        name = change.path.split(".")[0].split("[")[0]
        if not _kept(plan, name, new):
            yield PropertyChange(change.path, change.kind, replace=name in plan.replacing)


def _kept(plan: Plan, name: str, new: Properties) -> bool:
    """Whether leaving an input out keeps what AWS has: so it is for properties that AWS computes when not told."""
    computed = name not in plan.schema.optional_outputs and name in plan.schema.outputs
    always_counts = name in plan.declared.defaults or name in plan.declared.watched or name in GENERAL
    return name not in new and computed and not always_counts


def _collides(plan: Plan, old: Properties, new: Properties) -> bool:
    """Whether the new resource would meet the old one under the same name or id."""
    auto = plan.declared.auto
    if auto is not None and auto.input not in new.get(DEFAULTS, ()) and same(old.get(auto.input), new.get(auto.input)):
        return True
    if auto is None and plan.declared.id_template:
        return all(same(old.get(name), new.get(name)) for name in template_names(plan.declared.id_template))
    return False


def template_names(template: str) -> list[str]:
    """Names in a template's braces."""
    return [part.split("}")[0] for part in template.split("{")[1:]]


def _updates(declared: ResourceType, candidates: frozenset[str]) -> tuple[Part, ...]:
    """Parts of an update in order; an input belongs to the first step that names it, else to the first operation."""
    steps = {name for work in declared.update if isinstance(work, Step) for name in work.inputs}
    taken: set[str] = set()
    parts = []
    for work in declared.update:
        inputs = frozenset(work.inputs) if isinstance(work, Step) else carried(declared, work, candidates)
        if not isinstance(work, Step):
            inputs -= steps | taken
            taken |= inputs
        if inputs:
            parts.append(Part(work, inputs))
    return tuple(parts)


def _all_gaps(declared: ResourceType, schema: ResourceSchema, operations: Iterable[Op]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    custom = {name for work in declared.update if isinstance(work, Step) for name in work.inputs}
    for operation in operations:
        if operation.args is not None:
            continue
        shape = mapped_members(declared, operation)
        for member, one in shape.items():
            name = source(member, schema.inputs, declared.names, shape)
            if name is None or name in custom or name in operation.carries or name in declared.local:
                continue
            if schema.inputs[name].type in (ValueType.LIST, ValueType.OBJECT):
                missing = frozenset(gaps(schema.inputs[name], one, declared.names, name))
                found[name] = found[name] & missing if name in found else missing
    return {name: missing for name, missing in found.items() if missing}


def _is_set(value: Any, steps: list[str]) -> bool:
    if isinstance(value, list):
        return any(_is_set(item, steps) for item in value)
    if not steps:
        return value not in (None, "", [], {}, False)
    return isinstance(value, Mapping) and _is_set(value.get(steps[0]), steps[1:])


def _not_implemented(plan: Plan, path: str) -> CheckFailure:
    return CheckFailure(path, f'the emulated provider for {plan.schema.token} does not implement "{path}"')


def changed_inputs(old: Properties, new: Properties) -> frozenset[str]:
    """Top-level names of all inputs that differ."""
    return frozenset(change.path.split(".")[0].split("[")[0] for change in changes(old, new))
