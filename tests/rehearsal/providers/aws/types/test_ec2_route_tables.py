"""Route tables, routes and associations."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase, Values

ANYWHERE = "0.0.0.0/0"

TARGETS: dict[str, Callable[[Any], tuple[str, str]]] = {
    "natGatewayId": lambda deps: deps.nat_gateways,
    "networkInterfaceId": lambda deps: deps.interfaces,
    "transitGatewayId": lambda deps: deps.transit_gateways,
    "vpcPeeringConnectionId": lambda deps: deps.peering_connections,
}
"""Target of a route → two targets of this kind."""


def route_to(target: str) -> Callable[[Any], dict[str, str]]:
    return lambda deps: {
        "routeTableId": deps.route_tables[0],
        "destinationCidrBlock": ANYWHERE,
        target: TARGETS[target](deps)[0],
    }


def targets_of(target: str) -> Callable[[Any], Values]:
    return lambda deps: {target: tuple(TARGETS[target](deps))}


CASES = [
    LifecycleCase(
        "aws:ec2/routeTable:RouteTable",
        lambda deps: {
            "vpcId": deps.vpc,
            "routes": [{"cidrBlock": ANYWHERE, "gatewayId": deps.internet_gateway}],
            "tags": OLD,
        },
        lambda deps: {
            "vpcId": deps.vpc,
            "routes": [
                {"cidrBlock": ANYWHERE, "natGatewayId": deps.nat_gateway},
                {"cidrBlock": "10.9.0.0/16", "gatewayId": deps.internet_gateway},
            ],
            "tags": NEW,
        },
        replacing=lambda deps: {"vpcId": deps.other_vpc, "routes": []},
    ),
    LifecycleCase(
        "aws:ec2/route:Route",
        lambda deps: {
            "routeTableId": deps.route_tables[0],
            "destinationCidrBlock": ANYWHERE,
            "gatewayId": deps.internet_gateway,
        },
        lambda deps: {
            "routeTableId": deps.route_tables[0],
            "destinationCidrBlock": ANYWHERE,
            "natGatewayId": deps.nat_gateway,
        },
        drifts=lambda deps: {"gatewayId": (deps.internet_gateway, deps.vpn_gateways[0])},
        replacing=lambda _deps: {"destinationCidrBlock": "10.9.0.0/16"},
    ),
    *(LifecycleCase("aws:ec2/route:Route", route_to(name), drifts=targets_of(name)) for name in TARGETS),
    LifecycleCase(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        lambda deps: {"routeTableId": deps.route_tables[0], "subnetId": deps.subnets[0]},
        lambda deps: {"routeTableId": deps.route_tables[1], "subnetId": deps.subnets[0]},
        replacing=lambda deps: {"subnetId": deps.subnets[1]},
    ),
]


@pytest.mark.parametrize("token", ["aws:ec2/route:Route", "aws:ec2/routeTable:RouteTable"])
def test_another_kind_of_target_is_drift(token: str, engine: Any, deps: Any, client: Any) -> None:
    target = {"gatewayId": deps.internet_gateway}
    inputs: dict[str, Any] = {
        "aws:ec2/route:Route": {"routeTableId": deps.route_tables[0], "destinationCidrBlock": ANYWHERE, **target},
        "aws:ec2/routeTable:RouteTable": {"vpcId": deps.vpc, "routes": [{"cidrBlock": ANYWHERE, **target}]},
    }[token]
    created = engine.create(token, **inputs)
    table = {"RouteTableId": inputs.get("routeTableId", created.id)}
    client("ec2").replace_route(**table, DestinationCidrBlock=ANYWHERE, NatGatewayId=deps.nat_gateway)
    assert engine.drift(created) == ["gatewayId" if "destinationCidrBlock" in inputs else "routes[0].gatewayId"]
    repaired = engine.update(engine.refresh(created), **inputs)
    assert engine.drift(repaired) == []
    (described,) = client("ec2").describe_route_tables(RouteTableIds=[table["RouteTableId"]])["RouteTables"]
    (route,) = [route for route in described["Routes"] if route["DestinationCidrBlock"] == ANYWHERE]
    assert (route["GatewayId"], route.get("NatGatewayId")) == (deps.internet_gateway, None)


def test_moved_association_is_found_by_its_new_id(engine: Any, deps: Any, client: Any) -> None:
    created = engine.create(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        routeTableId=deps.route_tables[0],
        subnetId=deps.subnets[0],
    )
    moved = engine.update(created, routeTableId=deps.route_tables[1], subnetId=deps.subnets[0])
    engine.delete(moved)
    tables = client("ec2").describe_route_tables(RouteTableIds=deps.route_tables)["RouteTables"]
    assert [table["Associations"] for table in tables] == [[], []]


@pytest.mark.parametrize(
    ("token", "import_id"),
    [
        ("aws:ec2/route:Route", lambda deps: f"{deps.route_tables[0]}_0.0.0.0/0"),
        (
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            lambda deps: f"{deps.subnets[0]}/{deps.route_tables[0]}",
        ),
    ],
)
def test_composite_ids_of_terraform_can_be_imported(token: str, import_id: Any, engine: Any, deps: Any) -> None:
    inputs = {
        "aws:ec2/route:Route": {"destinationCidrBlock": ANYWHERE, "gatewayId": deps.internet_gateway},
        "aws:ec2/routeTableAssociation:RouteTableAssociation": {"subnetId": deps.subnets[0]},
    }[token]
    created = engine.create(token, routeTableId=deps.route_tables[0], **inputs)
    imported = engine.import_resource(token, import_id(deps))
    assert imported.id == created.id
    assert imported.inputs["routeTableId"] == deps.route_tables[0]
