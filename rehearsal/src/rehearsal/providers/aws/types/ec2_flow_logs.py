"""EC2 flow logs."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.table import ApiCall, EmulatedType, OutputFunction, from_response
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.aws.types.ec2_vpc import ec2_arn
from rehearsal.providers.values import Properties

_SOURCE_TYPES = {
    "vpcId": "VPC",
    "subnetId": "Subnet",
    "eniId": "NetworkInterface",
    "transitGatewayId": "TransitGateway",
    "transitGatewayAttachmentId": "TransitGatewayAttachment",
    "regionalNatGatewayId": "RegionalNatGateway",
}


def _source_args(context: OperationContext) -> Args:
    name = next(name for name in _SOURCE_TYPES if context.inputs.get(name))
    return {"ResourceIds": [context.inputs[name]], "ResourceType": _SOURCE_TYPES[name]}


def _validate_source(inputs: Properties) -> list[tuple[str, str]]:
    if sum(name in inputs for name in _SOURCE_TYPES) == 1:
        return []
    return [("vpcId", f"set exactly one of {', '.join(_SOURCE_TYPES)}")]


def _source_output(prefix: str) -> OutputFunction:
    return from_response(lambda item: item["ResourceId"] if item["ResourceId"].startswith(prefix) else None)


TYPES = (
    EmulatedType(
        tokens=("aws:ec2/flowLog:FlowLog",),
        service="ec2",
        id="FlowLogIds",
        id_argument="FlowLogId",
        create=ApiCall("create_flow_logs", extra_args=_source_args, covers_inputs=tuple(_SOURCE_TYPES)),
        read=ApiCall("describe_flow_logs"),
        delete=ApiCall("delete_flow_logs"),
        names={"iamRoleArn": "DeliverLogsPermissionArn"},
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        outputs={
            "vpcId": _source_output("vpc-"),
            "subnetId": _source_output("subnet-"),
            "eniId": _source_output("eni-"),
        },
        arn=ec2_arn("vpc-flow-log"),
        tagging=Ec2Tags("vpc-flow-log"),
        validate=_validate_source,
    ),
)
