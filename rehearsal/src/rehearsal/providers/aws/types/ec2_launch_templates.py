"""EC2 launch templates."""

from rehearsal.providers.aws.calls import Args, input_shape
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.mapping import members, to_aws
from rehearsal.providers.aws.table import ApiCall, AutoName, CustomUpdate, EmulatedType, ExtraRead
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.aws.types.ec2_vpc import ec2_arn

_NAMES = {
    "vpcSecurityGroupIds": "SecurityGroupIds",
    "securityGroupNames": "SecurityGroups",
    "iamInstanceProfile": "IamInstanceProfile",
    "description": "VersionDescription",
    "memoryMib": "MemoryMiB",
    "vcpuCount": "VCpuCount",
}
_NOT_IN_DATA = ("description", "name", "defaultVersion", "updateDefaultVersion")


def _launch_template_data(context: OperationContext) -> Args:
    shape = members(input_shape("ec2", "create_launch_template"))["LaunchTemplateData"]
    inputs = {name: value for name, value in context.inputs.items() if name not in (*_NOT_IN_DATA, "tags", "tagsAll")}
    data: Args = to_aws(shape, inputs, _NAMES)
    return data


def _create_version(context: OperationContext) -> None:
    """Create a new version and, if the program requests it, make it the default."""
    version = context.call(
        "create_launch_template_version",
        {
            "LaunchTemplateId": context.id,
            "VersionDescription": context.inputs.get("description"),
            "LaunchTemplateData": _launch_template_data(context),
        },
    )
    default = context.inputs.get("defaultVersion")
    if context.inputs.get("updateDefaultVersion"):
        default = version["LaunchTemplateVersion"]["VersionNumber"]
    if default:
        context.call("modify_launch_template", {"LaunchTemplateId": context.id, "DefaultVersion": str(default)})


def _latest_version_args(context: OperationContext) -> Args:
    return {"LaunchTemplateId": context.id, "Versions": ["$Latest"]}


def _data_path(path: str) -> str:
    return f"LaunchTemplateVersions[0].LaunchTemplateData.{path}"


_DATA_INPUTS = {
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
    EmulatedType(
        tokens=("aws:ec2/launchTemplate:LaunchTemplate",),
        service="ec2",
        id="LaunchTemplateId",
        create=ApiCall(
            "create_launch_template",
            args=lambda context: {
                "LaunchTemplateName": context.inputs["name"],
                "VersionDescription": context.inputs.get("description"),
                "LaunchTemplateData": _launch_template_data(context),
            },
            covers_inputs=(*_DATA_INPUTS, "name", "description"),
        ),
        read=ApiCall("describe_launch_templates"),
        update=[
            CustomUpdate(
                inputs=(*_DATA_INPUTS, "description", "defaultVersion"),
                run=_create_version,
                on_create=False,
            ),
        ],
        delete=ApiCall("delete_launch_template"),
        names={**_NAMES, "name": "LaunchTemplateName"},
        autoname=AutoName(max_length=128),
        force_new=("name",),
        state_only=("updateDefaultVersion",),
        outputs={"defaultVersion": "DefaultVersionNumber", "latestVersion": "LatestVersionNumber"},
        arn=ec2_arn("launch-template"),
        extra_reads=[
            ExtraRead(
                "describe_launch_template_versions",
                args=_latest_version_args,
                outputs={
                    "description": "LaunchTemplateVersions[0].VersionDescription",
                    **{name: _data_path(path) for name, path in _DATA_INPUTS.items()},
                },
            ),
        ],
        tagging=Ec2Tags("", separate_read=True),
    ),
)
