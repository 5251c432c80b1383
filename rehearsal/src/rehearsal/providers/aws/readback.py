"""Inputs that refresh, import and diff derive from a resource or its state.

They have the form that a program would write.
"""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.compare import EMPTY, pair_items, project, same
from rehearsal.providers.aws.compiled import CompiledType, canonical_inputs, template_names
from rehearsal.providers.aws.table import EmulatedType
from rehearsal.providers.schema import PropertySchema, ResourceSchema, ValueType
from rehearsal.providers.values import DEFAULTS, UNAPPLIED, Properties, is_unknown


def inputs_from_id(declaration: EmulatedType, resource_id: str) -> Properties:
    """Return the inputs that a resource id contains."""
    if declaration.import_inputs is not None:
        return declaration.import_inputs(resource_id)
    return parse_template(declaration.id_template, resource_id) if declaration.id_template else {}


def parse_template(template: str, text: str) -> Properties:
    """Parse a text with a template such as `{clusterName}:{nodeGroupName}`.

    Returns the values by name, or an empty dictionary if the text does not match.
    """
    names = template_names(template)
    separators = [part.split("}", 1)[1] for part in template.split("{")[1:]]
    prefix = template.split("{", maxsplit=1)[0]
    if not text.startswith(prefix):
        return {}
    values, rest = {}, text.removeprefix(prefix)
    for name, separator in zip(names, separators, strict=True):
        value, actual_separator, rest = rest.partition(separator) if separator else (rest, "", "")
        if actual_separator != separator:
            return {}
        values[name] = value
    return values


def stored_inputs(schema: ResourceSchema, inputs: Properties, outputs: Properties, new: Properties) -> Properties:
    """Return a resource's current inputs, derived from its state, for a comparison.

    The result starts with `inputs`, the inputs of the last update, and takes the values in `outputs` where they
    differ. A property that only AWS set is included if `new` sets it too. An input that a failed operation may have
    changed (see `UNAPPLIED`) gets the value found in AWS, or is left out if that value is not known.
    """
    unapplied = outputs.get(UNAPPLIED, {})
    stored = {name: value for name, value in inputs.items() if unapplied.get(name, True)}
    for name, shape in schema.inputs.items():
        value, live = inputs.get(name), outputs.get(name)
        if live is None or is_unknown(value) or not unapplied.get(name, True):
            continue
        if value is not None:
            projected = project(shape, value, live)
            known = value if same(projected, value) else projected
            stored[name] = _with_written_fields(shape, known, new.get(name), live)
        elif new.get(name) is not None and live not in EMPTY:
            stored[name] = project(shape, new[name], live)
        elif name in unapplied:
            stored[name] = live
    return stored


def _with_written_fields(shape: PropertySchema, known: Any, new: Any, live: Any) -> Any:
    """Return `known`, with the live values of fields that only the new inputs set."""
    if shape.type is ValueType.OBJECT:
        if not (isinstance(known, Mapping) and isinstance(new, Mapping) and isinstance(live, Mapping)):
            return known
        shared = {name: shape.fields[name] for name in new if name in shape.fields and live.get(name) is not None}
        return dict(known) | {
            name: _with_written_fields(field, known[name], new[name], live[name])
            if name in known
            else project(field, new[name], live[name])
            for name, field in shared.items()
        }
    item = shape.item if shape.type is ValueType.LIST else None
    if item is None or item.type is not ValueType.OBJECT:
        return known
    if not (isinstance(known, list) and isinstance(new, list) and isinstance(live, list)) or len(known) != len(new):
        return known
    partners, _ = pair_items(item, known, live)
    return [_with_written_fields(item, one, new[index], partners.get(index)) for index, one in enumerate(known)]


def live_inputs(compiled: CompiledType, inputs: Properties, outputs: Properties, live: Properties) -> Properties:
    """Return the program's inputs, updated with the live values that differ.

    The declaration's `detect_drift` inputs are added with their live values if neither the program nor the state has a
    value. They are marked as filled in by the provider, so the next update removes them.
    """
    updated: dict[str, Any] = {}
    for name, value in inputs.items():
        if name not in live or is_unknown(value):
            updated[name] = value
        elif live[name] is not None:
            shape = compiled.schema.inputs.get(name) or compiled.schema.outputs[name]  # tagsAll is an output only
            projected = project(shape, value, live[name])
            updated[name] = value if _same_input(compiled, name, projected, value) else projected
        elif value in ("", [], {}):
            updated[name] = value
    if live.get("tags") and "tags" not in updated:
        updated["tags"] = live["tags"]
    watched = [name for name in compiled.declaration.detect_drift if name not in updated and not outputs.get(name)]
    detected = {name: live[name] for name in watched if live.get(name)}
    return {**updated, **detected, DEFAULTS: sorted({*inputs.get(DEFAULTS, ()), *detected})}


def _same_input(compiled: CompiledType, name: str, one: Any, other: Any) -> bool:
    """Return True if two values of an input are equivalent, in any notation."""
    return same(canonical_inputs(compiled, {name: one}), canonical_inputs(compiled, {name: other}))


def imported_inputs(compiled: CompiledType, outputs: Properties) -> Properties:
    """Return the inputs of an imported resource.

    These are the defaults, and the outputs that a program can set.
    """
    inputs = {
        name: value
        for name, value in outputs.items()
        if name in compiled.schema.inputs
        and name in compiled.supported_inputs
        and value not in (None, "", [], {}, False)
    }
    defaults = {name: value for name, value in compiled.declaration.defaults.items() if name in compiled.schema.inputs}
    return {**defaults, **inputs, DEFAULTS: []}
