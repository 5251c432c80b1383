"""From plain values to settings, or to every mistake at once, each as one sentence."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from stacks.errors import Mistake, SettingsError
from stacks.parsed_values import ParsedValues
from stacks.requirements import Environment
from stacks.settings import EnvironmentSettings
from stacks.validation import violations

SENTENCES = {
    "missing": "missing; every environment sets it",
    "string_type": "must be text; put {input} in quotes",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false, not {input}",
    "int_type": "must be a whole number, not {input}",
    "int_parsing": "must be a whole number, not {input}",
    "greater_than_equal": "{input} is too small; at least {ge}",
    "less_than_equal": "{input} is too large; at most {le}",
    "too_short": "must have at least {min_length}, has {actual_length}",
    "too_long": "must have at most {max_length}, has {actual_length}",
    "tuple_type": "must be a list, not {input}",
    "dict_type": "must be a group of keys, not {input}",
    "model_type": "must be a group of keys, not {input}",
    "enum": "must be {expected}, not {input}",
    "value_error": "{error}",
    "ip_v4_network": "{input} is not an address range, such as 10.16.0.0/16 (the address must be the range's first)",
}
"""Sentence by pydantic's error type; placeholders are the error's own context, and `input`."""

ENCRYPTED = "secure"
"""The engine writes an encrypted value as `{secure: …}`."""


def file_name(environment: str) -> str:
    """Name of the settings file of an environment."""
    return f"Pulumi.{environment}.yaml"


def known_environment(name: str) -> Environment:
    """The environment with this name. Raises SettingsError for any other."""
    try:
        return Environment(name)
    except ValueError:
        sentence = f"{name} is not an environment; use {', '.join(Environment)}"
        raise SettingsError(file_name(name), [Mistake("environment", sentence)]) from None


def parse(
    environment: Environment,
    raw: Mapping[str, Any],
    siblings: Mapping[Environment, ParsedValues] | None = None,
    more: Iterable[Mistake] = (),
) -> EnvironmentSettings:
    """Turn plain values into settings.

    Args:
        environment: whose settings these are.
        raw: values by camelCase key, without the namespace.
        siblings: what is known of the other environments' files; without it nothing is compared with them.
        more: mistakes that the reader found already.

    Raises:
        SettingsError: listing every mistake, of single keys and across keys alike, in the order of the model.
    """
    mistakes = list(more)
    settings: EnvironmentSettings | None = None
    try:
        settings = EnvironmentSettings.model_validate({**raw, "environment": environment})
    except ValidationError as error:
        mistakes += [_mistake(detail) for detail in error.errors(include_url=False)]
    if "environment" in raw:
        mistakes.append(Mistake("environment", "unknown key; the stack's name says it"))
    mistakes += violations(environment, ParsedValues(raw), siblings or {})
    if mistakes or settings is None:
        raise SettingsError(file_name(environment), sorted(set(mistakes), key=_position))
    return settings


def _mistake(error: ErrorDetails) -> Mistake:
    key = ".".join(str(part) for part in error["loc"])
    if isinstance(error["input"], Mapping) and set(error["input"]) == {ENCRYPTED}:
        return Mistake(key, "is encrypted, but no setting is a secret; what is secret belongs into Vault")
    if error["type"] == "extra_forbidden":
        return Mistake(key, _unknown(error["loc"]))
    context = {**error.get("ctx", {}), "input": _shown(error["input"])}
    return Mistake(key, SENTENCES.get(error["type"], error["msg"]).format_map(context))


def _unknown(location: tuple[int | str, ...]) -> str:
    known = [field.alias or name for name, field in _section(location[:-1]).model_fields.items()]
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; known are {', '.join(known)}"


def _section(location: tuple[int | str, ...]) -> type[BaseModel]:
    model: type[BaseModel] = EnvironmentSettings
    for part in location:
        for name, field in model.model_fields.items():
            if (field.alias or name) != part:
                continue
            held = [field.annotation, *getattr(field.annotation, "__args__", ())]
            model = next(kind for kind in held if isinstance(kind, type) and issubclass(kind, BaseModel))
    return model


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing" if value is None else str(value) if isinstance(value, int | float | str) else "a group or list"


def _position(mistake: Mistake) -> tuple[int, str, str]:
    sections = [field.alias or name for name, field in EnvironmentSettings.model_fields.items()]
    section = mistake.key.partition(".")[0]
    return (sections.index(section) if section in sections else len(sections), mistake.key, mistake.sentence)
