"""Validation of inputs without an API server.

It reports unknown fields and unsupported types.
"""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.coercion import suggest
from rehearsal.providers.kubernetes.objects import GroupVersionKind, is_patch, value_at
from rehearsal.providers.protocol import CheckFailure
from rehearsal.providers.schema import PropertySchema, ResourceSchema
from rehearsal.providers.values import DEFAULTS, UNKNOWN

_NOT_IMPLEMENTED = ("helm.sh/", "helm:", "yaml/", "yaml:", "kustomize/", "kustomize:")


def unsupported_features(token: str, inputs: Mapping[str, Any]) -> list[CheckFailure]:
    """Return the reasons why the emulated provider can't create this resource.

    The result is empty if there are none.
    """
    module = token.split(":", 1)[1]
    if module.startswith(_NOT_IMPLEMENTED):
        return [
            CheckFailure(
                "", f"{token} is not supported by the emulated provider; render its manifests and declare the objects"
            )
        ]
    if GroupVersionKind.of_token(token).kind.endswith("List") and "items" in inputs:
        return [CheckFailure("items", "list resources can't be created: declare each object as a separate resource")]
    if value_at(inputs, "metadata", "generateName"):
        return [
            CheckFailure(
                "metadata.generateName",
                "not supported with server-side apply; omit metadata.name to get a generated name",
            )
        ]
    if is_patch(token, inputs) and not value_at(inputs, "metadata", "name"):
        return [CheckFailure("metadata.name", "a patch resource needs the name of the object that it patches")]
    return []


def unknown_fields(schema: ResourceSchema, inputs: Mapping[str, Any]) -> list[CheckFailure]:
    """Report every field, at any depth, that the SDK's type does not have.

    The API server validates the values of the fields.
    """
    failures: list[CheckFailure] = []
    for name, value in inputs.items():
        if name == DEFAULTS:
            continue
        if name in schema.inputs:
            _search(schema.inputs[name], value, name, failures)
        else:
            failures.append(CheckFailure(name, f'unknown field "{name}"{suggest(name, schema.inputs)}'))
    return failures


def _search(schema: PropertySchema, value: Any, path: str, failures: list[CheckFailure]) -> None:
    if value == UNKNOWN:
        return
    if isinstance(value, list) and schema.item:
        for index, item in enumerate(value):
            _search(schema.item, item, f"{path}[{index}]", failures)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _search_field(schema, key, item, f"{path}.{key}", failures)


def _search_field(schema: PropertySchema, key: str, value: Any, path: str, failures: list[CheckFailure]) -> None:
    if schema.fields and key not in schema.fields:
        failures.append(CheckFailure(path, f'unknown field "{path}"{suggest(key, schema.fields)}'))
    elif inner := schema.fields.get(key) or schema.item:
        _search(inner, value, path, failures)
