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
    """Network ACLs are the second line: they keep remote administration out when a security group is wrong."""
    for port, name in REMOTE_ADMINISTRATION.items():
        if _allows_internet(resource, port):
            yield f"the internet may reach {name} ({port}); deny it with a lower rule number than what allows it"


@rule("nacl-must-not-open-file-transfer", on=(ACL, ACL_RULE), covers=["CKV_AWS_229", "CKV_AWS_230"])
def file_transfer(resource: Resource) -> Findings:
    """FTP sends passwords and records in clear text: nothing here speaks it."""
    for port, name in FILE_TRANSFER.items():
        if _allows_internet(resource, port):
            yield f"the internet may reach {name} ({port}); deny it with a lower rule number than what allows it"


@rule("nacl-must-not-allow-every-port", on=(ACL, ACL_RULE), covers=["CKV_AWS_352"])
def every_port(resource: Resource) -> Findings:
    """Somebody who writes a network ACL of their own wants it to refuse something."""
    for entry in _entries(resource):
        if entry.allows() and entry.is_every_port() and any(map(entry.is_of_world, RANGES)):
            yield "allows the internet in by every port; name the ports, those of answers (1024-65535) included"


@dataclass(frozen=True)
class AclEntry:
    """One ingress entry of a network ACL, inside one or on its own."""

    holder: Reader
    action: str

    def allows(self) -> bool:
        """Whether it lets through what it is about."""
        return (self.holder.text(self.action) or "").lower() == "allow"

    def is_of_world(self, family: str) -> bool:
        """Whether it is about the internet, by one of the two kinds of ranges; a denial must be about all of it."""
        cidrs = self.holder.texts(family)
        return any(is_internet(cidr) if self.allows() else cidr.endswith("/0") for cidr in cidrs)

    def is_about(self, port: int) -> bool:
        """Whether it decides about a TCP port."""
        return self._protocol() in EVERY_PROTOCOL or (self._protocol() in TCP and self._low() <= port <= self._high())

    def is_every_port(self) -> bool:
        """Whether it leaves no port out."""
        return self.is_about(1) and self.is_about(LAST_PORT)

    def _protocol(self) -> str:
        return (self.holder.text("protocol") or "").lower()

    def _low(self) -> float:
        return self.holder.number("fromPort") or 0

    def _high(self) -> float:
        return self.holder.number("toPort") or 0


def _entries(resource: Resource) -> Iterator[AclEntry]:
    """Ingress entries of an ACL in the order in which AWS applies them, or the one entry that a resource is."""
    if resource.type != ACL_RULE:
        for entry in sorted(resource.each("ingress"), key=lambda each: each.number("ruleNo") or 0):
            yield AclEntry(entry, "action")
    elif not resource.flag("egress"):
        yield AclEntry(resource, "ruleAction")


def _allows_internet(resource: Resource, port: int) -> bool:
    """Whether, for IPv4 or IPv6, the first entry that decides about the internet and a port allows it."""
    about = [entry for entry in _entries(resource) if entry.is_about(port)]
    deciding = (next((entry for entry in about if entry.is_of_world(family)), None) for family in RANGES)
    return any(entry is not None and entry.allows() for entry in deciding)
