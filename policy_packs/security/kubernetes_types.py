"""Resource types with their patch types, and the cluster of a resource."""

from policy_packs.kernel.resource import Resource


def with_patches(*types: str) -> tuple[str, ...]:
    """Return types together with their patch types, such as `DeploymentPatch`."""
    return (*types, *(f"{each}Patch" for each in types))


def is_patch(resource: Resource) -> bool:
    """Return True for a resource of a patch type, which contains only what it changes."""
    return resource.type.endswith("Patch")


def cluster_of(resource: Resource) -> str:
    """Return the URN of a resource's provider, which identifies the cluster."""
    return resource.provider.urn if resource.provider else ""
