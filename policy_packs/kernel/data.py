"""YAML data files of packs, checked by pydantic: every mistake is one line with its location and what to do."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_type_hints

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from policy_packs.kernel.errors import PolicyError

T = TypeVar("T")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

SENTENCES: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "unknown key; expected one of: {known}",
    "invalid_key": "a key must be text; put it in quotes",
    "model_type": "must be keys with values, not {input}",
    "dict_type": "must be keys with values, not {input}",
    "list_type": "must be a list, not {input}; an empty one is []",
    "tuple_type": "must be a list, not {input}",
    "frozen_set_type": "must be a list, not {input}; an empty one is []",
    "too_short": "must have at least {min_length}, has {actual_length}",
    "string_type": "must be text, not {input}",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false, not {input}",
    "date_type": "must be a day such as 2026-11-24, without quotes, not {input}",
    "enum": "must be {expected}, not {input}",
    "literal_error": "must be {expected}, not {input}",
    "decimal_parsing": "{input} isn't a number",
    "finite_number": "{input} isn't a number",
    "greater_than": "{input} is too low; it must be above {gt}",
    "value_error": "{error}",
}
"""Sentence by pydantic's error type; placeholders are the error's own context, `input`, and the `known` keys."""

_KEY = "[key]"
"""Suffix in pydantic's path of a mapping's key, as opposed to its value."""


class Data(BaseModel):
    """Part of a file: values aren't converted and unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Mistake(NamedTuple):
    """Location and description of a mistake. The path of the file as a whole is empty."""

    path: tuple[str | int, ...]
    sentence: str

    def __str__(self) -> str:
        location = ".".join(map(str, self.path))
        return f"{location}: {self.sentence}" if location else self.sentence


class DataError(PolicyError):
    """A file has mistakes; the message has a line for each."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen when it runs
    """Rejects duplicate keys, of which YAML would silently take the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # yaml's own
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if duplicates := sorted({str(key) for key in keys if keys.count(key) > 1}):
            message = f"duplicate key {', '.join(duplicates)}"
            raise yaml.constructor.ConstructorError(None, None, message, node.start_mark)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def document(file: Path) -> Any:
    """Return the values of a YAML file, None if it is empty. Raises DataError if it can't be read."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # a safe one
    except OSError as error:
        raise DataError([Mistake((), f"can't be read: {error.strerror}")]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError([Mistake((), f"isn't valid YAML: {' '.join(str(error).split())}")]) from None


def checked(expected: type[T], values: Any) -> T:
    """Validate values against a type. Raises DataError with all mistakes."""
    try:
        return TypeAdapter(expected).validate_python(values)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise DataError([_mistake(expected, each) for each in details if not _is_consequence(each, details)]) from None


def _is_consequence(error: ErrorDetails, others: Sequence[ErrorDetails]) -> bool:
    """Return True if a list is "too short" only because pydantic doesn't count its invalid items."""
    location = error["loc"]
    return error["type"] == "too_short" and any(
        other["loc"][: len(location)] == location != other["loc"] for other in others
    )


def _mistake(expected: Any, error: ErrorDetails) -> Mistake:
    path = tuple(part for part in error["loc"] if part != _KEY)
    words = {**error.get("ctx", {}), "input": _shown(error["input"])}
    if error["type"] == "extra_forbidden":
        words["known"] = ", ".join(_keys(expected, path[:-1]))
    sentence = SENTENCES.get(error["type"])
    return Mistake(path, sentence.format_map(words) if sentence else error["msg"])


def _keys(model: Any, path: Sequence[str | int]) -> list[str]:
    """Return the keys that are allowed at a path in values of a type."""
    for part in path:
        if isinstance(model, type) and issubclass(model, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
            model = fields[part] if part in fields else get_args(get_type_hints(model)["__pydantic_extra__"])[-1]
        else:
            model = get_args(model)[-1]  # of a mapping or a list: the type of its values
    return [field.alias or name for name, field in model.model_fields.items()]


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "keys with values"
    return "a list" if isinstance(value, list | tuple) else repr(value) if isinstance(value, str) else str(value)
