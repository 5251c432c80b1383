"""JSON Schema of the settings files, for editors.

`ops generate` writes the schema to `schemas/settings.schema.json`.

One schema serves both `Pulumi.<env>.yaml` and `Pulumi.yaml`; only the latter has the key `runtime`. The schema
describes single keys, and `stacks.validation` contains the rules across keys. Settings hold no secrets, so the schema
does not allow `secure:`.
"""

import json
import re
import sys
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from pulumi_wire.stack_file import ENGINE_KEYS
from stacks.loading import ENGINE_NAMESPACE, NAMESPACE
from stacks.sections.fields import Matching, OneOf
from stacks.settings import EnvironmentSettings

TITLE = "Settings of the campus safety platform"


class SettingsSchema(GenerateJsonSchema):
    """Pydantic's schema, extended by the validators of `stacks.sections.fields`."""

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> dict[str, Any]:
        """Return the schema of the validated type, with our pattern or allowed values."""
        inner = self.generate_inner(schema["schema"])
        check = schema["function"]["function"]
        if isinstance(check, Matching):
            # A text with two validators (an image's format and its version) gets the pattern of the first validator.
            return {"pattern": f"^(?:{check.pattern})$", "description": check.meaning, **inner}
        return {**inner, "enum": list(check.allowed)} if isinstance(check, OneOf) else inner

    def dict_schema(self, schema: core_schema.DictSchema) -> dict[str, Any]:
        """Return a mapping's schema, which rejects keys that do not match the key pattern."""
        mapping = super().dict_schema(schema)
        return {**mapping, "additionalProperties": False} if "patternProperties" in mapping else mapping

    def get_title_from_name(self, name: str) -> str:
        """Return the title of a key: `Monthly budget` for `monthlyBudget`."""
        return re.sub(r"(?<=[a-z])([A-Z])", lambda match: f" {match[1].lower()}", name).capitalize()


def schema() -> dict[str, Any]:
    """Return the schema of both kinds of settings file."""
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
        "patternProperties": {f"^{ENGINE_NAMESPACE}:": {}},
        "additionalProperties": False,
    }


def _declared(value: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a value in `Pulumi.yaml`.

    In `Pulumi.yaml`, a value is under `value` or `default`. A text may also be written directly after its key.
    """
    wrapped = {
        "type": "object",
        "properties": {"value": value, "default": value, "type": {"type": "string"}, "description": {"type": "string"}},
        "additionalProperties": False,
        "anyOf": [{"required": ["value"]}, {"required": ["default"]}],
    }
    return {"anyOf": [wrapped, value]} if value.get("type") == "string" else wrapped


def text() -> str:
    """Return the schema as the content of the file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
