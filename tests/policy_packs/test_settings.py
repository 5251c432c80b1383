"""Settings of rules: each schema refuses values of another type.

tests/integration/test_policies_in_the_engine.py shows that the engine applies the schemas.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft7Validator

from policy_packs import catalogue
from policy_packs.catalogue import policies
from policy_packs.kernel.cases import Case
from policy_packs.kernel.context import Environment, Setting

SETTINGS = {f"{rule.name}.{name}": each for rule in policies().values() for name, each in rule.settings.items()}
BY_ENVIRONMENT = [
    name
    for name, each in SETTINGS.items()
    if isinstance(each.default, Mapping) and set(each.default) == set(Environment)
]
CONFIGURED = [case for case in catalogue.cases() if case.settings]
OTHERS: tuple[Any, ...] = ("text", -1, True, None, ["text"], [1], {"text": "text"}, {"text": 1})
"""Values of every JSON type. None of them is valid in place of a value of another type."""


def unlike(value: Any) -> Iterator[Any]:
    """Yield variants of a value. In each variant, one part has another type."""
    yield from (other for other in OTHERS if json_type(other) != json_type(value))
    if isinstance(value, Mapping):
        yield from ({**value, key: wrong} for key, item in value.items() for wrong in unlike(item))
    if isinstance(value, list):
        yield from ([wrong] for item in value for wrong in unlike(item))


def json_type(value: Any) -> str:
    if isinstance(value, Mapping):
        return "object"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


def is_sound(setting: Setting, value: Any) -> bool:
    sound: bool = Draft7Validator(setting.schema).is_valid(value)
    return sound


@pytest.mark.parametrize("name", SETTINGS)
def test_a_default_is_sound_and_nothing_of_another_type_is(name: str) -> None:
    setting = SETTINGS[name]
    Draft7Validator.check_schema(setting.schema)
    assert is_sound(setting, setting.default)
    wrong = list(unlike(setting.default))
    assert wrong
    assert [each for each in wrong if is_sound(setting, each)] == []


@pytest.mark.parametrize("name", BY_ENVIRONMENT)
def test_a_setting_by_environment_knows_the_four_and_nothing_less_than_nothing(name: str) -> None:
    setting = SETTINGS[name]
    assert not is_sound(setting, {**setting.default, "qa": setting.default["dev"]})
    amounts = setting.default["dev"]
    below = dict.fromkeys(amounts, -1) if isinstance(amounts, Mapping) else -1
    assert not is_sound(setting, {"dev": below})


@pytest.mark.parametrize("case", CONFIGURED, ids=str)
def test_only_what_a_case_configures_could_be_configured(case: Case) -> None:
    declared = policies()[case.rule].settings
    assert set(case.settings) <= set(declared)
    for name, value in case.settings.items():
        assert is_sound(declared[name], value)
        assert [each for each in unlike(value) if is_sound(declared[name], each)] == []
