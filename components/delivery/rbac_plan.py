"""RBAC rules of each role in a team's namespace.

No role can read secrets, create tokens or change RBAC, and none uses `*`. Roles are written out instead of aggregated
by label, so that this table shows every permission.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LOOK = ("get", "list", "watch")
CHANGE = ("patch", "update")


@dataclass(frozen=True)
class PolicyRule:
    """Verbs on resources of one API group."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]


VIEWER = (
    PolicyRule("", ("pods", "pods/log", "services", "endpoints", "events", "configmaps", "serviceaccounts"), LOOK),
    PolicyRule("", ("resourcequotas", "limitranges"), LOOK),
    PolicyRule("apps", ("deployments", "replicasets", "statefulsets", "daemonsets"), LOOK),
    PolicyRule("batch", ("jobs", "cronjobs"), LOOK),
    PolicyRule("argoproj.io", ("rollouts", "analysisruns", "analysistemplates", "experiments"), LOOK),
    PolicyRule("autoscaling", ("horizontalpodautoscalers",), LOOK),
    PolicyRule("networking.k8s.io", ("ingresses", "networkpolicies"), LOOK),
    PolicyRule("discovery.k8s.io", ("endpointslices",), LOOK),
    PolicyRule("events.k8s.io", ("events",), LOOK),
    PolicyRule("policy", ("poddisruptionbudgets",), LOOK),
    PolicyRule("metrics.k8s.io", ("pods",), LOOK),
    PolicyRule("rbac.authorization.k8s.io", ("roles", "rolebindings"), LOOK),
)
DEBUG = PolicyRule("", ("pods/ephemeralcontainers",), CHANGE)
"""Add a container with another image to a running pod. It can read the memory and the files of the pod."""
DEVELOPER = (
    *VIEWER,
    PolicyRule("", ("pods",), ("delete",)),
    # kubectl prefers a WebSocket for both. A WebSocket starts with a GET request, which needs the verb get.
    PolicyRule("", ("pods/exec", "pods/portforward"), ("get", "create")),
    DEBUG,
    PolicyRule("batch", ("jobs",), ("create", "delete")),
    PolicyRule("apps", ("deployments", "statefulsets"), CHANGE),
    PolicyRule("argoproj.io", ("rollouts", "rollouts/status"), CHANGE),
)
ON_CALL = (
    *DEVELOPER,
    PolicyRule("", ("pods/eviction",), ("create",)),
    PolicyRule("apps", ("deployments/scale", "statefulsets/scale"), ("get", *CHANGE)),
    PolicyRule("argoproj.io", ("rollouts/scale",), ("get", *CHANGE)),
    PolicyRule("autoscaling", ("horizontalpodautoscalers",), CHANGE),
    PolicyRule("batch", ("cronjobs",), CHANGE),
)
CI_CD = (
    PolicyRule("argoproj.io", ("rollouts", "rollouts/status", "analysisruns"), (*LOOK, *CHANGE)),
    PolicyRule("apps", ("replicasets",), LOOK),
    PolicyRule("batch", ("jobs",), (*LOOK, "create", "delete")),
    PolicyRule("", ("pods", "pods/log", "events", "services"), LOOK),
)
PIPELINE = "ci-cd"
"""ServiceAccount and role of the delivery pipeline.

The required Vault role is bound to this account.
"""
ROLES: Mapping[str, tuple[PolicyRule, ...]] = {
    "viewer": VIEWER,
    "developer": DEVELOPER,
    "on-call": ON_CALL,
    PIPELINE: CI_CD,
}
"""Cluster roles that are bound only in namespaces, never cluster-wide."""


def rules_by_role(*, debug_containers: bool) -> Mapping[str, tuple[PolicyRule, ...]]:
    """Return the rules of `ROLES`, without DEBUG unless debug containers are allowed."""
    return {role: tuple(rule for rule in rules if debug_containers or rule != DEBUG) for role, rules in ROLES.items()}


CLUSTER_READER = (
    PolicyRule("", ("nodes", "namespaces"), LOOK),
    PolicyRule("scheduling.k8s.io", ("priorityclasses",), LOOK),
    PolicyRule("storage.k8s.io", ("storageclasses",), LOOK),
    PolicyRule("metrics.k8s.io", ("nodes",), LOOK),
    PolicyRule(
        "admissionregistration.k8s.io", ("validatingadmissionpolicies", "validatingadmissionpolicybindings"), LOOK
    ),
)
"""Read access to cluster-scoped resources for all people of an environment."""


def cluster_name(role: str) -> str:
    """Return the name of a role's ClusterRole, e.g. `campus-viewer`."""
    return f"campus-{role}"
