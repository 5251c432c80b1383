"""What the packs read from YAML files, checked by pydantic: each mistake is a line that says where, and what to do."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_type_hints

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

T = TypeVar("T")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

SENTENCES: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "unknown key; there is {known}",
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
    "decimal_parsing": "{input} is not a number",
    "finite_number": "{input} is not a number",
    "greater_than": "{input} is too low; it must be above {gt}",
    "value_error": "{error}",
}
"""Sentence by pydantic's error type; placeholders are the error's own context, `input`, and the `known` keys."""

_KEY = "[key]"
"""What pydantic adds to the path of a mapping's key, as opposed to its value."""


class Data(BaseModel):
    """A part of a file: nothing is converted, no key is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Mistake(NamedTuple):
    """Where in a file something is wrong, and what. The path of the file as a whole is empty."""

    path: tuple[str | int, ...]
    sentence: str

    def __str__(self) -> str:
        place = ".".join(map(str, self.path))
        return f"{place}: {self.sentence}" if place else self.sentence


class DataError(Exception):
    """A file has mistakes; the message has a line for each."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen when it runs
    """Refuses a key that stands twice, of which YAML would silently take the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # yaml's own
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if doubles := sorted({str(key) for key in keys if keys.count(key) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(doubles)} stands twice", node.start_mark)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def document(file: Path) -> Any:
    """The plain values of a YAML file, None when it is empty. Raises DataError when it can't be read."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # a safe one
    except OSError as error:
        raise DataError([Mistake((), f"can't be read: {error.strerror}")]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError([Mistake((), f"is not YAML: {' '.join(str(error).split())}")]) from None


def checked(kind: type[T], found: Any) -> T:
    """Plain values as a type that pydantic can check. Raises DataError with all mistakes in them."""
    try:
        return TypeAdapter(kind).validate_python(found)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise DataError([_mistake(kind, each) for each in details if not _miscounted(each, details)]) from None


def _miscounted(error: ErrorDetails, others: Sequence[ErrorDetails]) -> bool:
    """Whether a list is called too short only because pydantic does not count what is wrong in it."""
    place = error["loc"]
    return error["type"] == "too_short" and any(other["loc"][: len(place)] == place != other["loc"] for other in others)


def _mistake(kind: Any, error: ErrorDetails) -> Mistake:
    path = tuple(part for part in error["loc"] if part != _KEY)
    words = {**error.get("ctx", {}), "input": _shown(error["input"])}
    if error["type"] == "extra_forbidden":
        words["known"] = ", ".join(_keys(kind, path[:-1]))
    sentence = SENTENCES.get(error["type"])
    return Mistake(path, sentence.format_map(words) if sentence else error["msg"])


def _keys(kind: Any, path: Sequence[str | int]) -> list[str]:
    """The keys that may stand at a path in values of a type."""
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
            kind = fields[part] if part in fields else get_args(get_type_hints(kind)["__pydantic_extra__"])[-1]
        else:
            kind = get_args(kind)[-1]  # of a mapping or a list: what it holds
    return [field.alias or name for name, field in kind.model_fields.items()]


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "keys with values"
    return "a list" if isinstance(value, list | tuple) else repr(value) if isinstance(value, str) else str(value)
