"""Chart, values and replicas of the Argo CD Helm release."""

from components.delivery.manifest import Manifest

REPOSITORY = "https://argoproj.github.io/argo-helm"
CHART = "argo-cd"
TIMEOUT_SECONDS = 600
MAX_REPLICAS = 2
"""Maximum replicas of Argo CD's stateless components. A third replica would only add cost."""
REDIS_HA_MIN_ZONES = 3
"""Minimum number of zones for highly available Redis.

Sentinel needs a majority, which it could lose if one of only two zones fails.
"""
APPLICATION_HEALTH = """\
local known = obj.status and obj.status.health
if not known then return {status = "Progressing", message = "health not yet assessed"} end
return {status = known.status, message = known.message or ""}
"""
"""Lua health check for Applications.

The check makes each sync wave of the app-of-apps wait until the previous wave is healthy. Without it, Argo CD considers
an Application healthy as soon as it exists ("Resource Health", Argo CD manual).
"""


def values(zones: int) -> Manifest:
    """Return the chart's values for a cluster with nodes in this number of zones.

    Nobody signs in to Argo CD. People use `argocd --core` with their own Kubernetes permissions, so there is no second
    permission list and no administrator password.
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
