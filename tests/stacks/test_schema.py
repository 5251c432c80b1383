"""The schema that editors check settings files by is current, and agrees with the settings themselves."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import BaseModel, SecretBytes, SecretStr

from stacks.schema import SettingsSchema, schema, text
from stacks.sections.governance import Cost
from stacks.settings import EnvironmentSettings
from tests.stacks.graph import PROJECT
from tests.stacks.test_settings import KEYS, _told, project

__all__ = ["project"]

PAGE = PROJECT / "schemas" / "settings.schema.json"
FILES = ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.preprod.yaml", "Pulumi.prod.yaml")
ABOVE_SINGLE_KEYS = {
    "missing section",  # Pulumi.yaml may have it
    "address range",  # the schema knows text only
}
"""Mistakes that an editor cannot see."""


def content(name: str) -> Any:
    return yaml.safe_load((PROJECT / name).read_text(encoding="utf-8"))


def errors(value: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(schema()).iter_errors(value)]


def spoiled(changes: dict[str, Any]) -> Any:
    """Dev's file with dotted keys set to other values; `...` removes the key."""
    value = deepcopy(content("Pulumi.dev.yaml"))
    for dotted, wanted in changes.items():
        first, *rest = dotted.split(".")
        target, path = value["config"], [f"campus-safety:{first}", *rest]
        for part in path[:-1]:
            target = target[part]
        if wanted is ...:
            del target[path[-1]]
        else:
            target[path[-1]] = wanted
    return value


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for kind in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from models(kind)


def test_the_committed_schema_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "run ops generate"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("name", FILES)
def test_every_settings_file_is_right_and_names_its_schema(name: str) -> None:
    assert errors(content(name)) == []
    first, *_ = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    assert first == f"# yaml-language-server: $schema={PAGE.relative_to(PROJECT)}"


@pytest.mark.parametrize("mistake", sorted(KEYS.keys() - ABOVE_SINGLE_KEYS))
def test_an_editor_sees_what_the_settings_refuse(mistake: str) -> None:
    assert errors(spoiled(KEYS[mistake][0]))


@pytest.mark.parametrize("mistake", sorted(ABOVE_SINGLE_KEYS))
def test_what_an_editor_cannot_see_is_known(mistake: str) -> None:
    assert errors(spoiled(KEYS[mistake][0])) == []


@pytest.mark.parametrize(
    ("group", "value"),
    [("ownership", {"team": "Safety!", "owner": "x", "costCentre": "y"}), ("ownership", {"team": "safety"})],
)
def test_an_editor_checks_shared_values_too(group: str, value: Any) -> None:
    shared = content("Pulumi.yaml")
    shared["config"][f"campus-safety:{group}"] = {"value": value}
    assert errors(shared)


def test_the_engines_own_keys_are_known() -> None:
    assert errors({**content("Pulumi.dev.yaml"), "secretsprovider": "awskms://x", "encryptedkey": "abc"}) == []
    assert errors({**content("Pulumi.dev.yaml"), "colour": "blue"})


def test_every_group_and_documented_key_is_described() -> None:
    shown = EnvironmentSettings.model_json_schema(schema_generator=SettingsSchema)["$defs"]
    for model in set(models(EnvironmentSettings)) - {EnvironmentSettings}:
        assert shown[model.__name__]["description"]
        for name, field in model.model_fields.items():
            if field.description is not None:
                assert shown[model.__name__]["properties"][field.alias or name]["description"] == field.description
    assert Cost.model_fields["teams"].description == "Budget by team, which is the value of the tag `team`."
    assert shown["Cost"]["properties"]["monthlyBudget"]["title"] == "Monthly budget"


def test_no_setting_is_a_secret() -> None:
    """Vault keeps secrets. One that comes nevertheless must be a pydantic secret: look at stacks.schema then."""
    secret = [
        f"{model.__name__}.{name}"
        for model in models(EnvironmentSettings)
        for name, field in model.model_fields.items()
        if field.annotation in (SecretStr, SecretBytes)
    ]
    assert secret == []
    assert "secure" not in text()


@pytest.mark.parametrize("key", ["domain", "vault.address", "cost.notify"])
def test_an_encrypted_value_is_refused(project: Any, key: str) -> None:
    encrypted = {"secure": "v1:abc:def"}
    assert _told(project, "dev", {key: encrypted}) == [
        f"{key} is encrypted, but settings hold no secrets; store secrets in Vault"
    ]
    assert errors(spoiled({key: encrypted}))
