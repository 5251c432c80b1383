"""Changes to another library's classes and tables that can be taken back."""

from collections.abc import Callable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, Self

_ABSENT = object()


class Patches:
    """A list of changes; `undo` takes them back, the last one first. It is a context manager, too."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def wrap(self, owner: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
        """Replace an attribute by what `wrapper` makes of it."""
        self.replace(owner, name, wrapper(getattr(owner, name)))

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Replace an attribute that exists, so that a renamed one is noticed."""
        before = vars(owner).get(name, _ABSENT)
        if before is _ABSENT and not hasattr(owner, name):
            raise AttributeError(f"{owner.__name__}.{name} does not exist any more; look at our change again")
        setattr(owner, name, value)
        if before is _ABSENT:  # it was inherited
            self._undo.append(lambda: delattr(owner, name))
        else:
            self._undo.append(lambda: setattr(owner, name, before))

    def add(self, owner: Any, name: str, value: Any) -> None:
        """Add an attribute that must not exist yet, so that a library that grew it itself is noticed."""
        if hasattr(owner, name):
            raise AttributeError(f"{owner.__name__}.{name} exists by now; drop our own")
        setattr(owner, name, value)
        self._undo.append(lambda: delattr(owner, name))

    def extend(self, owner: Any, *functions: Callable[..., Any]) -> None:
        """Add functions under their own names, as `add` does."""
        for function in functions:
            self.add(owner, function.__name__, function)

    def update(self, table: MutableMapping[str, Any], entries: Mapping[str, Any]) -> None:
        """Set entries of a dictionary."""
        for key, value in entries.items():
            before = table.get(key, _ABSENT)
            table[key] = value
            self._undo.append(lambda key=key, before=before: self._reset(table, key, before))  # type: ignore[misc]  # defaults bind the loop's values

    def undo(self) -> None:
        """Take all changes back."""
        while self._undo:
            self._undo.pop()()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.undo()

    @staticmethod
    def _reset(table: MutableMapping[str, Any], key: str, before: Any) -> None:
        if before is _ABSENT:
            del table[key]
        else:
            table[key] = before
