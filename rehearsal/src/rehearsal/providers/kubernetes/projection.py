"""What of a live object is the program's: drift in what it wrote shows, what the server filled in doesn't."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.providers.kubernetes.canonical import Path, same
from rehearsal.providers.kubernetes.objects import Object, dig, items_at

Fields = dict[str, Any]
"""A tree of `metadata.managedFields[].fieldsV1`: `f:<name>`, `k:<keys of a list item>`, `v:<member of a set>`."""

_CONTROLLERS = ("kube-controller-manager", "kube-scheduler", "kubelet", "kwok")
"""Field managers that speak for the cluster, not for a person or a program."""

_MISSING = object()


def project(live: Object, inputs: Object) -> Object:
    """The inputs as they are in the live object now.

    A value that means the same keeps the inputs' spelling; one that differs shows the live value; one that is gone is
    left out. Lists that the server merges by key keep the inputs' items only, other lists are shown whole.
    """
    live = _with_string_data(live, inputs)
    projected = _mapping(live, inputs, owned_fields(live), ())
    for key in ("apiVersion", "kind"):
        if key in inputs:
            projected[key] = inputs[key]
    return projected


def written(live: Object) -> Object:
    """What people and programs wrote of a live object, for an import: the fields of all managers but controllers."""
    entries = items_at(live, "metadata", "managedFields")
    theirs = [
        entry
        for entry in entries
        if not entry.get("subresource") and not str(entry.get("manager", "")).startswith(_CONTROLLERS)
    ]
    picked = _pick(live, _merge(theirs)) if theirs else {key: live[key] for key in live if key != "status"}
    metadata = {"name": dig(live, "metadata", "name")}
    if namespace := dig(live, "metadata", "namespace"):
        metadata["namespace"] = namespace
    for key in ("labels", "annotations"):
        if found := dig(picked, "metadata", key):
            metadata[key] = found
    picked.pop("status", None)
    return {**picked, "apiVersion": live.get("apiVersion"), "kind": live.get("kind"), "metadata": metadata}


def owned_fields(live: Object) -> Fields:
    """Fields of all managers as one tree; it tells which lists the server merges by key."""
    return _merge(items_at(live, "metadata", "managedFields"))


def _merge(entries: Iterable[Mapping[str, Any]]) -> Fields:
    tree: Fields = {}
    for entry in entries:
        merge_fields(tree, entry.get("fieldsV1") or {})
    return tree


def merge_fields(into: Fields, other: Mapping[str, Any]) -> None:
    """Add another tree of fields to the first."""
    for key, children in other.items():
        merge_fields(into.setdefault(key, {}), children)


def _mapping(live: Mapping[str, Any], inputs: Mapping[str, Any], fields: Fields, path: Path) -> Object:
    projected = {}
    for key, wanted in inputs.items():
        value = _value(live.get(key, _MISSING), wanted, fields.get(f"f:{key}", {}), (*path, key))
        if value is not _MISSING:
            projected[key] = value
    return projected


def _value(live: Any, wanted: Any, fields: Fields, path: Path) -> Any:
    if live is _MISSING:
        return wanted if same(None, wanted, path) else _MISSING
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        return _mapping(live, wanted, fields, path)
    if isinstance(live, list) and isinstance(wanted, list):
        return _list(live, wanted, fields, path)
    return wanted if same(live, wanted, path) else live


def _list(live: list[Any], wanted: list[Any], fields: Fields, path: Path) -> list[Any]:
    keys = [key for key in fields if key.startswith("k:")]
    if keys:
        return _keyed(live, wanted, fields, path)
    if any(key.startswith("v:") for key in fields):
        return [item for item in wanted if item in live]
    shared = [
        _value(item, wanted[index], {}, (*path, index)) if index < len(wanted) else item
        for index, item in enumerate(live)
    ]
    return wanted if same(shared, wanted, path) else shared


def _keyed(live: list[Any], wanted: list[Any], fields: Fields, path: Path) -> list[Any]:
    """Pair items by the server's merge keys; a key that the inputs leave to its default matches any value."""
    trees = {key: json.loads(key[2:]) for key in fields if key.startswith("k:")}
    names = sorted({name for values in trees.values() for name in values})
    left = list(live)
    projected = []
    for index, item in enumerate(wanted):
        found = next((other for other in left if _paired(other, item, names)), None)
        if found is None:
            continue
        left.remove(found)
        tree = next((key for key, values in trees.items() if _paired(found, values, names)), "")
        projected.append(_value(found, item, fields.get(tree, {}), (*path, index)))
    return projected


def _paired(live: Any, wanted: Any, names: list[str]) -> bool:
    if not (isinstance(live, Mapping) and isinstance(wanted, Mapping)):
        return bool(live == wanted)
    return all(name not in wanted or same(live.get(name), wanted[name]) for name in names)


def _with_string_data(live: Object, inputs: Object) -> Object:
    """A Secret's `stringData` can only be written: read it back from `data`."""
    if live.get("kind") != "Secret" or not isinstance(inputs.get("stringData"), Mapping):
        return live
    data = live.get("data") or {}
    decoded = {key: _decode(data[key]) for key in inputs["stringData"] if key in data}
    return {**live, "stringData": decoded}


def _decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text


def _pick(live: Any, fields: Fields) -> Any:
    """The part of a live value that a tree of fields covers; a leaf covers all below it."""
    inner = {key: children for key, children in fields.items() if key != "."}
    if not inner:
        return live
    if isinstance(live, Mapping):
        return {key[2:]: _pick(live[key[2:]], children) for key, children in inner.items() if key[2:] in live}
    if isinstance(live, list):
        return [_pick_item(item, inner) for item in live if _covers(item, inner)]
    return live


def _covers(item: Any, fields: Fields) -> bool:
    return any(_is_item(item, key) for key in fields)


def _pick_item(item: Any, fields: Fields) -> Any:
    return _pick(item, next(children for key, children in fields.items() if _is_item(item, key)))


def _is_item(item: Any, key: str) -> bool:
    if key.startswith("v:"):
        return bool(item == json.loads(key[2:]))
    if not (key.startswith("k:") and isinstance(item, Mapping)):
        return False
    return all(same(item.get(name), value) for name, value in json.loads(key[2:]).items())
