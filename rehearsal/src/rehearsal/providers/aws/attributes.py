"""Settings that AWS stores as text attributes: SNS, SQS, Elastic Load Balancing."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.providers.aws.compare import same
from rehearsal.providers.aws.context import OperationContext


def upper_first(name: str) -> str:
    """Return the attribute of an input that differs only in its first letter."""
    return name[0].upper() + name[1:]


def to_text(value: Any) -> str:
    """Return an attribute's value as text."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def set_attributes(context: OperationContext, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that the program sets; `attributes` maps inputs to them."""
    return {
        attribute: to_text(context.inputs[name])
        for name, attribute in attributes.items()
        if context.inputs.get(name) not in (None, "", False)
    }


def changed_attributes(context: OperationContext, attributes: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Yield the attributes that the update changes; a removed one becomes empty."""
    for name, attribute in attributes.items():
        if not same(context.old_inputs.get(name), context.inputs.get(name)):
            yield attribute, to_text(context.inputs.get(name, ""))
