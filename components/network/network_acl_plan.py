"""Entries of a VPC's default network ACL: everything, but for remote administration from anywhere.

CIS AWS Foundations Benchmark, "Ensure no Network ACLs allow ingress from 0.0.0.0/0 to remote server administration
ports". Security groups do the work; a list is the second lock, for the group that somebody opens by mistake. Lists know
no connections: an answer whose port happens to be 3389 is dropped too. Machines draw their ports from 32768 up; a NAT
gateway draws from 1024 up, so that one in 64,512 connections through it has to be tried again.
"""

from typing import TypedDict

from components.network.security_group_plan import INTERNET

REMOTE_ADMINISTRATION = (22, 3389)
"""SSH and RDP."""
TCP = "6"
"""Its protocol number, which AWS answers with whatever it is asked with."""


class NetworkAclEntry(TypedDict):
    """One entry; the lowest number that matches decides."""

    rule_no: int
    protocol: str
    action: str
    cidr_block: str
    from_port: int
    to_port: int


def _entry(number: int, action: str, protocol: str = "-1", port: int = 0) -> NetworkAclEntry:
    return NetworkAclEntry(
        rule_no=number,
        protocol=protocol,
        action=action,
        cidr_block=str(INTERNET.cidr),
        from_port=port,
        to_port=port,
    )


_EVERYTHING = _entry(1000, "allow")
INBOUND_ENTRIES: tuple[NetworkAclEntry, ...] = (
    *(_entry(100 + place, "deny", TCP, port) for place, port in enumerate(REMOTE_ADMINISTRATION)),
    _EVERYTHING,
)
OUTBOUND_ENTRIES: tuple[NetworkAclEntry, ...] = (_EVERYTHING,)
