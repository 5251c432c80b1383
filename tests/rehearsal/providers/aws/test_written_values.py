"""A value that AWS chose is no change when the program writes it down, and stays when the program drops it."""

from typing import Any

import pytest

from rehearsal.providers.aws.compiled import COMMON_INPUTS, is_computed
from rehearsal.providers.protocol import ResourceState
from rehearsal.providers.schema import PropertySchema, ValueType
from rehearsal.providers.values import Properties
from tests.rehearsal.providers.aws.cases import ALL_CASES
from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

TAGS = {"tags": {"changed": "yes"}}
WRITE_ONLY = {"finalSnapshotIdentifier"}


def accepted(engine: Any, resource: ResourceState, inputs: Properties) -> bool:
    """Return True if the provider accepts the inputs, i.e. they don't conflict and are implemented."""
    return not engine.check(resource.urn.type, resource.urn.name, inputs, resource.inputs).failures


def changed_paths(engine: Any, resource: ResourceState, inputs: Properties) -> list[str]:
    return [change.path for change in engine.diff(resource, **inputs).changes]


def unwritten(inputs: Properties, resource: ResourceState, compiled: Any) -> Properties:
    """Return the present values of all inputs that the program could write down."""
    return {
        name: value
        for name, value in resource.outputs.items()
        if name in compiled.supported_inputs - COMMON_INPUTS and name not in inputs and value is not None
    }


def with_nested(shape: PropertySchema | None, written: Any, live: Any) -> Any:
    """Write down all present fields of an object, or of the only item of a list."""
    if shape is None:
        return written
    if shape.type is ValueType.OBJECT and isinstance(written, dict) and isinstance(live, dict):
        return {
            **{name: value for name, value in live.items() if name in shape.fields and value is not None},
            **{name: with_nested(shape.fields[name], value, live.get(name)) for name, value in written.items()},
        }
    if shape.type is ValueType.LIST and isinstance(written, list) and isinstance(live, list):
        if len(written) == len(live) == 1:
            return [with_nested(shape.item, written[0], live[0])]
    return written


@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_writing_down_the_present_value_is_no_change(
    case: LifecycleCase, engine: Any, deps: Any, aws_provider: Any
) -> None:
    inputs = case.inputs(deps)
    created = engine.create(case.token, "life", **inputs)
    compiled = aws_provider.compiled(case.token)
    for resource in (created, engine.refresh(created)):
        for name, value in unwritten(inputs, resource, compiled).items():
            if accepted(engine, resource, {**inputs, name: value}):
                assert changed_paths(engine, resource, {**inputs, name: value}) == [], (name, value)
        for name, value in inputs.items():
            full = with_nested(compiled.schema.inputs[name], value, resource.outputs.get(name))
            if accepted(engine, resource, {**inputs, name: full}):
                assert changed_paths(engine, resource, {**inputs, name: full}) == [], (name, full)


@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_dropping_a_computed_value_keeps_it(case: LifecycleCase, engine: Any, deps: Any, aws_provider: Any) -> None:
    inputs = case.inputs(deps)
    resource = engine.create(case.token, "life", **inputs)
    compiled = aws_provider.compiled(case.token)
    names = {*compiled.declaration.defaults, *COMMON_INPUTS}
    if compiled.declaration.autoname:
        names |= {compiled.declaration.autoname.input, f"{compiled.declaration.autoname.input}Prefix"}
    for name in sorted(inputs.keys() - names):
        fewer = {key: value for key, value in inputs.items() if key != name}
        if not is_computed(compiled.schema, name) or not accepted(engine, resource, fewer):
            continue
        before = resource.outputs[name]
        assert changed_paths(engine, resource, fewer) == [], name
        for program in (fewer | TAGS if "tags" in compiled.schema.inputs else fewer, fewer):
            resource = engine.update(resource, **program)
            assert resource.outputs[name] == before, name
            assert engine.drift(resource) == []
        resource = engine.update(resource, **inputs)
        assert resource.outputs[name] == before
