"""What the corrections remember of an EKS cluster beside what moto's own object holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.eks.exceptions import ResourceNotFoundException
from moto.eks.models import Cluster


@dataclass
class Part:
    """An add-on, access entry or pod identity of a cluster; `shown` is what the API shows of it."""

    arn: str
    shown: dict[str, Any]
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Access policies of an access entry by ARN."""

    @property
    def tags(self) -> dict[str, str]:
        """Its tags, to be changed in place."""
        tags: dict[str, str] = self.shown["tags"]
        return tags


Parts = dict[str, dict[str, Part]]
"""Parts of a cluster by kind (`addon`, …) and id."""


def parts_of(cluster: Cluster) -> Parts:
    """Find the parts of a cluster."""
    found: Parts = vars(cluster).setdefault("rehearsal_parts", {})
    return found


def record_update(cluster: Cluster, kind: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Remember an update of a cluster for DescribeUpdate; here every update is done when its call returns."""
    update = {
        "id": str(uuid4()),
        "status": "Successful",
        "type": kind,
        "params": [{"type": name[0].upper() + name[1:], "value": str(value)} for name, value in params.items()],
        "createdAt": datetime.now(UTC),
        "errors": [],
    }
    remember_update(cluster, update)
    return update


def remember_update(cluster: Cluster, update: dict[str, Any]) -> None:
    """Keep an update that moto itself made."""
    vars(cluster).setdefault("rehearsal_updates", {})[update["id"]] = update


def find_update(cluster: Cluster, update_id: str) -> dict[str, Any]:
    """Find an update; moto's ResourceNotFoundException when there is none."""
    updates: dict[str, dict[str, Any]] = vars(cluster).get("rehearsal_updates", {})
    if update_id not in updates:
        raise ResourceNotFoundException(message=f"No update found for ID: {update_id}")
    return updates[update_id]
