"""Valid values of a settings file by dotted key.

Pydantic returns no model if a single key is invalid. Rules across keys still need the valid values, so that one run
reports every mistake.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from stacks.settings import EnvironmentSettings


class NotParsedError(LookupError):
    """A value is missing or invalid. The settings parser reports that."""


class ParsedValues:
    """Parsed values by dotted key, for example `values["network.cidr"]`."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._values = dict(_values(EnvironmentSettings, raw, ""))

    def __getitem__(self, key: str) -> Any:
        """Return the value of a key. Raises NotParsedError if it is missing or invalid."""
        try:
            return self._values[key]
        except KeyError:
            raise NotParsedError(key) from None


def _values(model: type[BaseModel], raw: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key not in raw:
            continue
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            if isinstance(raw[key], Mapping):
                yield from _values(field.annotation, raw[key], f"{prefix}{key}.")
            continue
        try:
            yield f"{prefix}{key}", _adapter(model, name).validate_python(raw[key])
        except ValidationError:
            continue


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    annotated: Any = Annotated[field.annotation, *field.metadata, name]  # Annotated needs at least one annotation
    return TypeAdapter(annotated)
