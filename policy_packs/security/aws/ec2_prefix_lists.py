"""Managed prefix lists: address ranges that security groups refer to."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Reader, Resource
from policy_packs.security.cidr import is_internet

PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"


@rule("prefix-lists-must-not-contain-the-internet", on=(PREFIX_LIST, ENTRY))
def narrow_prefix_lists(resource: Resource) -> Findings:
    """Security groups and routes only name a prefix list, so their readers cannot see that it contains the internet."""
    for entry in _entries(resource):
        cidr = entry.text("cidr")
        if cidr is not None and is_internet(cidr):
            yield f"The prefix list contains {cidr}, which counts as the internet. List only the needed ranges."


def _entries(resource: Resource) -> Iterator[Reader]:
    if resource.type == ENTRY:
        yield resource
    else:
        yield from resource.each("entries")
