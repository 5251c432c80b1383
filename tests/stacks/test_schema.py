"""The JSON Schema for editors is current and agrees with the settings model."""

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
from tests.stacks.test_settings import KEYS, _mistakes, project

__all__ = ["project"]

PAGE = PROJECT / "schemas" / "settings.schema.json"
FILES = ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.preprod.yaml", "Pulumi.prod.yaml")
OUTSIDE_THE_SCHEMA = {
    "missing section",  # Pulumi.yaml may set it
    "address range",  # only a text in the schema
}
"""Cases of mistakes that the schema does not detect."""


def content(name: str) -> Any:
    return yaml.safe_load((PROJECT / name).read_text(encoding="utf-8"))


def errors(value: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(schema()).iter_errors(value)]


def dev_with(changes: dict[str, Any]) -> Any:
    """Dev's file with dotted keys set to other values; `...` removes the key."""
    value = deepcopy(content("Pulumi.dev.yaml"))
    for dotted, new in changes.items():
        first, *rest = dotted.split(".")
        target, path = value["config"], [f"campus-safety:{first}", *rest]
        for part in path[:-1]:
            target = target[part]
        if new is ...:
            del target[path[-1]]
        else:
            target[path[-1]] = new
    return value


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for annotation in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                yield from models(annotation)


def test_the_committed_schema_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "run ops generate"


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("name", FILES)
def test_every_settings_file_is_valid_and_names_its_schema(name: str) -> None:
    assert errors(content(name)) == []
    first, *_ = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    assert first == f"# yaml-language-server: $schema={PAGE.relative_to(PROJECT)}"


@pytest.mark.parametrize("mistake", sorted(KEYS.keys() - OUTSIDE_THE_SCHEMA))
def test_an_editor_reports_invalid_keys(mistake: str) -> None:
    assert errors(dev_with(KEYS[mistake][0]))


@pytest.mark.parametrize("mistake", sorted(OUTSIDE_THE_SCHEMA))
def test_mistakes_outside_the_schema_are_listed(mistake: str) -> None:
    assert errors(dev_with(KEYS[mistake][0])) == []


@pytest.mark.parametrize(
    ("group", "value"),
    [("ownership", {"team": "Safety!", "owner": "x", "costCentre": "y"}), ("ownership", {"team": "safety"})],
)
def test_an_editor_checks_shared_values(group: str, value: Any) -> None:
    shared = content("Pulumi.yaml")
    shared["config"][f"campus-safety:{group}"] = {"value": value}
    assert errors(shared)


def test_the_engines_keys_are_allowed() -> None:
    assert errors({**content("Pulumi.dev.yaml"), "secretsprovider": "awskms://x", "encryptedkey": "abc"}) == []
    assert errors({**content("Pulumi.dev.yaml"), "colour": "blue"})


def test_every_group_and_documented_key_is_described() -> None:
    shown = EnvironmentSettings.model_json_schema(schema_generator=SettingsSchema)["$defs"]
    for model in set(models(EnvironmentSettings)) - {EnvironmentSettings}:
        assert shown[model.__name__]["description"]
        for name, field in model.model_fields.items():
            if field.description is not None:
                assert shown[model.__name__]["properties"][field.alias or name]["description"] == field.description
    assert Cost.model_fields["teams"].description == "Budget by team. The team is the value of the tag `team`."
    assert shown["Cost"]["properties"]["monthlyBudget"]["title"] == "Monthly budget"


def test_settings_hold_no_secrets() -> None:
    """Vault stores the secrets; a secret setting would need `secure:` in the schema."""
    secret = [
        f"{model.__name__}.{name}"
        for model in models(EnvironmentSettings)
        for name, field in model.model_fields.items()
        if field.annotation in (SecretStr, SecretBytes)
    ]
    assert secret == []
    assert "secure" not in text()


@pytest.mark.parametrize("key", ["domain", "vault.address", "cost.notify"])
def test_an_encrypted_value_is_rejected(project: Any, key: str) -> None:
    encrypted = {"secure": "v1:abc:def"}
    assert _mistakes(project, "dev", {key: encrypted}) == [
        f"{key} is encrypted, but settings hold no secrets; store secrets in Vault"
    ]
    assert errors(dev_with({key: encrypted}))
