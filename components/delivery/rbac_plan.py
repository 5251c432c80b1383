"""What each role may do in a team's namespace, resource by resource.

No role reads secrets, makes tokens or changes who may do what; none names `*`. Roles are written out rather than
aggregated by label, so that one look at the table tells everything there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LOOK = ("get", "list", "watch")
CHANGE = ("patch", "update")


@dataclass(frozen=True)
class Rule:
    """Verbs on resources of one API group."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]


VIEWER = (
    Rule("", ("pods", "pods/log", "services", "endpoints", "events", "configmaps", "serviceaccounts"), LOOK),
    Rule("", ("resourcequotas", "limitranges"), LOOK),
    Rule("apps", ("deployments", "replicasets", "statefulsets", "daemonsets"), LOOK),
    Rule("batch", ("jobs", "cronjobs"), LOOK),
    Rule("argoproj.io", ("rollouts", "analysisruns", "analysistemplates", "experiments"), LOOK),
    Rule("autoscaling", ("horizontalpodautoscalers",), LOOK),
    Rule("networking.k8s.io", ("ingresses", "networkpolicies"), LOOK),
    Rule("discovery.k8s.io", ("endpointslices",), LOOK),
    Rule("events.k8s.io", ("events",), LOOK),
    Rule("policy", ("poddisruptionbudgets",), LOOK),
    Rule("metrics.k8s.io", ("pods",), LOOK),
    Rule("rbac.authorization.k8s.io", ("roles", "rolebindings"), LOOK),
)
DEVELOPER = (
    *VIEWER,
    Rule("", ("pods",), ("delete",)),
    # kubectl opens these as a WebSocket, which is a GET, where both sides can.
    Rule("", ("pods/exec", "pods/portforward"), ("get", "create")),
    Rule("", ("pods/ephemeralcontainers",), CHANGE),
    Rule("batch", ("jobs",), ("create", "delete")),
    Rule("apps", ("deployments", "statefulsets"), CHANGE),
    Rule("argoproj.io", ("rollouts", "rollouts/status"), CHANGE),
)
ON_CALL = (
    *DEVELOPER,
    Rule("", ("pods/eviction",), ("create",)),
    Rule("apps", ("deployments/scale", "statefulsets/scale"), ("get", *CHANGE)),
    Rule("argoproj.io", ("rollouts/scale",), ("get", *CHANGE)),
    Rule("autoscaling", ("horizontalpodautoscalers",), CHANGE),
    Rule("batch", ("cronjobs",), CHANGE),
)
CI_CD = (
    Rule("argoproj.io", ("rollouts", "rollouts/status", "analysisruns"), (*LOOK, *CHANGE)),
    Rule("apps", ("replicasets",), LOOK),
    Rule("batch", ("jobs",), (*LOOK, "create", "delete")),
    Rule("", ("pods", "pods/log", "events", "services"), LOOK),
)
PIPELINE = "ci-cd"
"""ServiceAccount, and role, of the delivery pipeline, to which the document's Vault role is bound."""
ROLES: Mapping[str, tuple[Rule, ...]] = {
    "viewer": VIEWER,
    "developer": DEVELOPER,
    "on-call": ON_CALL,
    PIPELINE: CI_CD,
}
"""Cluster roles that are bound in namespaces, never cluster-wide."""
SURROUNDINGS = (
    Rule("", ("nodes", "namespaces"), LOOK),
    Rule("scheduling.k8s.io", ("priorityclasses",), LOOK),
    Rule("storage.k8s.io", ("storageclasses",), LOOK),
    Rule("metrics.k8s.io", ("nodes",), LOOK),
    Rule("admissionregistration.k8s.io", ("validatingadmissionpolicies", "validatingadmissionpolicybindings"), LOOK),
)
"""What belongs to no namespace and everybody with access to an environment may look at."""


def cluster_name(role: str) -> str:
    """Name of a role's ClusterRole, e.g. `campus-viewer`, apart from Kubernetes' own `view` and `edit`."""
    return f"campus-{role}"
