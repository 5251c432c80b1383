"""JSON Schema of the settings files for editors: `python -m stacks.schema > schemas/settings.schema.json` writes it.

One schema serves `Pulumi.<env>.yaml` and `Pulumi.yaml`, which is told by its `runtime`. It knows single keys; what keys
must be together is said by `stacks.validation`. No setting is a secret, so `secure:` is allowed nowhere.
"""

import json
import re
import sys
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from pulumi_wire.stack_file import ENGINE_KEYS
from stacks.loading import ENGINES_OWN, NAMESPACE
from stacks.sections.fields import Matching, OneOf
from stacks.settings import EnvironmentSettings

TITLE = "Settings of the campus safety platform"


class SettingsSchema(GenerateJsonSchema):
    """Pydantic's own schema, with the checks of `stacks.sections.fields` and the docstrings of single keys."""

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> dict[str, Any]:
        """The inner type, with the pattern or the choice that a check of ours stands for."""
        inner = self.generate_inner(schema["schema"])
        check = schema["function"]["function"]
        if isinstance(check, Matching):
            # Two checks of one text (an image's form, and its version) keep the first pattern.
            return {"pattern": f"^(?:{check.pattern})$", "description": check.meaning, **inner}
        return {**inner, "enum": list(check.allowed)} if isinstance(check, OneOf) else inner

    def dict_schema(self, schema: core_schema.DictSchema) -> dict[str, Any]:
        """Names of one form, and no others."""
        shown = super().dict_schema(schema)
        return {**shown, "additionalProperties": False} if "patternProperties" in shown else shown

    def get_title_from_name(self, name: str) -> str:
        """`monthlyBudget` → `Monthly budget`."""
        return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f" {found[1].lower()}", name).capitalize()


def schema() -> dict[str, Any]:
    """The whole schema, as JSON."""
    settings = EnvironmentSettings.model_json_schema(schema_generator=SettingsSchema)
    keys = {key: value for key, value in settings["properties"].items() if key != "environment"}
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": TITLE,
        "type": "object",
        "if": {"required": ["runtime"]},
        "then": {"properties": {"config": _config({key: _declared(value) for key, value in keys.items()})}},
        "else": {
            "properties": {"config": _config(keys), **{key: {"type": "string"} for key in ENGINE_KEYS}},
            "required": ["config"],
            "additionalProperties": False,
        },
        "$defs": settings["$defs"],
    }


def _config(keys: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {f"{NAMESPACE}:{key}": value for key, value in keys.items()},
        "patternProperties": {f"^{ENGINES_OWN}:": {}},
        "additionalProperties": False,
    }


def _declared(value: dict[str, Any]) -> dict[str, Any]:
    """A value of the project's file: under `value` or `default`; plain text may also be written as it is."""
    wrapped = {
        "type": "object",
        "properties": {"value": value, "default": value, "type": {"type": "string"}, "description": {"type": "string"}},
        "additionalProperties": False,
        "anyOf": [{"required": ["value"]}, {"required": ["default"]}],
    }
    return {"anyOf": [wrapped, value]} if value.get("type") == "string" else wrapped


def text() -> str:
    """The file's content."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
