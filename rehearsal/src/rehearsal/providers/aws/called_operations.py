"""All AWS operations that the declaration of an emulated type can call.

`EmulatedType.operations` contains only the operations of declared calls. A declaration also contains functions and a
tagging object, which call further operations. This module finds them without running anything: it searches the fields
of the declaration and the constants in its functions' code for strings that are the name of an operation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from inspect import getclosurevars
from types import CodeType, FunctionType
from typing import Any

from rehearsal.providers.aws.calls import operation_names
from rehearsal.providers.aws.table import EmulatedType

_PACKAGE = "rehearsal.providers.aws"
"""Package whose functions are searched."""


def called_operations(declaration: EmulatedType) -> frozenset[str]:
    """Return the AWS names of the operations that a type can call.

    The result contains only operations of the type's own service. An operation whose name a function computes is
    missing.
    """
    names = operation_names(declaration.service)
    return frozenset(names[text] for text in _texts(declaration, set()) if text in names)


def _texts(value: Any, seen: set[int]) -> Iterator[str]:
    """Yield every string in a value, including those in its members and functions.

    `seen` contains the ids of the functions already searched, because functions can call each other.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(tuple(value.values()), seen)
    elif isinstance(value, tuple | list | frozenset):
        for item in value:
            yield from _texts(item, seen)
    elif isinstance(value, CodeType):
        yield from _texts(value.co_consts, seen)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _texts([getattr(value, field.name) for field in fields(value)], seen)
        yield from _texts([method for method in vars(type(value)).values() if isinstance(method, FunctionType)], seen)
    elif isinstance(value, FunctionType) and value.__module__.startswith(_PACKAGE) and id(value) not in seen:
        seen.add(id(value))
        yield from _texts(value.__code__, seen)
        yield from _texts(_references(value), seen)


def _references(function: FunctionType) -> list[Any]:
    """Return a function's captured variables and the global functions that it uses."""
    variables = getclosurevars(function)
    functions = [value for value in variables.globals.values() if isinstance(value, FunctionType)]
    return [*variables.nonlocals.values(), *functions]
