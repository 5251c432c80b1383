"""YAML data files of packs, validated with pydantic.

Every mistake is reported in one line, with its location and the correction.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from policy_packs.kernel.errors import PolicyError
from validation_messages import Mistake, explain

T = TypeVar("T")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Data(BaseModel):
    """Base class of the models of data files.

    Values aren't converted, and unknown keys are mistakes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DataError(PolicyError):
    """A file has mistakes, which the message lists line by line."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # base class chosen at import
    """YAML loader that rejects duplicate keys instead of silently using the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # yaml's own
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if duplicates := sorted({str(key) for key in keys if keys.count(key) > 1}):
            message = f"duplicate key {', '.join(duplicates)}"
            raise yaml.constructor.ConstructorError(None, None, message, node.start_mark)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def document(file: Path) -> Any:
    """Return the values of a YAML file, or None if it is empty.

    Raises DataError if it can't be read.
    """
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # _Loader is safe
    except OSError as error:
        raise DataError([Mistake("", f"can't be read: {error.strerror}")]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError([Mistake("", f"isn't valid YAML: {' '.join(str(error).split())}")]) from None


def checked(expected: type[T], values: Any) -> T:
    """Validate values against a type and return them as that type.

    Raises DataError with all mistakes.
    """
    try:
        return TypeAdapter(expected).validate_python(values)
    except ValidationError as error:
        raise DataError(explain(error, expected)) from None


def read(file: Path, expected: type[T]) -> tuple[T | None, tuple[str, ...]]:
    """Return the content of a YAML file, or None and the mistakes, one line each."""
    try:
        return checked(expected, document(file)), ()
    except DataError as error:
        return None, tuple(f"  {file.name}: {mistake}" for mistake in error.mistakes)
