"""Priority classes, which decide which pods run when nodes are short of capacity."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Priority(StrEnum):
    """Name of a pod's priority class in the cluster."""

    SAFETY_CRITICAL = "safety-critical"
    STANDARD = "standard"
    BATCH = "batch"


@dataclass(frozen=True)
class PriorityPlan:
    """One priority class; higher values are scheduled first."""

    value: int
    preempts: bool
    """True if a pending pod of this class evicts pods with lower priority."""
    description: str


PRIORITIES: Mapping[Priority, PriorityPlan] = {
    Priority.SAFETY_CRITICAL: PriorityPlan(1_000_000, preempts=True, description="students' safety depends on it"),
    Priority.STANDARD: PriorityPlan(100_000, preempts=True, description="everything else that serves users"),
    Priority.BATCH: PriorityPlan(1_000, preempts=False, description="may wait, and is ended first"),
}
"""Priority classes by name, highest first.

All values are below 1,000,000,000, where Kubernetes' own classes start.

No class is the default, so every pod must name its class.
"""
