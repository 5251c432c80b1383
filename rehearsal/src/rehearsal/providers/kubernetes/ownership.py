"""Field ownership: an update takes over manually edited fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.providers.kubernetes.objects import Object, items_at, value_at
from rehearsal.providers.kubernetes.projection import Fields, merge_fields

_MANUAL_MANAGERS = ("kubectl", "before-first-apply", "pulumi-resource-kubernetes")
"""Prefixes of the field managers of manual edits. As in pulumi-kubernetes, an update overrides manual edits."""


def are_manual_edits(managers: Sequence[str]) -> bool:
    """Return True if all these field managers belong to manual edits."""
    return bool(managers) and all(manager.startswith(_MANUAL_MANAGERS) for manager in managers)


def takeover_patch(live: Object, manager: str) -> list[Mapping[str, Any]]:
    """Return the JSON patch that makes a manager own all manually edited fields.

    The patch is empty if there are no such fields.
    """
    entries = items_at(live, "metadata", "managedFields")
    manual = [entry for entry in entries if _is_manual(entry)]
    if not manual:
        return []
    own = next((entry for entry in entries if _applied_by(entry, manager)), None) or {
        "manager": manager,
        "operation": "Apply",
        "apiVersion": live["apiVersion"],
        "fieldsType": "FieldsV1",
    }
    fields: Fields = {}
    for entry in (own, *manual):
        merge_fields(fields, entry.get("fieldsV1") or {})
    others = [entry for entry in entries if not _is_manual(entry) and not _applied_by(entry, manager)]
    return [
        {"op": "test", "path": "/metadata/resourceVersion", "value": value_at(live, "metadata", "resourceVersion")},
        {"op": "replace", "path": "/metadata/managedFields", "value": [*others, {**own, "fieldsV1": fields}]},
    ]


def _is_manual(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("manager", "")).startswith(_MANUAL_MANAGERS) and not entry.get("subresource")


def _applied_by(entry: Mapping[str, Any], manager: str) -> bool:
    return entry.get("manager") == manager and entry.get("operation") == "Apply"
