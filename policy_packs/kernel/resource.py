"""Read-only view of a resource for rules.

Rules read properties by camelCase key or dotted path. Reading an unknown value raises `UnknownValue`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar, overload

from google.protobuf import struct_pb2

from policy_packs.kernel.errors import UnexpectedValue, UnknownValue
from policy_packs.kernel.values import UNKNOWN, Decoded, decode

T = TypeVar("T")

_NOT_CACHED: Final = object()


class Reader:
    """Typed access to one object.

    A missing property is None, and an unknown property raises `UnknownValue`. Values are cached, because many rules
    read the same properties of a resource.
    """

    _path: str

    def __init__(self) -> None:
        self._cached: dict[str, Any] = {}
        self._texts: dict[str, tuple[str, ...]] = {}
        self._objects: dict[str, tuple[Fields, ...]] = {}
        self._documents: dict[str, Fields] = {}

    @property
    def _values(self) -> Mapping[str, Any]:
        raise NotImplementedError

    def __getitem__(self, path: str) -> Any:
        """Return the value at a key or dotted path, or None if absent.

        A key that itself contains the dots takes precedence.
        """
        value = self._cached.get(path, _NOT_CACHED)
        if value is _NOT_CACHED:
            value = self._cached[path] = _wrap(self._find(path), self._full_path(path))
        return value

    def __contains__(self, key: object) -> bool:
        """Return True if the property is set.

        An unknown property raises `UnknownValue`, because it may turn out to be unset.
        """
        if not isinstance(key, str):
            return False
        value = self._values.get(key)
        if value is UNKNOWN:
            raise UnknownValue(self._full_path(key))
        return value is not None

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the properties, also of unknown ones."""
        return iter(self._values)

    def is_known(self, key: str) -> bool:
        """Return True if reading a property of this object does not raise `UnknownValue`."""
        return self._values.get(key) is not UNKNOWN

    def text(self, path: str) -> str | None:
        """Return the text at a path. Raises UnexpectedValue for another type."""
        return self._typed(path, str, "text")

    def flag(self, path: str) -> bool | None:
        """Return the boolean at a path. Raises UnexpectedValue for another type."""
        return self._typed(path, bool, "true or false")

    def number(self, path: str) -> float | None:
        """Return the number at a path. Raises UnexpectedValue for another type."""
        value = self[path]
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise UnexpectedValue(self._full_path(path), "a number", value)
        return value

    def fields(self, path: str) -> "Fields":
        """Return the object at a path, or an empty object if absent."""
        value = self._typed(path, Fields, "an object")
        return Fields({}, self._full_path(path)) if value is None else value

    def items(self, path: str) -> "Items":
        """Return the list at a path, or an empty list if absent."""
        value = self._typed(path, Items, "a list")
        return Items([], self._full_path(path)) if value is None else value

    def each(self, path: str) -> Iterator["Fields"]:
        """Yield the objects of the list at a path."""
        objects = self._objects.get(path)
        return self._read_objects(path) if objects is None else iter(objects)

    def _read_objects(self, path: str) -> Iterator["Fields"]:
        objects: list[Fields] = []
        for index, item in enumerate(self.items(path)):
            if not isinstance(item, Fields):
                raise UnexpectedValue(f"{self._full_path(path)}.{index}", "an object", item)
            objects.append(item)
            yield item
        # Only a list that was read to its end without an unknown value can be cached.
        self._objects[path] = tuple(objects)

    def texts(self, path: str) -> tuple[str, ...]:
        """Return the texts of the list at a path.

        A single text counts as a list of one, as in IAM documents.
        """
        texts = self._texts.get(path)
        if texts is None:
            texts = self._texts[path] = self._read_texts(path)
        return texts

    def _read_texts(self, path: str) -> tuple[str, ...]:
        value = self[path]
        if isinstance(value, str):
            return (value,)
        texts: list[str] = []
        for index, item in enumerate(self.items(path)):
            if not isinstance(item, str):
                raise UnexpectedValue(f"{self._full_path(path)}.{index}", "text", item)
            texts.append(item)
        return tuple(texts)

    def document(self, path: str) -> "Fields | None":
        """Return the JSON document at a path, or None if absent.

        The value is an object or its JSON text. Raises UnexpectedValue if it isn't a JSON object.
        """
        value = self[path]
        if value is None or isinstance(value, Fields):
            return value
        if isinstance(value, str) and path not in self._documents:
            try:
                parsed = decode({"document": json.loads(value)}).values["document"]
            except (ValueError, RecursionError):
                parsed = value
            if isinstance(parsed, dict):
                self._documents[path] = Fields(parsed, self._full_path(path))
        if path in self._documents:
            return self._documents[path]
        raise UnexpectedValue(self._full_path(path), "a JSON object", value)

    def _typed(self, path: str, expected_type: type[T], expected: str) -> T | None:
        value = self[path]
        if value is not None and not isinstance(value, expected_type):
            raise UnexpectedValue(self._full_path(path), expected, value)
        return value

    def _find(self, path: str) -> Any:
        values: Any = self._values
        if path in values:
            return values[path]
        keys = path.split(".")
        for depth, key in enumerate(keys):
            if isinstance(values, Mapping):
                values = values.get(key)
            elif isinstance(values, list) and key.isdecimal():
                values = values[int(key)] if int(key) < len(values) else None
            elif values is None:
                return None
            elif values is UNKNOWN:
                raise UnknownValue(self._full_path(".".join(keys[:depth])))
            else:
                raise UnexpectedValue(self._full_path(".".join(keys[:depth])), "an object", values)
        return values

    def _full_path(self, path: str) -> str:
        return f"{self._path}.{path}" if self._path else path


def _wrap(value: Any, path: str) -> Any:
    if value is UNKNOWN:
        raise UnknownValue(path)
    if isinstance(value, dict):
        return Fields(value, path)
    if isinstance(value, list):
        return Items(value, path)
    return value


class Fields(Reader):
    """Nested object."""

    def __init__(self, values: Mapping[str, Any], path: str) -> None:
        super().__init__()
        self.__values = values
        self._path = path

    @property
    def _values(self) -> Mapping[str, Any]:
        return self.__values

    def __len__(self) -> int:
        return len(self.__values)


class Items(Sequence[Any]):
    """Nested list. Reading an unknown element raises `UnknownValue`."""

    def __init__(self, values: list[Any], path: str) -> None:
        self._values = values
        self._path = path
        self._cached: dict[int, Any] = {}

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(index)
        return self._at(position)

    def __iter__(self) -> Iterator[Any]:
        return map(self._at, range(len(self._values)))

    def __len__(self) -> int:
        return len(self._values)

    def is_known(self, position: int) -> bool:
        """Return True if reading an element does not raise `UnknownValue`."""
        return self._values[position] is not UNKNOWN

    def _at(self, position: int) -> Any:
        value = self._cached.get(position, _NOT_CACHED)
        if value is _NOT_CACHED:
            value = self._cached[position] = _wrap(self._values[position], f"{self._path}.{position}")
        return value


class Resource(Reader):
    """One resource: identity, properties, provider, property dependencies and inputs.

    `property_dependencies` maps a property to the URNs of the resources from which its value comes. The engine sends
    them even if the value itself is unknown, and omits properties with a literal value. `inputs` are the names of the
    properties that the program sets. The properties of a stack rule's resources also include values that the provider
    filled in. Properties are decoded once, when a rule first reads one. `path` is the location of an item in its
    Kubernetes list, and is empty for every other resource.
    """

    def __init__(
        self,
        resource_type: str,
        urn: str,
        name: str,
        load: Callable[[], Decoded],
        *,
        provider: "Resource | None" = None,
        property_dependencies: Mapping[str, frozenset[str]] | None = None,
        inputs: frozenset[str] = frozenset(),
        path: str = "",
    ) -> None:
        super().__init__()
        self.type = resource_type
        self.urn = urn
        self.name = name
        self.provider = provider
        self.property_dependencies = property_dependencies or {}
        self.inputs = inputs | frozenset(self.property_dependencies)
        self.path = self._path = path
        self._load = load

    @classmethod
    def from_properties(
        cls,
        resource_type: str,
        properties: struct_pb2.Struct | Mapping[str, Any],
        *,
        urn: str = "",
        name: str = "",
        provider: "Resource | None" = None,
        property_dependencies: Mapping[str, frozenset[str]] | None = None,
        inputs: frozenset[str] = frozenset(),
    ) -> "Resource":
        """Create a resource from properties in the engine's wire format."""
        return cls(
            resource_type,
            urn,
            name,
            lambda: decode(properties),
            provider=provider,
            property_dependencies=property_dependencies,
            inputs=inputs,
        )

    def part(self, resource_type: str, path: str) -> "Resource":
        """Return the object at a path as a resource of its own.

        It has this resource's URN, provider and secrets, but no property dependencies, because the engine reports only
        those of the whole list.
        """
        return Resource(
            resource_type,
            self.urn,
            f"{self.name} ({self._full_path(path)})",
            lambda: Decoded(dict(self._find(path)), self._decoded.secrets),
            provider=self.provider,
            path=self._full_path(path),
        )

    @cached_property
    def _decoded(self) -> Decoded:
        return self._load()

    @property
    def _values(self) -> Mapping[str, Any]:
        return self._decoded.values

    @property
    def secrets(self) -> frozenset[str]:
        """Texts that no message about this resource may contain."""
        from_provider = self.provider.secrets if self.provider else frozenset()
        return self._decoded.secrets | from_provider
