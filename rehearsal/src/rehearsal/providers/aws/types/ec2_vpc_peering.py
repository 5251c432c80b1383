"""EC2 VPC peering connections, their acceptance and their options."""

from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.table import (
    ApiCall,
    CustomUpdate,
    EmulatedType,
    OutputFunction,
    from_response,
    resource_id,
)
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.values import Properties

_DELETED = "contains(['deleted', 'deleting', 'rejected', 'failed', 'expired'], Status.Code)"
_SIDES = {"requester": "RequesterVpcInfo", "accepter": "AccepterVpcInfo"}


def _connection_ids(context: OperationContext) -> Args:
    return {"VpcPeeringConnectionIds": [context.id or context.get("vpcPeeringConnectionId")]}


def _options(context: OperationContext, names: tuple[str, ...] = tuple(_SIDES)) -> Args:
    """Build the peering options of each side (requester, accepter).

    A side for which the program sets no options is left out. For the others, every option that is not set is disabled.
    """
    args: Args = {}
    for name in names:
        side = context.inputs.get(name)
        if side is not None:
            allowed = bool(side.get("allowRemoteVpcDnsResolution"))
            member = f"{name.capitalize()}PeeringConnectionOptions"
            args[member] = {"AllowDnsResolutionFromRemoteVpc": allowed}
    return args


def _set_options(context: OperationContext) -> None:
    options = _options(context)
    if options:
        context.call("modify_vpc_peering_connection_options", {"VpcPeeringConnectionId": context.id, **options})


def _options_output(name: str) -> OutputFunction:
    def read(item: Any) -> Properties | None:
        options = item[_SIDES[name]].get("PeeringOptions")
        if not options:
            return None
        return {"allowRemoteVpcDnsResolution": bool(options.get("AllowDnsResolutionFromRemoteVpc"))}

    return from_response(read)


_OPTION_OUTPUTS = {name: _options_output(name) for name in _SIDES}


def _accept(context: OperationContext) -> None:
    """Accept the connection if it is pending.

    An active connection needs no change.
    """
    if not context.inputs.get("autoAccept"):
        return
    response = context.call("describe_vpc_peering_connections", _connection_ids(context))
    if response["VpcPeeringConnections"][0]["Status"]["Code"] == "pending-acceptance":
        context.call("accept_vpc_peering_connection", {"VpcPeeringConnectionId": context.id})


TYPES = (
    EmulatedType(
        tokens=("aws:ec2/vpcPeeringConnection:VpcPeeringConnection",),
        service="ec2",
        id="VpcPeeringConnectionId",
        create=ApiCall("create_vpc_peering_connection"),
        read=ApiCall("describe_vpc_peering_connections", args=_connection_ids),
        ready_when="Status.Code=='active' || Status.Code=='pending-acceptance'",
        failed_when="Status.Code=='failed' || Status.Code=='rejected'",
        deleted_when=_DELETED,
        update=[
            CustomUpdate(inputs=("autoAccept",), run=_accept),
            CustomUpdate(inputs=tuple(_SIDES), run=_set_options),
        ],
        delete=ApiCall("delete_vpc_peering_connection"),
        state_only=("autoAccept",),
        outputs={
            "acceptStatus": "Status.Code",
            "vpcId": "RequesterVpcInfo.VpcId",
            "peerVpcId": "AccepterVpcInfo.VpcId",
            "peerOwnerId": "AccepterVpcInfo.OwnerId",
            "peerRegion": "AccepterVpcInfo.Region",
            **_OPTION_OUTPUTS,
        },
        tagging=Ec2Tags("vpc-peering-connection", separate_read=True),
    ),
    EmulatedType(
        tokens=("aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",),
        service="ec2",
        id="{vpcPeeringConnectionId}",
        create=ApiCall(
            "describe_vpc_peering_connections", args=_connection_ids, covers_inputs=("vpcPeeringConnectionId",)
        ),
        read=ApiCall("describe_vpc_peering_connections", args=_connection_ids),
        ready_when="Status.Code=='active' || Status.Code=='pending-acceptance'",
        failed_when="Status.Code=='failed' || Status.Code=='rejected'",
        deleted_when=_DELETED,
        update=[
            CustomUpdate(inputs=("autoAccept",), run=_accept),
            CustomUpdate(inputs=tuple(_SIDES), run=_set_options),
        ],
        state_only=("autoAccept",),
        outputs={
            "acceptStatus": "Status.Code",
            "vpcPeeringConnectionId": resource_id,
            "vpcId": "AccepterVpcInfo.VpcId",
            "peerVpcId": "RequesterVpcInfo.VpcId",
            "peerOwnerId": "RequesterVpcInfo.OwnerId",
            "peerRegion": "RequesterVpcInfo.Region",
            **_OPTION_OUTPUTS,
        },
        tagging=Ec2Tags("", separate_read=True),
    ),
    EmulatedType(
        tokens=("aws:ec2/peeringConnectionOptions:PeeringConnectionOptions",),
        service="ec2",
        id="{vpcPeeringConnectionId}",
        create=ApiCall(
            "modify_vpc_peering_connection_options",
            args=lambda context: {
                "VpcPeeringConnectionId": context.inputs["vpcPeeringConnectionId"],
                **_options(context),
            },
            covers_inputs=("vpcPeeringConnectionId", *_SIDES),
        ),
        read=ApiCall("describe_vpc_peering_connections", args=_connection_ids),
        deleted_when=_DELETED,
        update=[CustomUpdate(inputs=tuple(_SIDES), run=_set_options, on_create=False)],
        outputs={"vpcPeeringConnectionId": resource_id, **_OPTION_OUTPUTS},
    ),
)
