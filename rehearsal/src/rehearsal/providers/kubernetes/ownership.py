"""Field managers: whose fields a program's update takes over without being told to force it."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.providers.kubernetes.objects import Object, dig, items_at
from rehearsal.providers.kubernetes.projection import Fields, merge_fields

_PEOPLE = ("kubectl", "before-first-apply", "pulumi-resource-kubernetes")
"""Managers (by prefix) of edits by hand, which an update overrides, as pulumi-kubernetes does."""


def overridable(managers: Sequence[str]) -> bool:
    """Whether a conflict with these managers is one with edits by hand only."""
    return bool(managers) and all(manager.startswith(_PEOPLE) for manager in managers)


def takeover(live: Object, manager: str) -> list[Mapping[str, Any]]:
    """JSON patch that makes a manager the owner of all fields edited by hand; empty when there are none."""
    entries = items_at(live, "metadata", "managedFields")
    edited = [entry for entry in entries if _by_hand(entry)]
    if not edited:
        return []
    own = next((entry for entry in entries if _applied_by(entry, manager)), None) or {
        "manager": manager,
        "operation": "Apply",
        "apiVersion": live["apiVersion"],
        "fieldsType": "FieldsV1",
    }
    fields: Fields = {}
    for entry in (own, *edited):
        merge_fields(fields, entry.get("fieldsV1") or {})
    kept = [entry for entry in entries if not _by_hand(entry) and not _applied_by(entry, manager)]
    return [
        {"op": "test", "path": "/metadata/resourceVersion", "value": dig(live, "metadata", "resourceVersion")},
        {"op": "replace", "path": "/metadata/managedFields", "value": [*kept, {**own, "fieldsV1": fields}]},
    ]


def _by_hand(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("manager", "")).startswith(_PEOPLE) and not entry.get("subresource")


def _applied_by(entry: Mapping[str, Any], manager: str) -> bool:
    return entry.get("manager") == manager and entry.get("operation") == "Apply"
