"""Network ACLs: closed to the internet on administrative and file-transfer ports."""

from collections.abc import Iterator
from dataclasses import dataclass

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Reader, Resource
from policy_packs.security.aws.ec2_security_groups import EVERY_PROTOCOL, TCP
from policy_packs.security.aws.ec2_vpc import RANGES
from policy_packs.security.cidr import is_internet

ACL = "aws:ec2/networkAcl:NetworkAcl"
NETWORK_ACLS = (ACL, "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
REMOTE_ADMINISTRATION = {22: "SSH", 3389: "RDP"}
FILE_TRANSFER = {20: "FTP data", 21: "FTP"}
LAST_PORT = 65_535


@rule(
    "nacl-must-not-open-admin-ports",
    on=(*NETWORK_ACLS, ACL_RULE),
    covers=["CKV_AWS_231", "CKV_AWS_232", "CIS-AWS 5.2"],
)
def administration(resource: Resource) -> Findings:
    """Network ACLs block remote administration even when a security group is wrong."""
    for port, name in REMOTE_ADMINISTRATION.items():
        if _allows_internet(resource, port):
            yield (
                f"The ACL lets the internet reach {name} ({port}). Deny the port in an entry with a lower number than "
                "the entry that allows it."
            )


@rule("nacl-must-not-open-file-transfer", on=(ACL, ACL_RULE), covers=["CKV_AWS_229", "CKV_AWS_230"])
def file_transfer(resource: Resource) -> Findings:
    """FTP sends passwords and records in clear text, and no service of the platform uses it."""
    for port, name in FILE_TRANSFER.items():
        if _allows_internet(resource, port):
            yield (
                f"The ACL lets the internet reach {name} ({port}). Deny the port in an entry with a lower number than "
                "the entry that allows it."
            )


@rule("nacl-must-not-allow-every-port", on=(ACL, ACL_RULE), covers=["CKV_AWS_352"])
def every_port(resource: Resource) -> Findings:
    """A custom network ACL exists to refuse traffic, and an ACL that allows every port refuses none."""
    for entry in _entries(resource):
        if entry.allows() and entry.matches_every_port() and any(map(entry.matches_internet, RANGES)):
            yield (
                "The ACL lets the internet reach every port. Allow only the ports in use, including 1024-65535 for "
                "replies."
            )


@dataclass(frozen=True)
class AclEntry:
    """One ingress entry of a network ACL, inline or as a resource."""

    fields: Reader
    action: str

    def allows(self) -> bool:
        """Return True if the entry allows the traffic that it matches."""
        return (self.fields.text(self.action) or "").lower() == "allow"

    def matches_internet(self, family: str) -> bool:
        """Return True if the entry matches the internet in one address family.

        An entry that denies counts only if it matches the whole internet.
        """
        cidrs = self.fields.texts(family)
        return any(is_internet(cidr) if self.allows() else cidr.endswith("/0") for cidr in cidrs)

    def matches_port(self, port: int) -> bool:
        """Return True if the entry matches a TCP port."""
        return self._protocol() in EVERY_PROTOCOL or (self._protocol() in TCP and self._low() <= port <= self._high())

    def matches_every_port(self) -> bool:
        """Return True if the entry matches every port."""
        return self.matches_port(1) and self.matches_port(LAST_PORT)

    def _protocol(self) -> str:
        return (self.fields.text("protocol") or "").lower()

    def _low(self) -> float:
        return self.fields.number("fromPort") or 0

    def _high(self) -> float:
        return self.fields.number("toPort") or 0


def _entries(resource: Resource) -> Iterator[AclEntry]:
    """Yield ingress entries of an ACL in the order in which AWS evaluates them.

    A NetworkAclRule yields itself if it is an ingress rule.
    """
    if resource.type != ACL_RULE:
        for entry in sorted(resource.each("ingress"), key=lambda each: each.number("ruleNo") or 0):
            yield AclEntry(entry, "action")
    elif not resource.flag("egress"):
        yield AclEntry(resource, "ruleAction")


def _allows_internet(resource: Resource, port: int) -> bool:
    """Return True if the internet may use a port over IPv4 or IPv6.

    The first entry that matches the internet and the port decides.
    """
    matching = [entry for entry in _entries(resource) if entry.matches_port(port)]
    first_matches = (next((entry for entry in matching if entry.matches_internet(family)), None) for family in RANGES)
    return any(entry is not None and entry.allows() for entry in first_matches)
