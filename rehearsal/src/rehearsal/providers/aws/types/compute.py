"""EC2: what networks and machines need beside routes: endpoints, flow logs and launch templates."""

from typing import Any

from rehearsal.providers.aws.calls import Args, input_shape
from rehearsal.providers.aws.mapping import members, to_aws
from rehearsal.providers.aws.table import Auto, Look, ResourceType, Step, of_item, op
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.aws.types.network import ec2_arn
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties

_SETS = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}


def _modify_endpoint_sets(work: Work) -> None:
    """AWS takes what comes and what goes, not the whole set."""
    args: Args = {"VpcEndpointId": work.id}
    for name, member in _SETS.items():
        old, new = set(work.old.get(name) or []), set(work.new.get(name) or [])
        args |= {f"Add{member}": sorted(new - old) or None, f"Remove{member}": sorted(old - new) or None}
    work.call("modify_vpc_endpoint", args)


def _modify_endpoint_policy(work: Work) -> None:
    policy = work.new.get("policy")
    change = {"PolicyDocument": policy} if policy else {"ResetPolicy": True}
    work.call("modify_vpc_endpoint", {"VpcEndpointId": work.id, **change})


_FLOW_SOURCES = {
    "vpcId": "VPC",
    "subnetId": "Subnet",
    "eniId": "NetworkInterface",
    "transitGatewayId": "TransitGateway",
    "transitGatewayAttachmentId": "TransitGatewayAttachment",
    "regionalNatGatewayId": "RegionalNatGateway",
}


def _flow_source(work: Work) -> Args:
    name = next(name for name in _FLOW_SOURCES if work.new.get(name))
    return {"ResourceIds": [work.new[name]], "ResourceType": _FLOW_SOURCES[name]}


def _one_flow_source(inputs: Properties) -> list[tuple[str, str]]:
    if sum(name in inputs for name in _FLOW_SOURCES) == 1:
        return []
    return [("vpcId", f"exactly one of {', '.join(_FLOW_SOURCES)} must be given")]


def _flow_output(prefix: str) -> Any:
    return of_item(lambda item: item["ResourceId"] if item["ResourceId"].startswith(prefix) else None)


_TEMPLATE_NAMES = {
    "vpcSecurityGroupIds": "SecurityGroupIds",
    "securityGroupNames": "SecurityGroups",
    "iamInstanceProfile": "IamInstanceProfile",
    "description": "VersionDescription",
    "memoryMib": "MemoryMiB",
    "vcpuCount": "VCpuCount",
}
_NOT_DATA = ("description", "name", "defaultVersion", "updateDefaultVersion")


def _template_data(work: Work) -> Args:
    shape = members(input_shape("ec2", "create_launch_template"))["LaunchTemplateData"]
    wanted = {name: value for name, value in work.new.items() if name not in (*_NOT_DATA, "tags", "tagsAll")}
    data: Args = to_aws(shape, wanted, _TEMPLATE_NAMES)
    return data


def _template_version(work: Work) -> None:
    """A changed template is a new version; it becomes the default one when the program says so."""
    made = work.call(
        "create_launch_template_version",
        {
            "LaunchTemplateId": work.id,
            "VersionDescription": work.new.get("description"),
            "LaunchTemplateData": _template_data(work),
        },
    )
    default = work.new.get("defaultVersion")
    if work.new.get("updateDefaultVersion"):
        default = made["LaunchTemplateVersion"]["VersionNumber"]
    if default:
        work.call("modify_launch_template", {"LaunchTemplateId": work.id, "DefaultVersion": str(default)})


def _latest(work: Work) -> Args:
    return {"LaunchTemplateId": work.id, "Versions": ["$Latest"]}


def _data(path: str) -> str:
    return f"LaunchTemplateVersions[0].LaunchTemplateData.{path}"


_TEMPLATE_INPUTS = {
    "blockDeviceMappings": "BlockDeviceMappings",
    "capacityReservationSpecification": "CapacityReservationSpecification",
    "cpuOptions": "CpuOptions",
    "creditSpecification": "CreditSpecification",
    "disableApiStop": "DisableApiStop",
    "disableApiTermination": "DisableApiTermination",
    "ebsOptimized": "EbsOptimized",
    "enclaveOptions": "EnclaveOptions",
    "hibernationOptions": "HibernationOptions",
    "iamInstanceProfile": "IamInstanceProfile",
    "imageId": "ImageId",
    "instanceInitiatedShutdownBehavior": "InstanceInitiatedShutdownBehavior",
    "instanceMarketOptions": "InstanceMarketOptions",
    "instanceRequirements": "InstanceRequirements",
    "instanceType": "InstanceType",
    "kernelId": "KernelId",
    "keyName": "KeyName",
    "licenseSpecifications": "LicenseSpecifications",
    "maintenanceOptions": "MaintenanceOptions",
    "metadataOptions": "MetadataOptions",
    "monitoring": "Monitoring",
    "networkInterfaces": "NetworkInterfaces",
    "placement": "Placement",
    "privateDnsNameOptions": "PrivateDnsNameOptions",
    "ramDiskId": "RamDiskId",
    "securityGroupNames": "SecurityGroups",
    "tagSpecifications": "TagSpecifications",
    "userData": "UserData",
    "vpcSecurityGroupIds": "SecurityGroupIds",
}

TYPES = (
    ResourceType(
        tokens=("aws:ec2/vpcEndpoint:VpcEndpoint",),
        service="ec2",
        id="VpcEndpointId",
        create=op("create_vpc_endpoint"),
        read=op("describe_vpc_endpoints"),
        ready="State=='available' || State=='pendingAcceptance' || State=='Available'",
        failed="State=='failed' || State=='rejected'",
        gone="State=='deleted' || State=='Deleted' || State=='deleting'",
        update=[
            Step(inputs=tuple(_SETS), run=_modify_endpoint_sets, on_create=False),
            Step(inputs=("policy",), run=_modify_endpoint_policy, on_create=False),
            op("modify_vpc_endpoint"),
        ],
        delete=op("delete_vpc_endpoints"),
        names={"policy": "PolicyDocument"},
        defaults={"vpcEndpointType": "Gateway"},
        outputs={"securityGroupIds": "Groups[].GroupId"},
        arn=ec2_arn("vpc-endpoint"),
        tagging=Ec2Tags("vpc-endpoint"),
    ),
    ResourceType(
        tokens=("aws:ec2/flowLog:FlowLog",),
        service="ec2",
        id="FlowLogIds",
        key="FlowLogId",
        create=op("create_flow_logs", beside=_flow_source, carries=tuple(_FLOW_SOURCES)),
        read=op("describe_flow_logs"),
        delete=op("delete_flow_logs"),
        names={"iamRoleArn": "DeliverLogsPermissionArn"},
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        outputs={
            "vpcId": _flow_output("vpc-"),
            "subnetId": _flow_output("subnet-"),
            "eniId": _flow_output("eni-"),
        },
        arn=ec2_arn("vpc-flow-log"),
        tagging=Ec2Tags("vpc-flow-log"),
        validate=_one_flow_source,
    ),
    ResourceType(
        tokens=("aws:ec2/launchTemplate:LaunchTemplate",),
        service="ec2",
        id="LaunchTemplateId",
        create=op(
            "create_launch_template",
            lambda work: {
                "LaunchTemplateName": work.new["name"],
                "VersionDescription": work.new.get("description"),
                "LaunchTemplateData": _template_data(work),
            },
            inputs=(*_TEMPLATE_INPUTS, "name", "description"),
        ),
        read=op("describe_launch_templates"),
        update=[
            Step(
                inputs=(*_TEMPLATE_INPUTS, "description", "defaultVersion"),
                run=_template_version,
                on_create=False,
            ),
        ],
        delete=op("delete_launch_template"),
        names={**_TEMPLATE_NAMES, "name": "LaunchTemplateName"},
        auto=Auto(limit=128),
        force=("name",),
        local=("updateDefaultVersion",),
        outputs={"defaultVersion": "DefaultVersionNumber", "latestVersion": "LatestVersionNumber"},
        arn=ec2_arn("launch-template"),
        also=[
            Look(
                name="describe_launch_template_versions",
                args=_latest,
                outputs={
                    "description": "LaunchTemplateVersions[0].VersionDescription",
                    **{name: _data(path) for name, path in _TEMPLATE_INPUTS.items()},
                },
            ),
        ],
        tagging=Ec2Tags("", listed=True),
    ),
)
