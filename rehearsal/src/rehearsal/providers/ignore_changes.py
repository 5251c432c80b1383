"""The `ignoreChanges` option: property paths that keep their old value.

Paths have the engine's notation, e.g. `tags.team` or `rules[*].port`.
"""

import copy
import re
from collections.abc import Iterable, Sequence
from typing import Any

from rehearsal.providers.protocol import DiffResult
from rehearsal.providers.values import Properties

_STEP = re.compile(r"""\[\s*(?:"((?:[^"\\]|\\.)*)"|(\d+)|\*)\s*\]|([^.\[\]]+)|\.""")
WILDCARD = "*"


def parse_path(path: str) -> tuple[str | int, ...]:
    """Split a property path into names, list indexes and `*`.

    Names that contain dots are written as `["a.b"]`.
    """
    steps: list[str | int] = []
    for match in _STEP.finditer(path):
        quoted, position, name = match.groups()
        if quoted is not None:
            steps.append(re.sub(r"\\(.)", r"\1", quoted))
        elif position is not None:
            steps.append(int(position))
        elif name is not None:
            steps.append(name)
        elif match.group() != ".":
            steps.append(WILDCARD)
    return tuple(steps)


def restore_ignored(paths: Iterable[str], old: Properties, new: Properties) -> Properties:
    """Return the new inputs with the old value at every ignored path.

    A path without an old value is removed from the new inputs.
    """
    restored = copy.deepcopy(new)
    for path in paths:
        _restore(parse_path(path), old, restored)
    return restored


def without_ignored(difference: DiffResult, paths: Sequence[str]) -> DiffResult:
    """Drop changes at or below an ignored path."""
    ignored = [parse_path(path) for path in paths]
    remaining = [
        change for change in difference.changes if not any(_covers(steps, parse_path(change.path)) for steps in ignored)
    ]
    return DiffResult(remaining, difference.delete_before_replace)


def _covers(ignored: tuple[str | int, ...], path: tuple[str | int, ...]) -> bool:
    return len(path) >= len(ignored) and all(a in (WILDCARD, b) for a, b in zip(ignored, path, strict=False))


def _restore(steps: tuple[str | int, ...], old: Any, new: Any) -> None:
    if not steps or not isinstance(new, dict | list):
        return
    head, rest = steps[0], steps[1:]
    for key in _keys(head, old, new):
        if rest:
            _restore(rest, _get(old, key), _get(new, key))
        elif _has(old, key):
            _put(new, key, copy.deepcopy(_get(old, key)))
        elif isinstance(new, dict):
            new.pop(key, None)


def _keys(head: str | int, old: Any, new: Any) -> list[str | int]:
    if head != WILDCARD:
        return [head]
    if isinstance(new, dict):
        return list({**new, **(old if isinstance(old, dict) else {})})
    return list(range(len(new)))


def _has(value: Any, key: str | int) -> bool:
    if isinstance(value, dict):
        return key in value
    return isinstance(value, list) and isinstance(key, int) and key < len(value)


def _get(value: Any, key: str | int) -> Any:
    return value[key] if _has(value, key) else None


def _put(value: Any, key: str | int, item: Any) -> None:
    if isinstance(value, dict) or _has(value, key):
        value[key] = item
