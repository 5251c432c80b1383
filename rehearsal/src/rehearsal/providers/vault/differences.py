"""What differs between two sets of inputs of a Vault resource, and what of it replaces the resource."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.protocol import ChangeKind, DiffResult, PropertyChange
from rehearsal.providers.values import DEFAULTS, Properties, is_unknown
from rehearsal.providers.vault.fields import same
from rehearsal.providers.vault.types import VaultType


def compare(declared: VaultType, old: Properties, new: Properties) -> DiffResult:
    """All changes; a resource that keeps its place must go before its replacement comes."""
    fixed = {*declared.parameters, *declared.fixed}
    changes = []
    for name in sorted({*old, *new} - {DEFAULTS, *declared.local}):
        replace = declared.immutable or name in fixed
        changes += [PropertyChange(path, kind, replace) for path, kind in _walk(name, old.get(name), new.get(name))]
    changes += [
        PropertyChange(name, kind)
        for name in sorted(declared.local & {*old, *new})
        for _, kind in _walk(name, old.get(name), new.get(name))
    ]
    replaced = any(change.replace for change in changes)
    stays = all(old.get(name) == new.get(name) for name in declared.parameters)
    return DiffResult(tuple(changes), delete_before_replace=replaced and stays and bool(declared.parameters))


def _walk(path: str, old: Any, new: Any) -> Iterator[tuple[str, ChangeKind]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _walk(_joined(path, key), old.get(key), new.get(key))
    elif _objects(old) and _objects(new) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _walk(f"{path}[{index}]", one, other)
    elif is_unknown(new) or not same(old, new):
        yield path, ChangeKind.ADD if old is None else ChangeKind.DELETE if new is None else ChangeKind.UPDATE


def _joined(path: str, key: str) -> str:
    return f'{path}["{key}"]' if any(character in key for character in '."[]') else f"{path}.{key}"


def _objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)
