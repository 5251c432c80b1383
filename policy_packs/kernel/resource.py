"""A resource as a rule sees it: read-only, by camelCase key or dotted path, and honest about what is not known yet."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar, overload

from google.protobuf import struct_pb2

from policy_packs.kernel.values import UNKNOWN, Decoded, decode

T = TypeVar("T")

_MISSING: Final = object()
_NAMES = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}


class UnknownValue(Exception):  # noqa: N818  # not an error: it is how a rule is told to wait for the update
    """A rule read a value that only the update will know. Only the kernel catches it."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class UnexpectedValue(Exception):  # noqa: N818  # names what was met, not what went wrong in our code
    """A property has another type than the rule was written for; the kernel turns it into a blocking finding."""

    def __init__(self, path: str, expected: str, found: object) -> None:
        super().__init__(f"`{path}` is {_NAMES.get(type(found), type(found).__name__)}, {expected} was expected")


class Reader:
    """Typed access to one object. A missing property is None; an unknown one raises `UnknownValue`.

    What was once found is remembered: many rules read the same properties of a resource.
    """

    _path: str

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}
        self._texts: dict[str, tuple[str, ...]] = {}
        self._objects: dict[str, tuple[Fields, ...]] = {}
        self._documents: dict[str, Fields] = {}

    @property
    def _values(self) -> Mapping[str, Any]:
        raise NotImplementedError

    def __getitem__(self, path: str) -> Any:
        """The value at a key or dotted path, None when absent. A key that itself contains dots is found first."""
        found = self._found.get(path, _MISSING)
        if found is _MISSING:
            found = self._found[path] = _wrapped(self._find(path), self._below(path))
        return found

    def __contains__(self, key: object) -> bool:
        """Whether the property is given. An unknown one raises `UnknownValue`: it may turn out to be nothing."""
        if not isinstance(key, str):
            return False
        value = self._values.get(key)
        if value is UNKNOWN:
            raise UnknownValue(self._below(key))
        return value is not None

    def text(self, path: str) -> str | None:
        """The text at a path. Raises UnexpectedValue for anything else."""
        return self._typed(path, str, "text")

    def flag(self, path: str) -> bool | None:
        """The boolean at a path. Raises UnexpectedValue for anything else."""
        return self._typed(path, bool, "true or false")

    def number(self, path: str) -> float | None:
        """The number at a path. Raises UnexpectedValue for anything else."""
        value = self[path]
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise UnexpectedValue(self._below(path), "a number", value)
        return value

    def fields(self, path: str) -> "Fields":
        """The object at a path, an empty one when absent."""
        value = self._typed(path, Fields, "an object")
        return Fields({}, self._below(path)) if value is None else value

    def items(self, path: str) -> "Items":
        """The list at a path, an empty one when absent."""
        value = self._typed(path, Items, "a list")
        return Items([], self._below(path)) if value is None else value

    def each(self, path: str) -> Iterator["Fields"]:
        """The objects of the list at a path."""
        objects = self._objects.get(path)
        return self._read_objects(path) if objects is None else iter(objects)

    def _read_objects(self, path: str) -> Iterator["Fields"]:
        objects: list[Fields] = []
        for index, item in enumerate(self.items(path)):
            if not isinstance(item, Fields):
                raise UnexpectedValue(f"{self._below(path)}.{index}", "an object", item)
            objects.append(item)
            yield item
        # Only a list that was read to its end, with nothing unknown in it, need not be read again.
        self._objects[path] = tuple(objects)

    def texts(self, path: str) -> tuple[str, ...]:
        """The texts of the list at a path; a single text counts as a list of one, as in IAM documents."""
        found = self._texts.get(path)
        if found is None:
            found = self._texts[path] = self._read_texts(path)
        return found

    def _read_texts(self, path: str) -> tuple[str, ...]:
        value = self[path]
        if isinstance(value, str):
            return (value,)
        found: list[str] = []
        for index, item in enumerate(self.items(path)):
            if not isinstance(item, str):
                raise UnexpectedValue(f"{self._below(path)}.{index}", "text", item)
            found.append(item)
        return tuple(found)

    def document(self, path: str) -> "Fields | None":
        """The JSON document at a path, given as text or as an object; None when absent.

        Raises UnexpectedValue if it is no JSON object.
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
                self._documents[path] = Fields(parsed, self._below(path))
        if path in self._documents:
            return self._documents[path]
        raise UnexpectedValue(self._below(path), "a JSON object", value)

    def _typed(self, path: str, kind: type[T], expected: str) -> T | None:
        value = self[path]
        if value is not None and not isinstance(value, kind):
            raise UnexpectedValue(self._below(path), expected, value)
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
                raise UnknownValue(self._below(".".join(keys[:depth])))
            else:
                raise UnexpectedValue(self._below(".".join(keys[:depth])), "an object", values)
        return values

    def _below(self, path: str) -> str:
        return f"{self._path}.{path}" if self._path else path


def _wrapped(value: Any, path: str) -> Any:
    if value is UNKNOWN:
        raise UnknownValue(path)
    if isinstance(value, dict):
        return Fields(value, path)
    if isinstance(value, list):
        return Items(value, path)
    return value


class Fields(Reader):
    """A nested object."""

    def __init__(self, values: Mapping[str, Any], path: str) -> None:
        super().__init__()
        self.__values = values
        self._path = path

    @property
    def _values(self) -> Mapping[str, Any]:
        return self.__values

    def __iter__(self) -> Iterator[str]:
        return iter(self.__values)

    def __len__(self) -> int:
        return len(self.__values)


class Items(Sequence[Any]):
    """A nested list; reading an element that is not known yet raises `UnknownValue`."""

    def __init__(self, values: list[Any], path: str) -> None:
        self._values = values
        self._path = path
        self._found: dict[int, Any] = {}

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

    def _at(self, position: int) -> Any:
        found = self._found.get(position, _MISSING)
        if found is _MISSING:
            found = self._found[position] = _wrapped(self._values[position], f"{self._path}.{position}")
        return found


class Resource(Reader):
    """One resource: identity, properties, provider and, in stack rules, the dependencies of each property.

    `property_dependencies` maps a property to the URNs of the resources its value comes from. The engine sends them
    even where the value itself is unknown. Properties are decoded once, when a rule first reads one.
    """

    _path = ""

    def __init__(
        self,
        resource_type: str,
        urn: str,
        name: str,
        load: Callable[[], Decoded],
        *,
        provider: "Resource | None" = None,
        property_dependencies: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        super().__init__()
        self.type = resource_type
        self.urn = urn
        self.name = name
        self.provider = provider
        self.property_dependencies = property_dependencies or {}
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
    ) -> "Resource":
        """A resource from properties as the engine sends them."""
        return cls(
            resource_type,
            urn,
            name,
            lambda: decode(properties),
            provider=provider,
            property_dependencies=property_dependencies,
        )

    @cached_property
    def _decoded(self) -> Decoded:
        return self._load()

    @property
    def _values(self) -> Mapping[str, Any]:
        return self._decoded.values

    @property
    def secrets(self) -> frozenset[str]:
        """Texts that no message may contain."""
        provided = self.provider.secrets if self.provider else frozenset()
        return self._decoded.secrets | provided
