"""Inputs that refresh and import derive from a live resource.

They have the form that a program would write.
"""

from typing import Any

from rehearsal.providers.aws.compare import project, same
from rehearsal.providers.aws.compiled import CompiledType, template_names
from rehearsal.providers.aws.table import EmulatedType
from rehearsal.providers.values import DEFAULTS, Properties, is_unknown


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


def live_inputs(compiled: CompiledType, inputs: Properties, live: Properties) -> Properties:
    """Return the program's inputs, updated with the live values that differ.

    Inputs with drift detection that the program does not set are added with their live values.
    """
    updated: dict[str, Any] = {}
    for name, value in inputs.items():
        if name not in live or is_unknown(value):
            updated[name] = value
        elif live[name] is not None:
            shape = compiled.schema.inputs.get(name) or compiled.schema.outputs[name]  # tagsAll is an output only
            projected = project(shape, value, live[name])
            updated[name] = value if same(projected, value) else projected
        elif value in ("", [], {}):
            updated[name] = value
    detected = ("tags", *compiled.declaration.detect_drift)
    updated |= {name: live[name] for name in detected if live.get(name) and name not in updated}
    return updated


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
