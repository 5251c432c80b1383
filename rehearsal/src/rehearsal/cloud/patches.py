"""Reversible changes to the classes and tables of another library.

A *patch class* is a subclass of the library's class. It has the same name and contains only the methods that differ:

    class EKSBackend(models.EKSBackend):
        original: ClassVar[type[models.EKSBackend]]

        @override
        def delete_cluster(self, name: str) -> Cluster:  # exists in moto: replaced
            cluster = EKSBackend.original.delete_cluster(self, name)
            ...

        def create_addon(self, cluster_name: str, addon_name: str) -> Addon:  # missing in moto: added
            ...

`Patches.install(EKSBackend)` copies these methods to moto's own class, because moto creates its objects from that
class. A copied method can't call `super()`, because `self` is an instance of moto's class. It calls
`EKSBackend.original` instead, which contains the methods that the installation replaced. Several patch classes can be
installed on one class; a method of the last one runs first.
"""

from collections.abc import Callable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, Self

_ABSENT = object()


class Patches:
    """Reversible changes, in the order in which they were made.

    `undo`, or leaving the context, reverts them in reverse order.
    """

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def install(self, patch_class: type, **values: Any) -> None:
        """Copy the methods and attributes of a patch class to the library's class.

        `values` are further class attributes that the methods read from `self`. Does nothing if the patch class is
        already installed.

        Raises:
            AttributeError: the library lacks a method that is marked `@override`, or has a method that is not marked.
                The library has changed, so the patch needs a review.
        """
        if "original" in vars(patch_class):
            return
        target = library_class(patch_class)
        attributes = {name: value for name, value in {**vars(patch_class), **values}.items() if _is_patched(name)}
        replaced = {name: vars(target).get(name, getattr(target, name)) for name in attributes if hasattr(target, name)}
        for name, value in attributes.items():
            if _is_override(value):
                self.replace(target, name, value)
            else:
                self._add(target, name, value)
        patch_class.original = type("original", (), replaced)  # type: ignore[attr-defined]  # declared by patch classes
        self._undo.append(lambda: delattr(patch_class, "original"))

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Replace an attribute.

        Raises AttributeError if it does not exist, which means that the library has renamed or removed it.
        """
        before = vars(owner).get(name, _ABSENT)
        if before is _ABSENT and not hasattr(owner, name):
            raise AttributeError(f"{owner.__name__}.{name} no longer exists; review the patch")
        setattr(owner, name, value)
        if before is _ABSENT:  # the attribute was inherited
            self._undo.append(lambda: delattr(owner, name))
        else:
            self._undo.append(lambda: setattr(owner, name, before))

    def update(self, table: MutableMapping[str, Any], entries: Mapping[str, Any]) -> None:
        """Set entries of a dictionary."""
        for key, value in entries.items():
            before = table.get(key, _ABSENT)
            table[key] = value
            self._undo.append(lambda key=key, before=before: self._reset(table, key, before))  # type: ignore[misc]  # the defaults bind the loop variables

    def undo(self) -> None:
        """Revert all changes."""
        while self._undo:
            self._undo.pop()()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.undo()

    def _add(self, owner: Any, name: str, value: Any) -> None:
        if hasattr(owner, name):
            raise AttributeError(f"{owner.__name__}.{name} now exists in the library; remove it from the patch class")
        setattr(owner, name, value)
        self._undo.append(lambda: delattr(owner, name))

    @staticmethod
    def _reset(table: MutableMapping[str, Any], key: str, before: Any) -> None:
        if before is _ABSENT:
            del table[key]
        else:
            table[key] = before


def is_patch_class(candidate: type) -> bool:
    """Return True if a class is a patch class: only these declare `original`."""
    return "original" in vars(candidate).get("__annotations__", {})


def library_class(patch_class: type) -> type:
    """Return the nearest base class that is not a patch class."""
    return next(base for base in patch_class.__mro__ if not is_patch_class(base))


def added_methods(patch_class: type) -> set[str]:
    """Return the names of the methods that a patch class adds to the library's class."""
    return {
        name
        for name, value in vars(patch_class).items()
        if _is_patched(name) and callable(value) and not _is_override(value)
    }


def _is_patched(name: str) -> bool:
    # moto's metaclass sets `instances_tracked` on every model class.
    return name == "__init__" or not (name.startswith("__") or name == "instances_tracked")


def _is_override(value: Any) -> bool:
    """Return True if a member is marked with `typing_extensions.override`."""
    function = getattr(value, "fget", None) or getattr(value, "__func__", value)
    return bool(getattr(function, "__override__", False))
