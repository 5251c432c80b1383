"""Route tables, routes and associations."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase

ANYWHERE = "0.0.0.0/0"

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
    ),
    LifecycleCase(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        lambda deps: {"routeTableId": deps.route_tables[0], "subnetId": deps.subnets[0]},
        lambda deps: {"routeTableId": deps.route_tables[1], "subnetId": deps.subnets[0]},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)


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
