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
    allowed=(None, False),
    rationale="An instance that gets a public address by default can be exposed to the internet by accident.",
    fix="Turn map_public_ip_on_launch off. Give public resources an Eip or a load balancer.",
    covers=["CKV_AWS_130"],
)
manual_acceptance = value_rule(
    "endpoint-service-must-ask-before-connecting",
    on="aws:ec2/vpcEndpointService:VpcEndpointService",
    path="acceptanceRequired",
    allowed=(True,),
    rationale="A person must approve each connection from another network to our service.",
    fix="Set acceptance_required=True.",
    covers=["CKV_AWS_123"],
    severity=Severity.MEDIUM,
)
rejections = value_rule(
    "flow-log-must-record-rejections",
    on=FLOW_LOG,
    path="trafficType",
    # A transit gateway's flow log has no traffic type and records everything.
    allowed=(None, "ALL", "REJECT"),
    rationale="Rejected traffic is often the first sign of an attack.",
    fix="Set traffic_type to 'ALL'.",
    covers=["CIS-AWS 3.7"],
    severity=Severity.MEDIUM,
)


@rule("vpc-must-not-be-default", on=(VPC, DEFAULT_VPC), covers=["CKV_AWS_148"])
def default_vpc(vpc: Resource) -> Findings:
    """All subnets of the default VPC are public, so any resource in it can be exposed to the internet."""
    if vpc.type == DEFAULT_VPC:
        yield "The program adopts the account's default VPC. Create a Vpc with its own subnets."


@rule("route-must-leave-through-gateways", on=(ROUTE, *ROUTE_TABLES), covers=["CKV2_AWS_35"])
def gateway_routes(resource: Resource) -> Findings:
    """An instance that routes internet traffic can read that traffic, and the traffic stops if the instance fails."""
    machines = ("networkInterfaceId", "instanceId") if resource.type == DEFAULT_ROUTE_TABLE else ("networkInterfaceId",)
    for route, destinations in _routes(resource):
        if any(is_internet(cidr) for cidr in destinations) and any(route[machine] for machine in machines):
            yield "The route to the internet goes through an instance. Set nat_gateway_id instead."


@rule("peering-routes-must-be-narrow", on=(ROUTE, *ROUTE_TABLES), covers=["CKV2_AWS_44", "CIS-AWS 5.6"])
def peering_routes(resource: Resource) -> Findings:
    """A peering connection must reach only the other VPC, not the networks behind it."""
    for route, destinations in _routes(resource):
        for cidr in destinations:
            # Read last, because the connection's ID is unknown until it has been created.
            if is_wider_than_a_vpc(cidr) and "vpcPeeringConnectionId" in route:
                yield (
                    f"{cidr} is routed through a peering connection, but is wider than any VPC. Route only the other "
                    "VPC's own range."
                )


@stack_rule("vpc-must-have-flow-log", covers=["CKV2_AWS_11", "CIS-AWS 3.7"])
def flow_logs(stack: Stack) -> StackFindings:
    """After an incident, only a flow log shows which addresses communicated."""
    for vpc in unreferenced(stack.of_type(VPC), stack.of_type(FLOW_LOG), "vpcId"):
        yield vpc, f"VPC {vpc.name} has no flow log, so none of its subnets is logged. Add a FlowLog for it."


@stack_rule("eip-must-be-attached", covers=["CKV2_AWS_19"], severity=Severity.LOW)
def attached_addresses(stack: Stack) -> StackFindings:
    """An unused address costs money, and DNS could still send users to it."""
    users = referrers(stack)
    for eip in stack.of_type(EIP):
        if eip.urn not in users and not any(is_set_by_program(eip, path) for path in ("instance", "networkInterface")):
            yield eip, f"Address {eip.name} is not attached to any resource. Attach it or release it."


def is_wider_than_a_vpc(cidr: str) -> bool:
    """Return True if an address range is wider than any VPC can be."""
    _, _, prefix = cidr.partition("/")
    return prefix.isdecimal() and int(prefix) < (WIDEST_V6 if ":" in cidr else WIDEST_V4)


def _routes(resource: Resource) -> Iterator[tuple[Reader, list[str]]]:
    """Yield each route with its destinations."""
    routes: Iterable[Reader] = [resource] if resource.type == ROUTE else resource.each("routes")
    paths = DESTINATIONS if resource.type == ROUTE else RANGES
    for route in routes:
        yield route, [cidr for path in paths for cidr in route.texts(path)]
