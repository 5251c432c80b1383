"""EC2: networks, addresses, gateways and routes."""

import zlib
from typing import Any

from rehearsal.providers.aws.calls import Args, input_shape
from rehearsal.providers.aws.mapping import to_aws
from rehearsal.providers.aws.table import Look, ResourceType, Step, of_item, op
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.aws.work import Work

ROUTE_NAMES = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def ec2_arn(kind: str) -> str:
    """Template of an EC2 resource's ARN."""
    return f"arn:{{partition}}:ec2:{{region}}:{{account}}:{kind}/{{id}}"


def _vpc_part(describe: str, key: str, value: str, **outputs: str) -> Look:
    """Outputs that are another resource which came with the VPC."""
    return Look(
        name=f"describe_{describe}",
        args=lambda work: {"Filters": [{"Name": "vpc-id", "Values": [work.id]}, {"Name": key, "Values": [value]}]},
        outputs=outputs,
    )


def _vpc_flag(output: str, member: str) -> Look:
    return Look(
        name="describe_vpc_attribute",
        args=lambda work: {"VpcId": work.id, "Attribute": output},
        outputs={output: f"{member}.Value"},
    )


def _attach_gateway(work: Work) -> None:
    if work.old.get("vpcId"):
        work.call("detach_internet_gateway", {"InternetGatewayId": work.id, "VpcId": work.old["vpcId"]})
    if work.new.get("vpcId"):
        work.call("attach_internet_gateway", {"InternetGatewayId": work.id, "VpcId": work.new["vpcId"]})


def _detach_gateway(work: Work) -> None:
    if work.get("vpcId"):
        work.call("detach_internet_gateway", {"InternetGatewayId": work.id, "VpcId": work.get("vpcId")})


def _associate_address(work: Work) -> None:
    if work.old.get("instance") or work.old.get("networkInterface"):
        work.call("disassociate_address", {"AssociationId": work.get("associationId")})
    if work.new.get("instance") or work.new.get("networkInterface"):
        wanted = {
            "AllocationId": work.id,
            "InstanceId": work.new.get("instance"),
            "NetworkInterfaceId": work.new.get("networkInterface"),
            "PrivateIpAddress": work.new.get("associateWithPrivateIp"),
        }
        work.call("associate_address", wanted)


def _release_association(work: Work) -> None:
    if work.get("associationId"):
        work.call("disassociate_address", {"AssociationId": work.get("associationId")})


def _public_dns(work: Work, item: Any) -> str:
    host = "ec2-" + item["PublicIp"].replace(".", "-")
    zone = "compute-1" if work.region == "us-east-1" else f"{work.region}.compute"
    return f"{host}.{zone}.amazonaws.com"


def _route_args(route: Any) -> Args:
    mapped: Args = to_aws(input_shape("ec2", "create_route"), route, ROUTE_NAMES)
    return mapped


def _destination(args: Args) -> Args:
    return {member: args[member] for member in _DESTINATIONS if args.get(member)}


def _set_routes(work: Work) -> None:
    """Remove, replace and add inline routes; those with one destination are one route."""
    old = {str(_destination(args)): args for args in map(_route_args, work.old.get("routes") or [])}
    new = {str(_destination(args)): args for args in map(_route_args, work.new.get("routes") or [])}
    table = {"RouteTableId": work.id}
    for key in old.keys() - new.keys():
        work.call("delete_route", {**table, **_destination(old[key])})
    for key, args in new.items():
        if key not in old:
            work.call("create_route", {**table, **args})
        elif old[key] != args:
            work.call("replace_route", {**table, **args})


def _inline_routes(item: Any) -> list[Any]:
    """Routes that a program can own: neither the VPC's own nor propagated nor made by a gateway endpoint."""
    back = {member: name for name, member in ROUTE_NAMES.items()}
    found = []
    for route in item.get("Routes", []):
        target = route.get("GatewayId", "")
        if target == "local" or target.startswith("vpce-") or route.get("Origin") == "EnableVgwRoutePropagation":
            continue
        shown = {
            back.get(member, member[0].lower() + member[1:]): value
            for member, value in route.items()
            if member not in ("State", "Origin", "InstanceOwnerId", "InstanceId") and value
        }
        found.append(shown)
    return found


def _propagate(work: Work) -> None:
    old, new = set(work.old.get("propagatingVgws") or []), set(work.new.get("propagatingVgws") or [])
    for gateway in sorted(new - old):
        work.call("enable_vgw_route_propagation", {"RouteTableId": work.id, "GatewayId": gateway})
    for gateway in sorted(old - new):
        work.call("disable_vgw_route_propagation", {"RouteTableId": work.id, "GatewayId": gateway})


def _route_destination(work: Work) -> Args:
    names = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
    return {name[0].upper() + name[1:]: work.get(name) for name in names if work.get(name)}


def _route_id(work: Work, answer: Any) -> str:  # noqa: ARG001  # the form of all id functions
    destination = next(iter(_route_destination(work).values()), "")
    return f"r-{work.get('routeTableId')}{zlib.crc32(destination.encode())}"


def _find_route(work: Work, answer: Any) -> Any:
    wanted = _route_destination(work)
    work.id = _route_id(work, answer)
    routes = answer["RouteTables"][0]["Routes"] if answer["RouteTables"] else []
    return next((route for route in routes if wanted.items() <= route.items()), None)


def _import_route(resource_id: str) -> dict[str, Any]:
    table, _, destination = resource_id.partition("_")
    name = "destinationPrefixListId" if destination.startswith("pl-") else "destinationCidrBlock"
    return {"routeTableId": table, "destinationIpv6CidrBlock" if ":" in destination else name: destination}


def _find_association(work: Work, answer: Any) -> Any:
    """The association, by id or (a replaced one has a new id) by what it associates; the work takes its id."""
    found = [one for table in answer["RouteTables"] for one in table["Associations"]]
    for one in found:
        if one["RouteTableAssociationId"] == work.id:
            return one
    target, table = work.get("subnetId") or work.get("gatewayId"), work.get("routeTableId")
    for one in found:
        if target and target in (one.get("SubnetId"), one.get("GatewayId")) and one["RouteTableId"] == table:
            work.id = one["RouteTableAssociationId"]
            return one
    return None


def _find_again(work: Work) -> None:
    """Take the id that the association has now."""
    _find_association(work, work.call("describe_route_tables", {"RouteTableIds": [work.get("routeTableId")]}))


def _move_association(work: Work) -> None:
    target = {"AssociationId": work.id, "RouteTableId": work.new["routeTableId"]}
    work.call("replace_route_table_association", target)


TYPES = (
    ResourceType(
        tokens=("aws:ec2/vpc:Vpc",),
        service="ec2",
        id="VpcId",
        create=op("create_vpc"),
        read=op("describe_vpcs"),
        update=[op("modify_vpc_attribute", one_by_one=True)],
        delete=op("delete_vpc"),
        outputs={
            "ipv6AssociationId": "Ipv6CidrBlockAssociationSet[0].AssociationId",
            "ipv6CidrBlock": "Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock",
        },
        names={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
        arn=ec2_arn("vpc"),
        also=[
            _vpc_flag("enableDnsSupport", "EnableDnsSupport"),
            _vpc_flag("enableDnsHostnames", "EnableDnsHostnames"),
            _vpc_flag("enableNetworkAddressUsageMetrics", "EnableNetworkAddressUsageMetrics"),
            _vpc_part("security_groups", "group-name", "default", defaultSecurityGroupId="SecurityGroups[0].GroupId"),
            _vpc_part(
                "route_tables",
                "association.main",
                "true",
                mainRouteTableId="RouteTables[0].RouteTableId",
                defaultRouteTableId="RouteTables[0].RouteTableId",
            ),
            _vpc_part("network_acls", "default", "true", defaultNetworkAclId="NetworkAcls[0].NetworkAclId"),
        ],
        tagging=Ec2Tags("vpc"),
    ),
    ResourceType(
        tokens=("aws:ec2/subnet:Subnet",),
        service="ec2",
        id="SubnetId",
        create=op("create_subnet"),
        read=op("describe_subnets"),
        update=[op("modify_subnet_attribute", one_by_one=True)],
        delete=op("delete_subnet"),
        defaults={"assignIpv6AddressOnCreation": False, "mapPublicIpOnLaunch": False},
        outputs={"privateDnsHostnameTypeOnLaunch": "PrivateDnsNameOptionsOnLaunch.HostnameType"},
        arn=ec2_arn("subnet"),
        tagging=Ec2Tags("subnet"),
    ),
    ResourceType(
        tokens=("aws:ec2/internetGateway:InternetGateway",),
        service="ec2",
        id="InternetGatewayId",
        create=op("create_internet_gateway"),
        read=op("describe_internet_gateways"),
        update=[Step(inputs=("vpcId",), run=_attach_gateway)],
        before_delete=[_detach_gateway],
        delete=op("delete_internet_gateway"),
        outputs={"vpcId": "Attachments[0].VpcId"},
        arn=ec2_arn("internet-gateway"),
        tagging=Ec2Tags("internet-gateway"),
    ),
    ResourceType(
        tokens=("aws:ec2/eip:Eip",),
        service="ec2",
        id="AllocationId",
        create=op("allocate_address"),
        read=op("describe_addresses"),
        update=[Step(inputs=("instance", "networkInterface", "associateWithPrivateIp"), run=_associate_address)],
        before_delete=[_release_association],
        delete=op("release_address"),
        names={"instance": "InstanceId", "networkInterface": "NetworkInterfaceId", "privateIp": "PrivateIpAddress"},
        outputs={"publicDns": _public_dns},
        arn=ec2_arn("elastic-ip"),
        tagging=Ec2Tags("elastic-ip"),
    ),
    ResourceType(
        tokens=("aws:ec2/natGateway:NatGateway",),
        service="ec2",
        id="NatGatewayId",
        create=op("create_nat_gateway"),
        read=op("describe_nat_gateways"),
        ready="State=='available'",
        failed="State=='failed'",
        gone="State=='deleted' || State=='deleting'",
        delete=op("delete_nat_gateway"),
        names={"privateIp": "PrivateIpAddress"},
        defaults={"connectivityType": "public"},
        outputs={
            "allocationId": "NatGatewayAddresses[0].AllocationId",
            "associationId": "NatGatewayAddresses[0].AssociationId",
            "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
            "privateIp": "NatGatewayAddresses[0].PrivateIp",
            "publicIp": "NatGatewayAddresses[0].PublicIp",
        },
        tagging=Ec2Tags("natgateway"),
    ),
    ResourceType(
        tokens=("aws:ec2/routeTable:RouteTable",),
        service="ec2",
        id="RouteTableId",
        create=op("create_route_table"),
        read=op("describe_route_tables"),
        update=[Step(inputs=("routes",), run=_set_routes), Step(inputs=("propagatingVgws",), run=_propagate)],
        delete=op("delete_route_table"),
        outputs={"routes": of_item(_inline_routes), "propagatingVgws": "PropagatingVgws[].GatewayId"},
        arn=ec2_arn("route-table"),
        tagging=Ec2Tags("route-table"),
    ),
    ResourceType(
        tokens=("aws:ec2/route:Route",),
        service="ec2",
        id=_route_id,
        create=op("create_route"),
        read=op("describe_route_tables", lambda work: {"RouteTableIds": [work.get("routeTableId")]}),
        item=_find_route,
        update=[op("replace_route", whole=True)],
        delete=op("delete_route", lambda work: {"RouteTableId": work.get("routeTableId"), **_route_destination(work)}),
        names=ROUTE_NAMES,
        force=("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
        import_inputs=_import_route,
    ),
    ResourceType(
        tokens=("aws:ec2/routeTableAssociation:RouteTableAssociation",),
        service="ec2",
        id="AssociationId",
        create=op("associate_route_table"),
        read=op("describe_route_tables", lambda work: {"RouteTableIds": [work.get("routeTableId")]}),
        item=_find_association,
        update=[Step(inputs=("routeTableId",), run=_move_association, on_create=False)],
        before_delete=[_find_again],
        delete=op("disassociate_route_table"),
        import_inputs=lambda resource_id: dict(
            zip(("subnetId", "routeTableId"), resource_id.split("/", 1), strict=False)
        ),
    ),
)
