"""Regions of resources."""

from policy_packs.kernel.registry import Stack
from policy_packs.kernel.resource import Resource


def region_of(resource: Resource) -> str:
    """The region that a resource names. Ours all name theirs; one that does not is in its provider's."""
    return resource.text("region") or "the provider's region"


def regions_without(stack: Stack, watcher: str, watched: str) -> list[str]:
    """The regions in which there are resources of the type `watched` but none of the type `watcher`."""
    return sorted(
        {region_of(each) for each in stack.of_type(watched)} - {region_of(each) for each in stack.of_type(watcher)}
    )
