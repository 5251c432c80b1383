"""Kubernetes types: their patches, and the cluster a resource is in."""

from policy_packs.kernel.resource import Resource


def with_patches(*kinds: str) -> tuple[str, ...]:
    """Return types together with their patch types."""
    return (*kinds, *(f"{kind}Patch" for kind in kinds))


def cluster_of(resource: Resource) -> str:
    """Which cluster a resource lies in: the provider that makes it."""
    return resource.provider.urn if resource.provider else ""
