"""Labels of Kubernetes objects: the platform's tags, in the form Kubernetes accepts."""

from components.base import DeploymentContext

PREFIX = "campus-safety.example"
SELECTOR = "app.kubernetes.io/name"


def labels(context: DeploymentContext, name: str) -> dict[str, str]:
    """Who an object belongs to, for chargeback and for selectors; `name` is the service, or the team's namespace."""
    return {
        SELECTOR: name,
        "app.kubernetes.io/managed-by": "pulumi",
        **{f"{PREFIX}/{key}": value for key, value in context.tags.as_dict().items()},
    }
