"""The one Helm release of the bootstrap: Argo CD, and how much of it runs."""

from components.delivery.manifest import Manifest

REPOSITORY = "https://argoproj.github.io/argo-helm"
CHART = "argo-cd"
TIMEOUT_SECONDS = 600
MAX_REPLICAS = 2
"""Of the parts that keep no state; a third would only cost."""
REDIS_HA_MIN_ZONES = 3
"""Redis' sentinels need a majority: below three zones the loss of one could take it."""
APPLICATION_HEALTH = """\
local known = obj.status and obj.status.health
if not known then return {status = "Progressing", message = "not looked at yet"} end
return {status = known.status, message = known.message or ""}
"""
"""Makes a sync wave of the app-of-apps wait until the Applications of the one before are healthy; without it Argo CD
takes an Application for healthy as soon as it exists ("Resource Health", Argo CD manual)."""


def values(zones: int) -> Manifest:
    """Values of the chart for a cluster with nodes in so many zones.

    Nobody signs in to Argo CD: people use `argocd --core` with their own Kubernetes rights, so there is no second list
    of who may do what, and no password of an administrator.
    """
    replicas = min(zones, MAX_REPLICAS)
    spread = {"replicas": replicas, "pdb": {"enabled": replicas > 1, "maxUnavailable": 1, "minAvailable": ""}}
    return {
        "crds": {"install": True, "keep": True},
        "global": {"networkPolicy": {"create": True}},
        "configs": {
            "cm": {
                "admin.enabled": False,
                "application.resourceTrackingMethod": "annotation",
                "resource.customizations.health.argoproj.io_Application": APPLICATION_HEALTH,
            },
            "rbac": {"policy.default": ""},
        },
        "dex": {"enabled": False},
        "notifications": {"enabled": False},
        "applicationSet": {"replicas": 0},
        "controller": {"replicas": 1},
        "server": spread,
        "repoServer": spread,
        "redis-ha": {"enabled": zones >= REDIS_HA_MIN_ZONES},
    }
