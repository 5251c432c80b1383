"""Who may reach a machine: no administration from the internet, no credentials for the asking."""

from collections.abc import Iterator
from dataclasses import dataclass

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Reader, Resource

SECURITY_GROUPS = ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
CLASSIC_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INSTANCE = "aws:ec2/instance:Instance"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

ADMIN_PORTS = {
    22: "SSH",
    445: "CIFS",
    2379: "etcd",
    3306: "MySQL",
    3389: "RDP",
    5432: "PostgreSQL",
    6379: "Redis",
    8200: "Vault",
    9200: "Elasticsearch",
    10250: "kubelet",
}
EVERY_PROTOCOL = frozenset({"-1", "all"})
TCP = frozenset({"tcp", "6"})
# An address range this wide is the internet, however it is cut into pieces.
WORLD_PREFIX_V4 = 7
WORLD_PREFIX_V6 = 15


@dataclass(frozen=True)
class Opening:
    """One opening in one direction, whichever of the resource types declares it."""

    holder: Reader
    protocol_path: str = "protocol"
    ranges: tuple[str, ...] = ("cidrBlocks", "ipv6CidrBlocks")

    @property
    def protocol(self) -> str:
        """What may pass, as AWS names it: "tcp", "6", "-1" for everything."""
        return (self.holder.text(self.protocol_path) or "").lower()

    def ports(self) -> list[int]:
        """The administrative ports it opens."""
        if self.protocol in EVERY_PROTOCOL:
            return list(ADMIN_PORTS)
        if self.protocol not in TCP:
            return []
        low, high = self.holder.number("fromPort"), self.holder.number("toPort")
        if low is None or high is None:
            return list(ADMIN_PORTS)
        return [port for port in ADMIN_PORTS if low <= port <= high]

    def world(self) -> list[str]:
        """The address ranges in it that stand for the whole internet."""
        return [cidr for path in self.ranges for cidr in self.holder.texts(path) if is_world(cidr)]


def is_world(cidr: str) -> bool:
    """Whether an address range is so wide that it stands for the internet."""
    _, slash, prefix = cidr.partition("/")
    widest = WORLD_PREFIX_V6 if ":" in cidr else WORLD_PREFIX_V4
    return bool(slash) and prefix.isdecimal() and int(prefix) <= widest


def openings(resource: Resource, direction: str = "ingress") -> Iterator[Opening]:
    """What a security group, or a rule of its own, opens in a direction: "ingress" or "egress"."""
    if resource.kind in {INGRESS_RULE, EGRESS_RULE}:
        if resource.kind == (INGRESS_RULE if direction == "ingress" else EGRESS_RULE):
            yield Opening(resource, "ipProtocol", ("cidrIpv4", "cidrIpv6"))
    elif resource.kind == CLASSIC_RULE:
        if resource.text("type") == direction:
            yield Opening(resource)
    else:
        for opening in resource.each(direction):
            yield Opening(opening)


@rule(
    "sg-must-not-open-admin-ports",
    on=(*SECURITY_GROUPS, CLASSIC_RULE, INGRESS_RULE),
    covers=["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277", "CIS-AWS 5.1.2", "CIS-AWS 5.3", "CIS-AWS 5.4"],
    severity=Severity.CRITICAL,
)
def admin_ports(resource: Resource) -> Findings:
    """Whoever reaches an administrative port from the internet is one password away from students' records."""
    for opening in openings(resource):
        if ports := opening.ports():
            for cidr in opening.world():
                names = ", ".join(f"{ADMIN_PORTS[port]} ({port})" for port in ports)
                yield f"{cidr} may reach {names}; allow a security group or the VPC's own range instead"


@rule(
    "ec2-must-require-imdsv2",
    on=(INSTANCE, LAUNCH_TEMPLATE),
    covers=["CKV_AWS_79", "CIS-AWS 5.7"],
)
def imdsv2(resource: Resource) -> Findings:
    """With version 1 of the metadata service, one forged request of a web server gives away its role's credentials."""
    if resource["metadataOptions.httpTokens"] == "required" or resource["metadataOptions.httpEndpoint"] == "disabled":
        return
    if resource.kind == INSTANCE and "launchTemplate" in resource and "metadataOptions" not in resource:
        return
    yield "the instance metadata service answers without a session; set metadata_options.http_tokens to 'required'"
