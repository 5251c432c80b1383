"""Projection of a live object onto the inputs of a program.

The projection shows drift in the inputs and hides the defaults of the server.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.providers.kubernetes.equivalence import PropertyPath, equivalent
from rehearsal.providers.kubernetes.objects import Object, items_at, value_at

Fields = dict[str, Any]
"""Tree of `metadata.managedFields[].fieldsV1`: `f:<name>`, `k:<keys of a list item>`, `v:<member of a set>`."""

_CONTROLLERS = ("kube-controller-manager", "kube-scheduler", "kubelet", "kwok")
"""Prefixes of the field managers that belong to the cluster itself, not to people or programs."""

_MISSING = object()


def project(live: Object, inputs: Object) -> Object:
    """Return the inputs with the values of the live object.

    An input that is equivalent to the live value keeps its form, an input that differs is replaced with the live value,
    and an input without a live value is dropped. Lists that the server merges by key contain only the items of the
    inputs; all other lists are complete.
    """
    live = _with_string_data(live, inputs)
    projected = _mapping(live, inputs, owned_fields(live), ())
    for key in ("apiVersion", "kind"):
        if key in inputs:
            projected[key] = inputs[key]
    return projected


def imported_inputs(live: Object) -> Object:
    """Return the inputs of an imported object.

    These are the fields that people and programs own. Fields that only the cluster's controllers own are left out. If
    the object has no `managedFields`, all fields except the status are returned.
    """
    entries = items_at(live, "metadata", "managedFields")
    authored = [
        entry
        for entry in entries
        if not entry.get("subresource") and not str(entry.get("manager", "")).startswith(_CONTROLLERS)
    ]
    picked = _pick(live, _merge(authored)) if authored else {key: live[key] for key in live if key != "status"}
    metadata = {"name": value_at(live, "metadata", "name")}
    if namespace := value_at(live, "metadata", "namespace"):
        metadata["namespace"] = namespace
    for key in ("labels", "annotations"):
        if values := value_at(picked, "metadata", key):
            metadata[key] = values
    picked.pop("status", None)
    return {**picked, "apiVersion": live.get("apiVersion"), "kind": live.get("kind"), "metadata": metadata}


def owned_fields(live: Object) -> Fields:
    """Return the fields of all managers as one tree.

    The tree shows which lists the server merges by key.
    """
    return _merge(items_at(live, "metadata", "managedFields"))


def _merge(entries: Iterable[Mapping[str, Any]]) -> Fields:
    tree: Fields = {}
    for entry in entries:
        merge_fields(tree, entry.get("fieldsV1") or {})
    return tree


def merge_fields(into: Fields, other: Mapping[str, Any]) -> None:
    """Merge the second tree of fields into the first."""
    for key, children in other.items():
        merge_fields(into.setdefault(key, {}), children)


def _mapping(live: Mapping[str, Any], inputs: Mapping[str, Any], fields: Fields, path: PropertyPath) -> Object:
    projected = {}
    for key, desired in inputs.items():
        value = _value(live.get(key, _MISSING), desired, fields.get(f"f:{key}", {}), (*path, key))
        if value is not _MISSING:
            projected[key] = value
    return projected


def _value(live: Any, desired: Any, fields: Fields, path: PropertyPath) -> Any:
    if live is _MISSING:
        return desired if equivalent(None, desired, path) else _MISSING
    if isinstance(live, Mapping) and isinstance(desired, Mapping):
        return _mapping(live, desired, fields, path)
    if isinstance(live, list) and isinstance(desired, list):
        return _list(live, desired, fields, path)
    return desired if equivalent(live, desired, path) else live


def _list(live: list[Any], desired: list[Any], fields: Fields, path: PropertyPath) -> list[Any]:
    keys = [key for key in fields if key.startswith("k:")]
    if keys:
        return _keyed(live, desired, fields, path)
    if any(key.startswith("v:") for key in fields):
        return [item for item in desired if item in live]
    shared = [
        _value(item, desired[index], {}, (*path, index)) if index < len(desired) else item
        for index, item in enumerate(live)
    ]
    return desired if equivalent(shared, desired, path) else shared


def _keyed(live: list[Any], desired: list[Any], fields: Fields, path: PropertyPath) -> list[Any]:
    """Project the items of a list that the server merges by key.

    Items with equal merge keys are paired. A merge key that the inputs don't set matches any value.
    """
    trees = {key: json.loads(key[2:]) for key in fields if key.startswith("k:")}
    names = sorted({name for values in trees.values() for name in values})
    unmatched = list(live)
    projected = []
    for index, item in enumerate(desired):
        live_item = next((candidate for candidate in unmatched if _paired(candidate, item, names)), None)
        if live_item is None:
            continue
        unmatched.remove(live_item)
        tree = next((key for key, values in trees.items() if _paired(live_item, values, names)), "")
        projected.append(_value(live_item, item, fields.get(tree, {}), (*path, index)))
    return projected


def _paired(live: Any, desired: Any, names: list[str]) -> bool:
    if not (isinstance(live, Mapping) and isinstance(desired, Mapping)):
        return bool(live == desired)
    return all(name not in desired or equivalent(live.get(name), desired[name]) for name in names)


def _with_string_data(live: Object, inputs: Object) -> Object:
    """Fill in the write-only `stringData` of a Secret from its `data`."""
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
    """Return the part of a live value that a tree of fields covers.

    A leaf of the tree covers everything below it.
    """
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
    return all(equivalent(item.get(name), value) for name, value in json.loads(key[2:]).items())
