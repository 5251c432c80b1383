"""VPC peering connections, their acceptance and options."""

from typing import Any

from rehearsal.providers.protocol import ResourceState
from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
ACCEPTER = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
OPTIONS = "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions"


def western_vpc(engine: Any) -> str:
    return str(engine.create("aws:ec2/vpc:Vpc", "west", cidrBlock="10.1.0.0/16", region="us-west-2").id)


def peering(engine: Any, deps: Any, **more: Any) -> ResourceState:
    created: ResourceState = engine.create(
        PEERING, "p", vpcId=deps.vpc, peerVpcId=western_vpc(engine), peerRegion="us-west-2", **more
    )
    return created


def accepted(engine: Any, deps: Any) -> tuple[ResourceState, ResourceState]:
    requester = peering(engine, deps)
    return requester, engine.create(
        ACCEPTER, "a", vpcPeeringConnectionId=requester.id, autoAccept=True, region="us-west-2"
    )


RESOLVE, DO_NOT_RESOLVE = ({"allowRemoteVpcDnsResolution": allowed} for allowed in (True, False))


def connection(deps: Any, tags: dict[str, str]) -> dict[str, Any]:
    return {"vpcId": deps.vpc, "peerVpcId": deps.other_vpc, "autoAccept": True, "tags": tags}


def acceptance(deps: Any, tags: dict[str, str]) -> dict[str, Any]:
    return {"vpcPeeringConnectionId": deps.peering_connections[0], "autoAccept": True, "tags": tags}


def options(deps: Any, side: dict[str, bool]) -> dict[str, Any]:
    return {"vpcPeeringConnectionId": deps.peering_connections[0], "accepter": side, "requester": side}


CASES = [
    LifecycleCase(
        PEERING,
        lambda deps: connection(deps, OLD),
        lambda deps: {**connection(deps, NEW), "accepter": RESOLVE, "requester": RESOLVE},
        drifts=lambda _deps: dict.fromkeys(("accepter", "requester"), (RESOLVE, DO_NOT_RESOLVE)),
        replacing=lambda deps: {"peerVpcId": deps.third_vpc},
    ),
    LifecycleCase(
        ACCEPTER,
        lambda deps: acceptance(deps, OLD),
        lambda deps: {**acceptance(deps, NEW), "accepter": RESOLVE},
        drifts=lambda _deps: dict.fromkeys(("accepter", "requester"), (RESOLVE, DO_NOT_RESOLVE)),
        replacing=lambda deps: {"vpcPeeringConnectionId": deps.peering_connections[1]},
        remains=True,
    ),
    LifecycleCase(
        OPTIONS,
        lambda deps: options(deps, RESOLVE),
        lambda deps: options(deps, DO_NOT_RESOLVE),
        replacing=lambda deps: {"vpcPeeringConnectionId": deps.peering_connections[1]},
        remains=True,
    ),
]


def test_cross_region_peering_lifecycle(engine: Any, deps: Any) -> None:
    requester = peering(engine, deps, tags=OLD)
    assert requester.outputs["acceptStatus"] == "pending-acceptance"
    accepter = engine.create(
        ACCEPTER,
        "a",
        vpcPeeringConnectionId=requester.id,
        autoAccept=True,
        region="us-west-2",
        tags={"Name": "accepter"},
    )
    assert accepter.outputs["acceptStatus"] == "active"
    assert accepter.outputs["vpcId"] != requester.outputs["vpcId"]
    assert engine.drift(requester) == engine.drift(accepter) == []
    assert engine.refresh(requester).inputs["tags"] == OLD
    assert engine.refresh(accepter).inputs["tags"] == {"Name": "accepter"}
    renamed = engine.update(
        accepter, vpcPeeringConnectionId=requester.id, autoAccept=True, region="us-west-2", tags=NEW
    )
    assert engine.refresh(renamed).inputs["tags"] == NEW
    assert engine.refresh(requester).inputs["tags"] == OLD, "each side has its own tags"
    engine.delete(renamed)
    assert engine.read(renamed) is not None, "the acceptance exists as long as the connection"
    engine.delete(requester)
    engine.delete(requester)
    assert engine.read(requester) is None
    assert engine.read(renamed) is None


def test_each_side_has_its_own_options(engine: Any, deps: Any) -> None:
    requester, accepter = accepted(engine, deps)
    requester_options = engine.create(
        OPTIONS, "requester", vpcPeeringConnectionId=requester.id, requester={"allowRemoteVpcDnsResolution": True}
    )
    accepter_options = engine.create(
        OPTIONS,
        "accepter",
        vpcPeeringConnectionId=accepter.id,
        accepter={"allowRemoteVpcDnsResolution": True},
        region="us-west-2",
    )
    assert engine.drift(requester_options) == engine.drift(accepter_options) == []
    off = engine.update(
        requester_options, vpcPeeringConnectionId=requester.id, requester={"allowRemoteVpcDnsResolution": False}
    )
    assert engine.drift(off) == []
    assert engine.read(accepter_options).outputs["requester"] == {"allowRemoteVpcDnsResolution": False}


def test_route_targets_a_peering_connection(engine: Any, deps: Any) -> None:
    _, accepter = accepted(engine, deps)
    route = engine.create(
        "aws:ec2/route:Route",
        routeTableId=deps.route_tables[0],
        destinationCidrBlock="10.1.0.0/16",
        vpcPeeringConnectionId=accepter.id,
    )
    assert engine.drift(route) == []
    assert engine.refresh(route).inputs["vpcPeeringConnectionId"] == accepter.id


def test_changed_options_and_tags_are_drift(engine: Any, deps: Any, client: Any) -> None:
    requester, accepter = accepted(engine, deps)
    created = engine.create(
        OPTIONS, vpcPeeringConnectionId=accepter.id, requester={"allowRemoteVpcDnsResolution": True}
    )
    ec2 = client("ec2")
    ec2.modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=requester.id,
        RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": False},
    )
    assert engine.drift(created) == ["requester.allowRemoteVpcDnsResolution"]
    ec2.create_tags(Resources=[requester.id], Tags=[{"Key": "owner", "Value": "nobody"}])
    assert engine.drift(requester) == ["tags", "tagsAll.owner"]
