"""Regions of resources, and regions without a monitoring service."""

from policy_packs.kernel.registry import Stack
from policy_packs.kernel.resource import Resource


def region_of(resource: Resource) -> str:
    """Return the region of a resource, or the text "the provider's region"."""
    return resource.text("region") or "the provider's region"


def regions_without(stack: Stack, monitor: str, subject: str) -> list[str]:
    """Return the regions that contain `subject` resources but no `monitor` resource.

    Rules use VPCs as subjects, because a region with a network has something to monitor.
    """
    return sorted(
        {region_of(each) for each in stack.of_type(subject)} - {region_of(each) for each in stack.of_type(monitor)}
    )
