"""Entries of a VPC's default network ACL.

They allow everything except ingress on remote administration ports.

Source: CIS AWS Foundations Benchmark, "Ensure no Network ACLs allow ingress from 0.0.0.0/0 to remote server
administration ports".

Security groups are the main control; the ACL protects against a security group that was opened by mistake. ACLs are
stateless, so a response is also dropped if the client port of its connection is 3389. This does not affect nodes, whose
client ports start at 32768. A NAT gateway's client ports start at 1024, so one in 64,512 connections through the
gateway must be retried.
"""

from typing import TypedDict

from components.network.security_group_plan import INTERNET

REMOTE_ADMINISTRATION = (22, 3389)
"""SSH and RDP."""
TCP = "6"
"""Protocol number of TCP; AWS always returns the number."""


class NetworkAclEntry(TypedDict):
    """One network ACL entry; the matching entry with the lowest number decides."""

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
    *(_entry(100 + index, "deny", TCP, port) for index, port in enumerate(REMOTE_ADMINISTRATION)),
    _EVERYTHING,
)
OUTBOUND_ENTRIES: tuple[NetworkAclEntry, ...] = (_EVERYTHING,)
