"""VPCs: subnets, routes, endpoints, flow logs and elastic IP addresses."""

from collections.abc import Iterable, Iterator

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Reader, Resource
from policy_packs.security.cidr import is_internet
from policy_packs.security.property_rules import value_rule
from policy_packs.security.references import is_set_by_program, referrers, unreferenced

VPC = "aws:ec2/vpc:Vpc"
ROUTE = "aws:ec2/route:Route"
DEFAULT_ROUTE_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
ROUTE_TABLES = ("aws:ec2/routeTable:RouteTable", DEFAULT_ROUTE_TABLE)
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
EIP = "aws:ec2/eip:Eip"
RANGES = ("cidrBlock", "ipv6CidrBlock")
DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock")
# The widest a VPC can be: /16, and /44 of IPv6 (Amazon VPC User Guide, "VPC CIDR blocks").
WIDEST_V4 = 16
WIDEST_V6 = 44
private_subnets = value_rule(
    "subnet-must-not-give-public-addresses",
    on=("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"),
    path="mapPublicIpOnLaunch",
    right=(None, False),
    why="A machine that gets an address of the internet by default is on the internet by accident.",
    fix="turn map_public_ip_on_launch off; what must be public gets an Eip or a load balancer",
    covers=["CKV_AWS_130"],
)
manual_acceptance = value_rule(
    "endpoint-service-must-ask-before-connecting",
    on="aws:ec2/vpcEndpointService:VpcEndpointService",
    path="acceptanceRequired",
    right=(True,),
    why="Who connects to our service from another network is somebody's decision, each time.",
    fix="set acceptance_required=True",
    covers=["CKV_AWS_123"],
    severity=Severity.MEDIUM,
)
rejections = value_rule(
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
    if vpc.type == DEFAULT_VPC:
        yield "adopts the account's default VPC; make a Vpc with subnets of its own"


@rule("route-must-leave-through-gateways", on=(ROUTE, *ROUTE_TABLES), covers=["CKV2_AWS_35"])
def gateway_routes(resource: Resource) -> Findings:
    """One machine as everybody's way out is one machine that reads everything, and stops it when it stops."""
    machines = ("networkInterfaceId", "instanceId") if resource.type == DEFAULT_ROUTE_TABLE else ("networkInterfaceId",)
    for route, destinations in _routes(resource):
        if any(is_internet(cidr) for cidr in destinations) and any(route[machine] for machine in machines):
            yield "the way to the internet leads through a machine; set nat_gateway_id instead"


@rule("peering-routes-must-be-narrow", on=(ROUTE, *ROUTE_TABLES), covers=["CKV2_AWS_44", "CIS-AWS 5.6"])
def peering_routes(resource: Resource) -> Findings:
    """A peering connection is for the other network, not for whatever lies behind it."""
    for route, destinations in _routes(resource):
        for cidr in destinations:
            # Asked last: the connection's id is known only once it is made.
            if is_wider_than_a_vpc(cidr) and "vpcPeeringConnectionId" in route:
                yield f"sends {cidr} through a peering connection; name the other VPC's own range"


@stack_rule("vpc-must-have-flow-log", covers=["CKV2_AWS_11", "CIS-AWS 3.7"])
def flow_logs(stack: Stack) -> StackFindings:
    """Who talked to whom can be told after an incident only if it was written down before."""
    for vpc in unreferenced(stack.of_type(VPC), stack.of_type(FLOW_LOG), "vpcId"):
        yield vpc, f"VPC {vpc.name} has no flow log, so that none of its subnets is logged; add a FlowLog for it"


@stack_rule("eip-must-be-attached", covers=["CKV2_AWS_19"], severity=Severity.LOW)
def attached_addresses(stack: Stack) -> StackFindings:
    """An address that is kept for nothing costs money, and DNS may still send users to it."""
    found = referrers(stack)
    for eip in stack.of_type(EIP):
        if eip.urn not in found and not any(is_set_by_program(eip, path) for path in ("instance", "networkInterface")):
            yield eip, f"address {eip.name} is on no resource; attach or release it"


def is_wider_than_a_vpc(cidr: str) -> bool:
    """Whether an address range is wider than any VPC can be."""
    _, _, prefix = cidr.partition("/")
    return prefix.isdecimal() and int(prefix) < (WIDEST_V6 if ":" in cidr else WIDEST_V4)


def _routes(resource: Resource) -> Iterator[tuple[Reader, list[str]]]:
    """Each route with where it leads."""
    routes: Iterable[Reader] = [resource] if resource.type == ROUTE else resource.each("routes")
    paths = DESTINATIONS if resource.type == ROUTE else RANGES
    for route in routes:
        yield route, [cidr for path in paths for cidr in route.texts(path)]
