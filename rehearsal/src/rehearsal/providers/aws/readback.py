"""What a refresh or an import makes of a live resource: the inputs that a program would have written for it."""

from typing import Any

from rehearsal.providers.aws.compare import project, same
from rehearsal.providers.aws.plan import Plan, template_names
from rehearsal.providers.aws.table import ResourceType
from rehearsal.providers.values import DEFAULTS, Properties, is_unknown


def import_hint(declared: ResourceType, resource_id: str) -> Properties:
    """What an id alone tells."""
    if declared.import_inputs is not None:
        return declared.import_inputs(resource_id)
    return parse_template(declared.id_template, resource_id) if declared.id_template else {}


def parse_template(template: str, text: str) -> Properties:
    """Values that make a template such as `{clusterName}:{nodeGroupName}` into a text; empty when none do."""
    rest, found = text, {}
    names = template_names(template)
    separators = [part.split("}", 1)[1] for part in template.split("{")[1:]]
    lead = template.split("{", maxsplit=1)[0]
    if not rest.startswith(lead):
        return {}
    rest = rest.removeprefix(lead)
    for name, separator in zip(names, separators, strict=True):
        value, found_separator, rest = rest.partition(separator) if separator else (rest, "", "")
        if found_separator != separator:
            return {}
        found[name] = value
    return found


def live_inputs(plan: Plan, inputs: Properties, live: Properties) -> Properties:
    """The program's inputs with live values in the places of those that differ, and what is watched in any case."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        if name not in live or is_unknown(value):
            found[name] = value
        elif live[name] is not None:
            shape = plan.schema.inputs.get(name) or plan.schema.outputs[name]  # tagsAll is only an output
            projected = project(shape, value, live[name])
            found[name] = value if same(projected, value) else projected
        elif value in ("", [], {}):
            found[name] = value
    watched = ("tags", *plan.declared.watched)
    found |= {name: live[name] for name in watched if live.get(name) and name not in found}
    return found


def imported_inputs(plan: Plan, outputs: Properties) -> Properties:
    """Inputs of a resource that the program hasn't written yet: all that AWS knows and a program could say."""
    found = {
        name: value
        for name, value in outputs.items()
        if name in plan.schema.inputs and name in plan.implemented and value not in (None, "", [], {}, False)
    }
    return {**{k: v for k, v in plan.declared.defaults.items() if k in plan.schema.inputs}, **found, DEFAULTS: []}
