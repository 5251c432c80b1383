"""EC2 VPC endpoints."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.table import ApiCall, CustomUpdate, EmulatedType
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.aws.types.ec2_vpc import ec2_arn

_LISTS = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}


def _modify_lists(context: OperationContext) -> None:
    """Send the added and removed items, because AWS does not accept whole lists."""
    args: Args = {"VpcEndpointId": context.id}
    for name, member in _LISTS.items():
        added, removed = context.added_and_removed(name)
        args |= {f"Add{member}": added or None, f"Remove{member}": removed or None}
    context.call("modify_vpc_endpoint", args)


def _private_dns_args(context: OperationContext) -> Args:
    """Switch private DNS off unless the program switches it on.

    The real provider does the same. Without this argument, AWS switches private DNS on.
    """
    return {"PrivateDnsEnabled": bool(context.inputs.get("privateDnsEnabled"))}


def _modify_policy(context: OperationContext) -> None:
    policy = context.inputs.get("policy")
    change = {"PolicyDocument": policy} if policy else {"ResetPolicy": True}
    context.call("modify_vpc_endpoint", {"VpcEndpointId": context.id, **change})


TYPES = (
    EmulatedType(
        tokens=("aws:ec2/vpcEndpoint:VpcEndpoint",),
        service="ec2",
        id="VpcEndpointId",
        create=ApiCall("create_vpc_endpoint", extra_args=_private_dns_args),
        read=ApiCall("describe_vpc_endpoints"),
        ready_when="State=='available' || State=='pendingAcceptance' || State=='Available'",
        failed_when="State=='failed' || State=='rejected'",
        deleted_when="State=='deleted' || State=='Deleted' || State=='deleting'",
        update=[
            CustomUpdate(inputs=tuple(_LISTS), run=_modify_lists, on_create=False),
            CustomUpdate(inputs=("policy",), run=_modify_policy, on_create=False),
            ApiCall("modify_vpc_endpoint"),
        ],
        delete=ApiCall("delete_vpc_endpoints"),
        names={"policy": "PolicyDocument"},
        defaults={"vpcEndpointType": "Gateway"},
        outputs={"securityGroupIds": "Groups[].GroupId"},
        arn=ec2_arn("vpc-endpoint"),
        tagging=Ec2Tags("vpc-endpoint"),
    ),
)
