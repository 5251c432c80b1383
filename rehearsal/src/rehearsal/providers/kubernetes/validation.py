"""What is wrong with an object's inputs that needs no API server to see: unknown fields, and types not served here."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.coercion import suggest
from rehearsal.providers.kubernetes.objects import Kind, dig, is_patch
from rehearsal.providers.protocol import Failure
from rehearsal.providers.schema import ResourceSchema, Shape
from rehearsal.providers.values import DEFAULTS, UNKNOWN

_NOT_IMPLEMENTED = ("helm.sh/", "helm:", "yaml/", "yaml:", "kustomize/", "kustomize:")


def unsupported(token: str, inputs: Mapping[str, Any]) -> list[Failure]:
    """Why the stand-in can't make a resource of this type; empty when it can."""
    module = token.split(":", 1)[1]
    if module.startswith(_NOT_IMPLEMENTED):
        return [
            Failure("", f"{token} is not implemented by the stand-in; render it and declare the objects themselves")
        ]
    if Kind.of_token(token).kind.endswith("List") and "items" in inputs:
        return [Failure("items", "list resources cannot be created directly: declare each object by itself")]
    if dig(inputs, "metadata", "generateName"):
        return [
            Failure(
                "metadata.generateName", "not supported with server-side apply; leave the name out to get a unique one"
            )
        ]
    if is_patch(token, inputs) and not dig(inputs, "metadata", "name"):
        return [Failure("metadata.name", "a patch resource needs the name of the object that it patches")]
    return []


def unknown_fields(schema: ResourceSchema, inputs: Mapping[str, Any]) -> list[Failure]:
    """Every field that the SDK's type doesn't have, at any depth. The API server checks the values."""
    failures: list[Failure] = []
    for name, value in inputs.items():
        if name == DEFAULTS:
            continue
        if name in schema.inputs:
            _search(schema.inputs[name], value, name, failures)
        else:
            failures.append(Failure(name, f'unknown field "{name}"{suggest(name, schema.inputs)}'))
    return failures


def _search(shape: Shape, value: Any, path: str, failures: list[Failure]) -> None:
    if value == UNKNOWN:
        return
    if isinstance(value, list) and shape.item:
        for index, item in enumerate(value):
            _search(shape.item, item, f"{path}[{index}]", failures)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _search_field(shape, key, item, f"{path}.{key}", failures)


def _search_field(shape: Shape, key: str, value: Any, path: str, failures: list[Failure]) -> None:
    if shape.fields and key not in shape.fields:
        failures.append(Failure(path, f'unknown field "{path}"{suggest(key, shape.fields)}'))
    elif inner := shape.fields.get(key) or shape.item:
        _search(inner, value, path, failures)
