"""Labels of Kubernetes objects, which carry the platform's tags."""

from components.base import DeploymentContext

PREFIX = "campus-safety.example"
SELECTOR = "app.kubernetes.io/name"


def labels(context: DeploymentContext, name: str) -> dict[str, str]:
    """Return labels for chargeback and selectors.

    `name` is the service or the team's namespace.
    """
    return {
        SELECTOR: name,
        "app.kubernetes.io/managed-by": "pulumi",
        **{f"{PREFIX}/{key}": value for key, value in context.tags.as_dict().items()},
    }
