"""Networks: watched, entered only where somebody decided so, and left only through gateways."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Reader, Resource
from policy_packs.security.pairs import is_given, users, without
from policy_packs.security.rules_firewall import VPC
from policy_packs.security.rules_network import EVERY_PROTOCOL, TCP, is_world
from policy_packs.security.settings import setting

ACL = "aws:ec2/networkAcl:NetworkAcl"
NETWORK_ACLS = (ACL, "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
ROUTE = "aws:ec2/route:Route"
DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
ROUTE_TABLES = ("aws:ec2/routeTable:RouteTable", DEFAULT_TABLE)
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
EIP = "aws:ec2/eip:Eip"
RANGES = ("cidrBlock", "ipv6CidrBlock")
DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock")

REMOTE_ADMINISTRATION = {22: "SSH", 3389: "RDP"}
FILE_TRANSFER = {20: "FTP data", 21: "FTP"}
LAST_PORT = 65_535
# The widest a VPC can be: /16, and /44 of IPv6 (Amazon VPC User Guide, "VPC CIDR blocks").
WIDEST_V4 = 16
WIDEST_V6 = 44


private_subnets = setting(
    "subnet-must-not-give-public-addresses",
    on=("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"),
    path="mapPublicIpOnLaunch",
    right=(None, False),
    why="A machine that gets an address of the internet by default is on the internet by accident.",
    fix="turn map_public_ip_on_launch off; what must be public gets an Eip or a load balancer",
    covers=["CKV_AWS_130"],
)
manual_acceptance = setting(
    "endpoint-service-must-ask-before-connecting",
    on="aws:ec2/vpcEndpointService:VpcEndpointService",
    path="acceptanceRequired",
    right=(True,),
    why="Who connects to our service from another network is somebody's decision, each time.",
    fix="set acceptance_required=True",
    covers=["CKV_AWS_123"],
    severity=Severity.MEDIUM,
)
manual_attachment = setting(
    "transit-gateway-must-ask-before-attaching",
    on="aws:ec2transitgateway/transitGateway:TransitGateway",
    path="autoAcceptSharedAttachments",
    right=(None, "disable"),
    why="A network of another account that attaches itself is inside at once.",
    fix="set auto_accept_shared_attachments to 'disable'",
    covers=["CKV_AWS_331"],
)
rejections = setting(
    "flow-log-must-record-rejections",
    on=FLOW_LOG,
    path="trafficType",
    # A transit gateway's flow log has no such choice: it records everything.
    right=(None, "ALL", "REJECT"),
    why="What the firewall refused is how an attacker is first seen.",
    fix="set traffic_type to 'ALL'",
    covers=["CIS-AWS 3.7"],
    severity=Severity.MEDIUM,
)


@rule("vpc-must-not-be-default", on=(VPC, DEFAULT_VPC), covers=["CKV_AWS_148"])
def default_vpc(vpc: Resource) -> Findings:
    """The default VPC has public subnets only, and an internet gateway that nobody asked for."""
    if vpc.kind == DEFAULT_VPC:
        yield "adopts the account's default VPC; make a Vpc with subnets of its own"


@rule(
    "nacl-must-not-open-admin-ports",
    on=(*NETWORK_ACLS, ACL_RULE),
    covers=["CKV_AWS_231", "CKV_AWS_232", "CIS-AWS 5.2"],
)
def administration(resource: Resource) -> Findings:
    """Network ACLs are the second line: they keep remote administration out when a security group is wrong."""
    for port, name in REMOTE_ADMINISTRATION.items():
        if _lets_world_in(resource, port):
            yield f"the internet may reach {name} ({port}); deny it with a lower rule number than what allows it"


@rule("nacl-must-not-open-file-transfer", on=(ACL, ACL_RULE), covers=["CKV_AWS_229", "CKV_AWS_230"])
def file_transfer(resource: Resource) -> Findings:
    """FTP sends passwords and records in clear text: nothing here speaks it."""
    for port, name in FILE_TRANSFER.items():
        if _lets_world_in(resource, port):
            yield f"the internet may reach {name} ({port}); deny it with a lower rule number than what allows it"


@rule("nacl-must-not-allow-every-port", on=(ACL, ACL_RULE), covers=["CKV_AWS_352"])
def every_port(resource: Resource) -> Findings:
    """Somebody who writes a network ACL of their own wants it to refuse something."""
    for entry in _entries(resource):
        if entry.allows() and entry.is_every_port() and any(map(entry.is_of_world, RANGES)):
            yield "allows the internet in by every port; name the ports, those of answers (1024-65535) included"


@rule("route-must-leave-through-gateways", on=(ROUTE, *ROUTE_TABLES), covers=["CKV2_AWS_35"])
def gateways(resource: Resource) -> Findings:
    """One machine as everybody's way out is one machine that reads everything, and stops it when it stops."""
    machines = ("networkInterfaceId", "instanceId") if resource.kind == DEFAULT_TABLE else ("networkInterfaceId",)
    for route, destinations in _routes(resource):
        if any(is_world(cidr) for cidr in destinations) and any(route[machine] for machine in machines):
            yield "the way to the internet leads through a machine; set nat_gateway_id instead"


@rule("peering-routes-must-be-narrow", on=(ROUTE, *ROUTE_TABLES), covers=["CKV2_AWS_44", "CIS-AWS 5.6"])
def peering(resource: Resource) -> Findings:
    """A peering connection is for the other network, not for whatever lies behind it."""
    for route, destinations in _routes(resource):
        for cidr in destinations:
            # Asked last: the connection's id is known only once it is made.
            if is_wider_than_a_vpc(cidr) and "vpcPeeringConnectionId" in route:
                yield f"sends {cidr} through a peering connection; name the other VPC's own range"


@stack_rule("vpc-must-have-flow-log", covers=["CKV2_AWS_11", "CIS-AWS 3.7"])
def flow_logs(stack: Stack) -> StackFindings:
    """Who talked to whom can be told after an incident only if it was written down before."""
    for vpc in without(stack.of(VPC), stack.of(FLOW_LOG), "vpcId"):
        yield vpc, f"VPC {vpc.name} has no flow log, so that none of its subnets is logged; add a FlowLog for it"


@stack_rule("eip-must-be-attached", covers=["CKV2_AWS_19"], severity=Severity.LOW)
def addresses(stack: Stack) -> StackFindings:
    """An address that is kept for nothing costs money, and DNS may still send users to it."""
    found = users(stack)
    for eip in stack.of(EIP):
        if eip.urn not in found and not any(is_given(eip, path) for path in ("instance", "networkInterface")):
            yield eip, f"address {eip.name} is on no resource; attach or release it"


def is_wider_than_a_vpc(cidr: str) -> bool:
    """Whether an address range is wider than any VPC can be."""
    _, _, prefix = cidr.partition("/")
    return prefix.isdecimal() and int(prefix) < (WIDEST_V6 if ":" in cidr else WIDEST_V4)


@dataclass(frozen=True)
class Entry:
    """One ingress entry of a network ACL, inside one or on its own."""

    holder: Reader
    action: str

    def allows(self) -> bool:
        """Whether it lets through what it is about."""
        return (self.holder.text(self.action) or "").lower() == "allow"

    def is_of_world(self, family: str) -> bool:
        """Whether it is about the internet, by one of the two kinds of ranges; a denial must be about all of it."""
        cidrs = self.holder.texts(family)
        return any(is_world(cidr) if self.allows() else cidr.endswith("/0") for cidr in cidrs)

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


def _entries(resource: Resource) -> Iterator[Entry]:
    """Ingress entries of an ACL in the order in which AWS applies them, or the one entry that a resource is."""
    if resource.kind != ACL_RULE:
        for entry in sorted(resource.each("ingress"), key=lambda each: each.number("ruleNo") or 0):
            yield Entry(entry, "action")
    elif not resource.flag("egress"):
        yield Entry(resource, "ruleAction")


def _lets_world_in(resource: Resource, port: int) -> bool:
    """Whether, for IPv4 or IPv6, the first entry that decides about the internet and a port allows it."""
    about = [entry for entry in _entries(resource) if entry.is_about(port)]
    deciding = (next((entry for entry in about if entry.is_of_world(family)), None) for family in RANGES)
    return any(entry is not None and entry.allows() for entry in deciding)


def _routes(resource: Resource) -> Iterator[tuple[Reader, list[str]]]:
    """Each route with where it leads."""
    routes: Iterable[Reader] = [resource] if resource.kind == ROUTE else resource.each("routes")
    paths = DESTINATIONS if resource.kind == ROUTE else RANGES
    for route in routes:
        yield route, [cidr for path in paths for cidr in route.texts(path)]
