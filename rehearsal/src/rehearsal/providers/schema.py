"""Schemas of a Pulumi SDK's resource types, read from the SDK's classes.

The schemas are cached on disk as JSON.
"""

import collections.abc
import importlib
import importlib.metadata
import inspect
import json
import os
import sys
import threading
import typing
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pulumi import _types as sdk_types
from pulumi.runtime import rpc

from rehearsal.errors import RehearsalError

FORMAT = 1
"""Version of the JSON format. A new version causes all cached files to be rewritten."""


class ValueType(StrEnum):
    """Type of a property value."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    LIST = "list"
    MAP = "map"
    OBJECT = "object"
    ANY = "any"


@dataclass(eq=False, repr=False)
class PropertySchema:
    """Schema of one property.

    Schemas compare by identity, because an object type may contain itself.
    """

    type: ValueType
    item: "PropertySchema | None" = None
    """Schema of the items of a list or the values of a map."""
    fields: dict[str, "PropertySchema"] = field(default_factory=dict)
    """Schemas of the fields of an object, by Pulumi name."""
    required: frozenset[str] = frozenset()
    """Required fields of an object."""


@dataclass(frozen=True, eq=False)
class ResourceSchema:
    """Resource type as its SDK class declares it, with Pulumi (camelCase) names."""

    token: str
    inputs: Mapping[str, PropertySchema]
    required: frozenset[str]
    outputs: Mapping[str, PropertySchema]
    optional_outputs: frozenset[str]
    """Outputs that the provider never computes. They are absent unless the program sets the input of the same name."""


class UnknownTypeError(RehearsalError, LookupError):
    """Error of a resource type that the SDK package does not have."""


_SDK_LOCK = threading.Lock()
"""The SDKs import their modules lazily, which fails if two threads do so at once."""


class SdkSchemas:
    """Schemas of one SDK package (`aws` is `pulumi_aws`). Thread-safe.

    To read a type, its module must be imported, which takes about a second for a large module. Schemas are therefore
    cached in memory and on disk, and each type is read only once per version of the package.
    """

    def __init__(self, package: str, cache: Path) -> None:
        self.package = package
        self.version = importlib.metadata.version(f"pulumi_{package}")
        self._directory = cache / "schemas" / f"{package}-{self.version}-{FORMAT}"
        self._schemas: dict[str, ResourceSchema] = {}

    def get(self, token: str) -> ResourceSchema:
        """Return the schema of a type such as `aws:ec2/vpc:Vpc`.

        Raises:
            UnknownTypeError: the SDK package has no such type.
        """
        schema = self._schemas.get(token)
        if schema is None:
            schema = self._schemas[token] = _decode(token, self._document(token))
        return schema

    def _document(self, token: str) -> dict[str, Any]:
        path = self._directory / (token.replace(":", "_").replace("/", "_") + ".json")
        try:
            document = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):  # ValueError: another process died while writing
            with _SDK_LOCK, warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # warnings of other types in the same module
                document = _describe(self.package, token)
            _write(path, document)
        if not isinstance(document, dict):
            raise TypeError(f"{path} does not contain a schema: delete the file")
        return document


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
    temporary.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True), "utf-8")
    temporary.replace(path)


def _describe(package: str, token: str) -> dict[str, Any]:
    """Convert the SDK's classes of a resource type to plain JSON."""
    resource = _resource_class(package, token)
    arguments = _arguments_class(resource)
    names = sdk_types.input_type_py_to_pulumi_names(arguments)
    objects: dict[str, Any] = {}
    return {
        "inputs": {name: _encode(hint, objects) for name, hint in sdk_types.input_type_types(arguments).items()},
        "required": sorted(_required(arguments, names)),
        "outputs": {name: _encode(hint, objects) for name, hint in sdk_types.resource_types(resource).items()},
        "optional": sorted(_optional_outputs(resource)),
        "objects": objects,
    }


def _resource_class(package: str, token: str) -> type:
    importlib.import_module(f"pulumi_{package}")
    module = rpc.get_resource_module(package, token.split(":")[1], "")
    info = getattr(module, "mod_info", None)
    if info is None or token not in info["classes"]:
        raise UnknownTypeError(f"pulumi_{package} has no resource type {token}")
    resource = getattr(importlib.import_module(info["fqn"]), info["classes"][token])
    if not isinstance(resource, type):
        raise TypeError(f"{token} is not a class of {info['fqn']}")
    return resource


def _arguments_class(resource: type) -> type:
    """Return the arguments class of a resource, e.g. `VpcArgs` of `Vpc`.

    A few classes are called `XInitArgs` instead, so the class is looked up in the module's exports.
    """
    module = sys.modules[resource.__module__]
    arguments: type = getattr(module, next(name for name in module.__all__ if name.endswith("Args")))
    return arguments


def _required(arguments: type, names: Mapping[str, str]) -> set[str]:
    parameters = inspect.signature(arguments).parameters
    return {names[name] for name, parameter in parameters.items() if parameter.default is parameter.empty}


def _optional_outputs(resource: type) -> set[str]:
    """Return the names of outputs annotated `Output[Optional[...]]`."""
    optional = set()
    for pulumi_name, name in sdk_types.resource_pulumi_to_py_names(resource).items():
        getter = inspect.getattr_static(resource, name, None)
        hint = getattr(getattr(getter, "fget", None), "__annotations__", {}).get("return")
        if type(None) in typing.get_args(next(iter(typing.get_args(hint)), None)):
            optional.add(pulumi_name)
    return optional


_SCALARS = {str: ValueType.STRING, int: ValueType.INTEGER, float: ValueType.NUMBER, bool: ValueType.BOOLEAN}


def _encode(hint: Any, objects: dict[str, Any]) -> Any:
    """Encode an annotation as JSON.

    The result is the type of a scalar, [type, item] for a list or a map, or ["object", name].
    """
    origin = typing.get_origin(hint)
    if origin is typing.Union:
        return _encode_union(typing.get_args(hint), objects)
    if origin in (list, collections.abc.Sequence):
        return [ValueType.LIST, _encode(typing.get_args(hint)[0], objects)]
    if origin in (dict, collections.abc.Mapping):
        return [ValueType.MAP, _encode(typing.get_args(hint)[1], objects)]
    if hint in _SCALARS:
        return _SCALARS[hint]
    if isinstance(hint, type) and (sdk_types.is_input_type(hint) or sdk_types.is_output_type(hint)):
        return [ValueType.OBJECT, _encode_object(hint, objects)]
    return ValueType.ANY


def _encode_union(options: tuple[Any, ...], objects: dict[str, Any]) -> Any:
    """Encode a union annotation.

    `Input[T]` is a union whose first member is T. An enum input is a union of the enum class and the type of its
    values.
    """
    plain = [option for option in options if option in _SCALARS]
    if plain:
        return _SCALARS[plain[0]]
    return _encode(next(option for option in options if option is not type(None)), objects)


def _encode_object(cls: type, objects: dict[str, Any]) -> str:
    name = f"{cls.__module__}.{cls.__name__}"
    if name in objects:
        return name
    objects[name] = {}  # set before the fields are encoded, because an object may contain itself
    is_input = sdk_types.is_input_type(cls)
    hints = sdk_types.input_type_types(cls) if is_input else sdk_types.output_type_types(cls)
    required = _required(cls, sdk_types.input_type_py_to_pulumi_names(cls)) if is_input else set()
    objects[name] = {
        "fields": {key: _encode(hint, objects) for key, hint in hints.items()},
        "required": sorted(required),
    }
    return name


def _decode(token: str, document: Mapping[str, Any]) -> ResourceSchema:
    objects = {
        name: PropertySchema(ValueType.OBJECT, required=frozenset(body["required"]))
        for name, body in document["objects"].items()
    }

    def schema(encoded: Any) -> PropertySchema:
        if isinstance(encoded, str):
            return PropertySchema(ValueType(encoded))
        value_type, inner = encoded
        if value_type == ValueType.OBJECT:
            return objects[inner]
        return PropertySchema(ValueType(value_type), item=schema(inner))

    for name, body in document["objects"].items():
        objects[name].fields.update({key: schema(encoded) for key, encoded in body["fields"].items()})
    return ResourceSchema(
        token=token,
        inputs={name: schema(encoded) for name, encoded in document["inputs"].items()},
        required=frozenset(document["required"]),
        outputs={name: schema(encoded) for name, encoded in document["outputs"].items()},
        optional_outputs=frozenset(document["optional"]),
    )
