"""Diff of the inputs of a Vault resource, and changes that replace the resource."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.protocol import ChangeKind, DiffResult, PropertyChange
from rehearsal.providers.values import DEFAULTS, Properties, is_unknown
from rehearsal.providers.vault.fields import equivalent
from rehearsal.providers.vault.types import VaultType


def compare(declared: VaultType, old: Properties, new: Properties) -> DiffResult:
    """Compare old and new inputs.

    If the replacement has the same path as the old resource, the old resource is deleted first.
    """
    force_new = {*declared.parameters, *declared.force_new}
    changes = []
    for name in sorted({*old, *new} - {DEFAULTS, *declared.provider_only}):
        replace = declared.always_replace or name in force_new
        changes += [PropertyChange(path, kind, replace) for path, kind in _walk(name, old.get(name), new.get(name))]
    changes += [
        PropertyChange(name, kind)
        for name in sorted(declared.provider_only & {*old, *new})
        for _, kind in _walk(name, old.get(name), new.get(name))
    ]
    replaced = any(change.replace for change in changes)
    same_path = all(old.get(name) == new.get(name) for name in declared.parameters)
    return DiffResult(tuple(changes), delete_before_replace=replaced and same_path and bool(declared.parameters))


def _walk(path: str, old: Any, new: Any) -> Iterator[tuple[str, ChangeKind]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _walk(_joined(path, key), old.get(key), new.get(key))
    elif _is_object_list(old) and _is_object_list(new) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _walk(f"{path}[{index}]", before, after)
    elif is_unknown(new) or not equivalent(old, new):
        yield path, ChangeKind.ADD if old is None else ChangeKind.DELETE if new is None else ChangeKind.UPDATE


def _joined(path: str, key: str) -> str:
    return f'{path}["{key}"]' if any(character in key for character in '."[]') else f"{path}.{key}"


def _is_object_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)
