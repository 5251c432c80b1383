"""Values of inputs in the conformance cycle, derived from the case and its type."""

from typing import Any

from rehearsal.cloud.comparison import listed_type
from rehearsal.providers.aws.compiled import COMMON_INPUTS, CompiledType
from rehearsal.providers.protocol import ResourceState
from rehearsal.providers.schema import PropertySchema, ValueType
from rehearsal.providers.values import Properties
from tests.rehearsal.providers.aws.conformance.drifts import DRIFTS
from tests.rehearsal.providers.aws.conformance.replacements import REPLACEMENTS
from tests.rehearsal.providers.aws.dependencies import Dependencies
from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase, Values


def mutable_inputs(compiled: CompiledType) -> frozenset[str]:
    """Return the inputs that can be changed in place and read back from AWS.

    These are the inputs that an update call sends, and the tags. Inputs that exist only in the state don't count.
    """
    sent = {name for step in compiled.updates for name in step.inputs}
    tags = {"tags"} if compiled.declaration.tagging and "tags" in compiled.schema.inputs else set()
    return frozenset((sent | tags) - compiled.force_new - set(compiled.declaration.state_only))


def drift_values(
    case: LifecycleCase,
    compiled: CompiledType,
    inputs: Properties,
    changed: Properties | None,
    deps: Dependencies,
) -> dict[str, tuple[Any, Any]]:
    """Return two values for each mutable input for which the case has two."""
    explicit = _explicit_values(case, deps)
    values = {}
    for name in sorted(mutable_inputs(compiled)):
        before, after = inputs.get(name), (changed or {}).get(name)
        if name in explicit:
            values[name] = (explicit[name][0], explicit[name][1])
        elif name == "tags":
            values[name] = (before or OLD, NEW)
        elif before is not None and after is not None and before != after:
            values[name] = (before, after)
        elif isinstance(before if before is not None else after, bool):
            program = before if before is not None else after
            values[name] = (program, not program)
    return values


def _explicit_values(case: LifecycleCase, deps: Dependencies) -> Values:
    """Return the case's own values; for a type's first case, else those in `DRIFTS`."""
    if case.drifts is not None:
        return case.drifts(deps)
    token = listed_type(case.token)
    return DRIFTS[token](deps) if case.number == 1 and token in DRIFTS else {}


def replacing_inputs(
    case: LifecycleCase, compiled: CompiledType, program: Properties, deps: Dependencies
) -> Properties | None:
    """Return all inputs, changed so that they replace the resource.

    By default, the name changes. Return None if no change replaces the resource.
    """
    if case.replacing is not None:
        changes = case.replacing(deps)
        return None if changes is None else {**program, **changes}
    token = listed_type(case.token)
    if case.number == 1 and token in REPLACEMENTS:
        return {**program, **REPLACEMENTS[token](deps)}
    autoname = compiled.declaration.autoname
    name = autoname.input if autoname else "name"
    if name not in compiled.force_new or name not in compiled.schema.inputs:
        return None
    fifo = ".fifo" if autoname and program.get(autoname.fifo_input) else ""
    return {**program, name: f"{autoname.prefix if autoname else ''}renamed{fifo}"}


def written_down(compiled: CompiledType, inputs: Properties, resource: ResourceState) -> dict[str, Properties]:
    """Return programs that each add one value that AWS has and `inputs` lacks.

    The result maps the input with this value to all inputs of the program.
    """
    programs = {
        name: {**inputs, name: value}
        for name, value in resource.outputs.items()
        if name in compiled.supported_inputs - COMMON_INPUTS and name not in inputs and value is not None
    }
    for name, value in inputs.items():
        full = with_nested(compiled.schema.inputs[name], value, resource.outputs.get(name))
        if full != value:
            programs[name] = {**inputs, name: full}
    return programs


def with_nested(shape: PropertySchema | None, written: Any, live: Any) -> Any:
    """Add all present fields to a written object, or to the only item of a list."""
    if shape is None:
        return written
    if shape.type is ValueType.OBJECT and isinstance(written, dict) and isinstance(live, dict):
        return {
            **{name: value for name, value in live.items() if name in shape.fields and value is not None},
            **{name: with_nested(shape.fields[name], value, live.get(name)) for name, value in written.items()},
        }
    lists = shape.type is ValueType.LIST and isinstance(written, list) and isinstance(live, list)
    if lists and len(written) == len(live) == 1:
        return [with_nested(shape.item, written[0], live[0])]
    return written
