"""Parser of plain values; returns settings or reports a complete list of mistakes."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from stacks.errors import Mistake, SettingsError, UnknownEnvironmentError
from stacks.parsed_values import ParsedValues
from stacks.requirements import Environment
from stacks.settings import EnvironmentSettings
from stacks.validation import violations
from validation_messages import SENTENCES, explain

SETTINGS_SENTENCES = {
    **SENTENCES,
    "missing": "is missing; every environment must set it",
    "string_type": "must be text; put {input} in quotes",
}

ENCRYPTED = "secure"
"""Key of an encrypted value, which the engine writes as `{secure: …}`."""


def file_name(environment: str) -> str:
    """Return the name of an environment's settings file."""
    return f"Pulumi.{environment}.yaml"


def known_environment(name: str) -> Environment:
    """Return the environment of this name.

    Raises:
        UnknownEnvironmentError: there is no such environment.
    """
    try:
        return Environment(name)
    except ValueError:
        raise UnknownEnvironmentError(name, list(Environment)) from None


def parse(
    environment: Environment,
    raw: Mapping[str, Any],
    siblings: Mapping[Environment, ParsedValues] | None = None,
    earlier_mistakes: Iterable[Mistake] = (),
) -> EnvironmentSettings:
    """Return the settings of one environment.

    Args:
        environment: the environment that the values belong to.
        raw: values by camelCase key, without the namespace.
        siblings: parsed values of the other environments' files. Without them, rules across environments are skipped.
        earlier_mistakes: mistakes that the caller found in the file.

    Raises:
        SettingsError: lists every mistake in single keys and across keys, in the order of the fields of
            `EnvironmentSettings`.
    """
    mistakes = list(earlier_mistakes)
    settings: EnvironmentSettings | None = None
    try:
        settings = EnvironmentSettings.model_validate({**raw, "environment": environment})
    except ValidationError as error:
        mistakes += _without_encrypted(explain(error, EnvironmentSettings, SETTINGS_SENTENCES), raw)
    if "environment" in raw:
        mistakes.append(
            Mistake(
                "environment", "unknown key; remove it, because the name of the stack already states the environment"
            )
        )
    mistakes += violations(environment, ParsedValues(raw), siblings or {})
    if mistakes or settings is None:
        raise SettingsError(file_name(environment), sorted(set(mistakes), key=_position))
    return settings


def _without_encrypted(mistakes: Iterable[Mistake], raw: Mapping[str, Any]) -> list[Mistake]:
    """Replace each mistake about an encrypted value with the advice to use Vault."""
    sentence = "is encrypted, but settings hold no secrets; store secrets in Vault"
    return [
        Mistake(mistake.location, sentence) if _is_encrypted(raw, mistake.location) else mistake for mistake in mistakes
    ]


def _is_encrypted(raw: Any, location: str) -> bool:
    value = raw
    for key in location.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return isinstance(value, Mapping) and set(value) == {ENCRYPTED}


def _position(mistake: Mistake) -> tuple[int, str, str]:
    sections = [field.alias or name for name, field in EnvironmentSettings.model_fields.items()]
    section = mistake.location.partition(".")[0]
    return (sections.index(section) if section in sections else len(sections), mistake.location, mistake.sentence)
