"""Keys that a pydantic model accepts at a location."""

from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel


def known_keys(annotation: Any, path: Sequence[str | int]) -> list[str]:
    """Return the keys of the model at a path, as they are written in the file."""
    for part in path:
        annotation = _child(annotation, part)
    model = _model(annotation)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _child(annotation: Any, part: str | int) -> Any:
    """Return the type of one key of a model, or of the values in a mapping or list."""
    model = _model(annotation)
    if model is None:
        items = [each for each in get_args(_without_none(annotation)) if each is not Ellipsis]
        return items[-1] if items else None
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    return fields[str(part)] if part in fields else _extra(model)


def _extra(model: type[BaseModel]) -> Any:
    """Return the type of a model's additional keys, declared as `__pydantic_extra__`."""
    arguments = get_args(get_type_hints(model).get("__pydantic_extra__"))
    return arguments[-1] if arguments else None


def _model(annotation: Any) -> type[BaseModel] | None:
    candidate = _without_none(annotation)
    return candidate if isinstance(candidate, type) and issubclass(candidate, BaseModel) else None


def _without_none(annotation: Any) -> Any:
    """Return X for `X | None`."""
    if get_origin(annotation) not in {Union, UnionType}:
        return annotation
    return next(each for each in get_args(annotation) if each is not NoneType)
