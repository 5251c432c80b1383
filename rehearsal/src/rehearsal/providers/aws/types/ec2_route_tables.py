"""EC2 route tables, routes and associations."""

import zlib
from typing import Any

from rehearsal.providers.aws.calls import Args, input_shape
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.mapping import to_aws
from rehearsal.providers.aws.table import ApiCall, CustomUpdate, EmulatedType
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.aws.types.ec2_vpc import ec2_arn

ROUTE_NAMES = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


_TARGETS = {
    "carrierGatewayId": "CarrierGatewayId",
    "coreNetworkArn": "CoreNetworkArn",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "localGatewayId": "LocalGatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
"""Input with a target of a route → member of AWS's response that contains only this kind of target."""


def _route_args(route: Any) -> Args:
    mapped: Args = to_aws(input_shape("ec2", "create_route"), route, ROUTE_NAMES)
    return mapped


def _destination(args: Args) -> Args:
    return {member: args[member] for member in _DESTINATIONS if args.get(member)}


def _set_routes(context: OperationContext) -> None:
    """Delete, create and replace inline routes, which are identified by destination."""
    old = {str(_destination(args)): args for args in map(_route_args, context.old_inputs.get("routes") or [])}
    new = {str(_destination(args)): args for args in map(_route_args, context.inputs.get("routes") or [])}
    table = {"RouteTableId": context.id}
    for key in old.keys() - new.keys():
        context.call("delete_route", {**table, **_destination(old[key])})
    for key, args in new.items():
        if key not in old:
            context.call("create_route", {**table, **args})
        elif old[key] != args:
            context.call("replace_route", {**table, **args})


def _read_routes(context: OperationContext, item: Any) -> list[Any]:
    """Return inline routes, without local, propagated and VPC endpoint routes.

    If AWS does not return the target that the program wrote, the target becomes an empty string. Replacing it with a
    target of another kind outside the program is then reported as drift.
    """
    written = {str(_destination(_route_args(route))): route for route in context.get("routes") or []}
    names = {member: name for name, member in ROUTE_NAMES.items()}
    routes = []
    for route in item.get("Routes", []):
        target = route.get("GatewayId", "")
        if target == "local" or target.startswith("vpce-") or route.get("Origin") == "EnableVgwRoutePropagation":
            continue
        outputs = {
            names.get(member, member[0].lower() + member[1:]): value
            for member, value in route.items()
            if member not in ("State", "Origin", "InstanceOwnerId", "InstanceId") and value
        }
        lost = {name: "" for name, value in written.get(str(_destination(route)), {}).items() if value}
        routes.append({**lost, **outputs})
    return routes


def _set_propagation(context: OperationContext) -> None:
    added, removed = context.added_and_removed("propagatingVgws")
    for gateway in added:
        context.call("enable_vgw_route_propagation", {"RouteTableId": context.id, "GatewayId": gateway})
    for gateway in removed:
        context.call("disable_vgw_route_propagation", {"RouteTableId": context.id, "GatewayId": gateway})


def _destination_args(context: OperationContext) -> Args:
    names = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
    return {name[0].upper() + name[1:]: context.get(name) for name in names if context.get(name)}


def _route_id(context: OperationContext, response: Any) -> str:  # noqa: ARG001  # an OutputFunction
    destination = next(iter(_destination_args(context).values()), "")
    return f"r-{context.get('routeTableId')}{zlib.crc32(destination.encode())}"


def _find_route(context: OperationContext, response: Any) -> Any:
    destination = _destination_args(context)
    context.id = _route_id(context, response)
    routes = response["RouteTables"][0]["Routes"] if response["RouteTables"] else []
    return next((route for route in routes if destination.items() <= route.items()), None)


def _import_route(resource_id: str) -> dict[str, Any]:
    table, _, destination = resource_id.partition("_")
    name = "destinationPrefixListId" if destination.startswith("pl-") else "destinationCidrBlock"
    return {"routeTableId": table, "destinationIpv6CidrBlock" if ":" in destination else name: destination}


def _association_args(context: OperationContext) -> Args:
    """Build the filter for all route tables that may contain an association.

    The association is not necessarily in the table that is recorded in the state: somebody may have moved it outside
    the program, or an update may have moved it and then failed.
    """
    subnet = context.get("subnetId")
    return {"Filters": [{"Name": "association.subnet-id", "Values": [subnet]}]} if subnet else {}


def _find_association(context: OperationContext, response: Any) -> Any:
    """Find the association by id, else by subnet or gateway, and set the context's id.

    Moving an association to another table gives it a new id.
    """
    associations = [association for table in response["RouteTables"] for association in table["Associations"]]
    for association in associations:
        if association["RouteTableAssociationId"] == context.id:
            return association
    target = context.get("subnetId") or context.get("gatewayId")
    for association in associations:
        if target and target in (association.get("SubnetId"), association.get("GatewayId")):
            context.id = association["RouteTableAssociationId"]
            return association
    return None


def _refresh_id(context: OperationContext) -> Any:
    """Return the association, and set the context's id to its current id."""
    return _find_association(context, context.call("describe_route_tables", _association_args(context), pages=True))


def _move_association(context: OperationContext) -> None:
    live = _refresh_id(context)
    if live is None or live["RouteTableId"] != context.inputs["routeTableId"]:
        target = {"AssociationId": context.id, "RouteTableId": context.inputs["routeTableId"]}
        context.call("replace_route_table_association", target)


TYPES = (
    EmulatedType(
        tokens=("aws:ec2/routeTable:RouteTable",),
        service="ec2",
        id="RouteTableId",
        create=ApiCall("create_route_table"),
        read=ApiCall("describe_route_tables"),
        update=[
            CustomUpdate(inputs=("routes",), run=_set_routes),
            CustomUpdate(inputs=("propagatingVgws",), run=_set_propagation),
        ],
        delete=ApiCall("delete_route_table"),
        outputs={"routes": _read_routes, "propagatingVgws": "PropagatingVgws[].GatewayId"},
        arn=ec2_arn("route-table"),
        tagging=Ec2Tags("route-table"),
    ),
    EmulatedType(
        tokens=("aws:ec2/route:Route",),
        service="ec2",
        id=_route_id,
        create=ApiCall("create_route"),
        read=ApiCall("describe_route_tables", args=lambda context: {"RouteTableIds": [context.get("routeTableId")]}),
        item=_find_route,
        update=[ApiCall("replace_route", full_replace=True)],
        delete=ApiCall(
            "delete_route",
            args=lambda context: {"RouteTableId": context.get("routeTableId"), **_destination_args(context)},
        ),
        names=ROUTE_NAMES,
        outputs=_TARGETS,  # None if the route has another kind of target, which is drift
        force_new=("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
        import_inputs=_import_route,
    ),
    EmulatedType(
        tokens=("aws:ec2/routeTableAssociation:RouteTableAssociation",),
        service="ec2",
        id="AssociationId",
        create=ApiCall("associate_route_table"),
        read=ApiCall("describe_route_tables", args=_association_args),
        item=_find_association,
        update=[CustomUpdate(inputs=("routeTableId",), run=_move_association, on_create=False)],
        before_delete=[_refresh_id],
        delete=ApiCall("disassociate_route_table"),
        import_inputs=lambda resource_id: dict(
            zip(("subnetId", "routeTableId"), resource_id.split("/", 1), strict=False)
        ),
    ),
)
