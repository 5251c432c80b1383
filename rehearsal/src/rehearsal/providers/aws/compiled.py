"""Compilation of a type's declaration.

A compiled type lists the inputs that each API call sends, the unsupported inputs and the inputs whose change replaces
the resource. Each type is compiled once, from its declaration, the SDK's schema and botocore's shapes. The code in this
module is pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.aws.calls import input_shape
from rehearsal.providers.aws.compare import property_changes, same
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.mapping import members, source_input, unmapped_paths
from rehearsal.providers.aws.table import ApiCall, CustomUpdate, EmulatedType
from rehearsal.providers.protocol import CheckFailure, DiffResult, PropertyChange
from rehearsal.providers.schema import ResourceSchema, ValueType
from rehearsal.providers.values import DEFAULTS, Properties, is_unknown

COMMON_INPUTS = frozenset({"tags", "tagsAll", "region"})
"""Inputs that are handled in the same way for all types."""


@dataclass(frozen=True)
class UpdateStep:
    """One update of the declaration, and the inputs that it sends."""

    update: ApiCall | CustomUpdate
    inputs: frozenset[str]


@dataclass(frozen=True)
class CompiledType:
    """A declaration resolved against the SDK's schema and botocore's shapes."""

    declaration: EmulatedType
    schema: ResourceSchema
    updates: tuple[UpdateStep, ...]
    supported_inputs: frozenset[str]
    """Inputs that the provider implements: those that an API call sends, and those in the id or only in the state."""
    unsupported_paths: Mapping[str, frozenset[str]]
    """Input → paths within the input that AWS's shape does not have, e.g. `vpcConfig.clusterSecurityGroup`."""
    force_new: frozenset[str]
    """Inputs whose change replaces the resource."""

    def create_call(self, context: OperationContext) -> ApiCall:
        """Return the call that creates this resource.

        This is the first variant whose condition holds, else the default call.
        """
        variants = self.declaration.create_variants
        return next((variant for applies, variant in variants if applies(context)), self.declaration.create)


def compile_type(declaration: EmulatedType, schema: ResourceSchema) -> CompiledType:
    """Compile a declaration: determine which API calls send each input."""
    creates = [declaration.create, *(variant for _, variant in declaration.create_variants)]
    candidates = mappable_inputs(declaration, schema)
    updates = _update_steps(declaration, candidates)
    sent_by_create = {name for create in creates for name in sent_inputs(declaration, create, candidates)}
    sent_by_update = {name for step in updates for name in step.inputs}
    in_id = set(template_names(declaration.id_template)) & candidates
    state_only = set(declaration.state_only)
    update_calls = [step.update for step in updates if isinstance(step.update, ApiCall)]
    immutable = set(schema.inputs) - sent_by_update - state_only - COMMON_INPUTS
    supported = sent_by_create | sent_by_update | in_id | state_only | COMMON_INPUTS | prefix_inputs(declaration)
    return CompiledType(
        declaration=declaration,
        schema=schema,
        updates=updates,
        supported_inputs=frozenset(supported),
        unsupported_paths=_unsupported_paths(declaration, schema, [*creates, *update_calls]),
        force_new=frozenset(immutable | in_id | set(declaration.force_new) | {"region"}),
    )


def prefix_inputs(declaration: EmulatedType) -> frozenset[str]:
    """Return the input that only sets the prefix of a generated name, if any."""
    return frozenset() if declaration.autoname is None else frozenset({f"{declaration.autoname.input}Prefix"})


def mappable_inputs(declaration: EmulatedType, schema: ResourceSchema) -> frozenset[str]:
    """Return the inputs that an API call may send."""
    return frozenset(schema.inputs) - COMMON_INPUTS - frozenset(declaration.state_only) - prefix_inputs(declaration)


def sent_inputs(declaration: EmulatedType, call: ApiCall, candidates: Iterable[str]) -> frozenset[str]:
    """Return the inputs that an API call sends."""
    if call.args is not None:
        return frozenset(call.covers_inputs)
    shape = mapped_members(declaration, call)
    names = set(candidates)
    mapped = {source_input(member, names, declaration.names, shape) for member in shape}
    return frozenset(name for name in mapped if name is not None) | frozenset(call.covers_inputs)


def mapped_members(declaration: EmulatedType, call: ApiCall) -> Mapping[str, Any]:
    """Return the members of a call's shape to which inputs are mapped."""
    shape = members(input_shape(call.service or declaration.service, call.name))
    return members(shape[call.nested_in]) if call.nested_in else shape


def unsupported_inputs(compiled: CompiledType, inputs: Properties) -> Iterator[CheckFailure]:
    """Yield a failure for each input that the program sets but is not implemented."""
    for name, value in inputs.items():
        if name == DEFAULTS or value in (None, [], {}):
            continue
        if name not in compiled.supported_inputs:
            yield _not_implemented(compiled, name)
        for path in compiled.unsupported_paths.get(name, ()):
            if _is_set(value, path.split(".")[1:]):
                yield _not_implemented(compiled, path)


def difference(compiled: CompiledType, old: Properties, new: Properties) -> DiffResult:
    """Compare two sets of checked inputs and mark changes that replace the resource.

    Inputs that AWS keeps although the program removed them do not count.
    """
    old, new = canonical_inputs(compiled, old), canonical_inputs(compiled, new)
    changes = tuple(_effective_changes(compiled, old, new))
    replaced = any(change.replace for change in changes)
    return DiffResult(changes, delete_before_replace=replaced and _names_collide(compiled, old, new))


def _effective_changes(compiled: CompiledType, old: Properties, new: Properties) -> Iterator[PropertyChange]:
    kept = kept_inputs(compiled, old, new)
    for change in property_changes(old, new):
        name = top_level_name(change.path)
        if name not in kept:
            yield PropertyChange(change.path, change.kind, replace=name in compiled.force_new)


def kept_inputs(compiled: CompiledType, old: Properties, new: Properties) -> Properties:
    """Return the inputs that the program removed but AWS keeps, with their old values.

    AWS keeps a property that it would compute if the program did not set it. Values that only a refresh found, because
    somebody set them outside the program, are not kept.
    """
    found_by_refresh = set(compiled.declaration.detect_drift) & set(old.get(DEFAULTS, ()))
    counted = {*compiled.declaration.defaults, *found_by_refresh, *COMMON_INPUTS}
    return {name: old[name] for name in dropped_computed(compiled.schema, old, new) - counted}


def dropped_computed(schema: ResourceSchema, old: Properties, new: Properties) -> set[str]:
    """Return the inputs that the program removed and AWS computes if they are unset."""
    return {name for name in old.keys() - new.keys() if is_computed(schema, name)}


def is_computed(schema: ResourceSchema, name: str) -> bool:
    """Return True if AWS computes the property when the program does not set it."""
    return name in schema.outputs and name not in schema.optional_outputs and name not in schema.required


def canonical_inputs(compiled: CompiledType, inputs: Properties) -> Properties:
    """Return the inputs in AWS's notation."""
    notations = compiled.declaration.notations
    return {
        name: notations[name](value) if name in notations and value is not None and not is_unknown(value) else value
        for name, value in inputs.items()
    }


def _names_collide(compiled: CompiledType, old: Properties, new: Properties) -> bool:
    """Return True if the new resource would have the same name or id as the old one."""
    autoname, id_template = compiled.declaration.autoname, compiled.declaration.id_template
    if autoname is not None:
        explicit = autoname.input not in new.get(DEFAULTS, ())
        return explicit and same(old.get(autoname.input), new.get(autoname.input))
    if id_template:
        return all(same(old.get(name), new.get(name)) for name in template_names(id_template))
    return False


def template_names(template: str) -> list[str]:
    """Return the names in the braces of a template."""
    return [part.split("}")[0] for part in template.split("{")[1:]]


def top_level_name(path: str) -> str:
    """Return the top-level property of a path such as `ingress[0].toPort`."""
    return path.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]


def changed_inputs(compiled: CompiledType, old: Properties, new: Properties) -> frozenset[str]:
    """Return the top-level names of all inputs that differ."""
    changes = property_changes(canonical_inputs(compiled, old), canonical_inputs(compiled, new))
    return frozenset(top_level_name(change.path) for change in changes)


def _update_steps(declaration: EmulatedType, candidates: frozenset[str]) -> tuple[UpdateStep, ...]:
    """Assign each input to the updates that send it.

    An input of a custom update belongs to that update. Every other input belongs to the first call that sends it.
    """
    custom = {name for update in declaration.update if isinstance(update, CustomUpdate) for name in update.inputs}
    assigned: set[str] = set()
    steps = []
    for update in declaration.update:
        if isinstance(update, CustomUpdate):
            inputs = frozenset(update.inputs)
        else:
            inputs = sent_inputs(declaration, update, candidates) - custom - assigned
            assigned |= inputs
        if inputs:
            steps.append(UpdateStep(update, inputs))
    return tuple(steps)


def _unsupported_paths(
    declaration: EmulatedType, schema: ResourceSchema, calls: Iterable[ApiCall]
) -> dict[str, frozenset[str]]:
    unsupported: dict[str, frozenset[str]] = {}
    custom = {name for update in declaration.update if isinstance(update, CustomUpdate) for name in update.inputs}
    for call in calls:
        if call.args is not None:
            continue
        shape = mapped_members(declaration, call)
        for member, member_shape in shape.items():
            name = source_input(member, schema.inputs, declaration.names, shape)
            if name is None or name in {*custom, *call.covers_inputs, *declaration.state_only}:
                continue
            if schema.inputs[name].type in (ValueType.LIST, ValueType.OBJECT):
                paths = frozenset(unmapped_paths(schema.inputs[name], member_shape, declaration.names, name))
                unsupported[name] = unsupported[name] & paths if name in unsupported else paths
    return {name: paths for name, paths in unsupported.items() if paths}


def _is_set(value: Any, keys: list[str]) -> bool:
    if isinstance(value, list):
        return any(_is_set(item, keys) for item in value)
    if not keys:
        return value not in (None, "", [], {}, False)
    return isinstance(value, Mapping) and _is_set(value.get(keys[0]), keys[1:])


def _not_implemented(compiled: CompiledType, path: str) -> CheckFailure:
    return CheckFailure(path, f'the emulated provider for {compiled.schema.token} does not implement "{path}"')
