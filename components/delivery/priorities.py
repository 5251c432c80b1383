"""Who goes first when machines are short."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Priority(StrEnum):
    """Kubernetes priority class of a pod, by the name it has in the cluster."""

    SAFETY_CRITICAL = "safety-critical"
    STANDARD = "standard"
    BATCH = "batch"


@dataclass(frozen=True)
class PriorityPlan:
    """What a priority class is; the higher value goes first."""

    value: int
    preempts: bool
    """Whether a waiting pod of this class ends pods of lower ones."""
    description: str


PRIORITIES: Mapping[Priority, PriorityPlan] = {
    Priority.SAFETY_CRITICAL: PriorityPlan(1_000_000, preempts=True, description="students' safety depends on it"),
    Priority.STANDARD: PriorityPlan(100_000, preempts=True, description="everything else that serves users"),
    Priority.BATCH: PriorityPlan(1_000, preempts=False, description="may wait, and is ended first"),
}
"""All below 1,000,000,000, where Kubernetes keeps its own; none is the default: every pod names its own."""
