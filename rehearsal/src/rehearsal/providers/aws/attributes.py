"""Settings that SNS, SQS and Elastic Load Balancing store as text attributes."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.providers.aws.compare import same
from rehearsal.providers.aws.context import OperationContext


def upper_first(name: str) -> str:
    """Return a name with its first letter in upper case."""
    return name[0].upper() + name[1:]


def to_text(value: Any) -> str:
    """Format the value of an attribute as text."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def set_attributes(context: OperationContext, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the AWS attributes that the program sets.

    `attributes` maps the name of each input to its attribute.
    """
    return {
        attribute: to_text(context.inputs[name])
        for name, attribute in attributes.items()
        if context.inputs.get(name) not in (None, "", False)
    }


def changed_attributes(context: OperationContext, attributes: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Yield the attributes that an update changes, with their new values.

    An attribute whose input was removed gets an empty value.
    """
    for name, attribute in attributes.items():
        if not same(context.old_inputs.get(name), context.inputs.get(name)):
            yield attribute, to_text(context.inputs.get(name, ""))
