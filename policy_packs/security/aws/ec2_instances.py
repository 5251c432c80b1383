"""EC2 instances, launch templates and images."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Reader, Resource
from policy_packs.security.property_rules import presence_rule, value_rule

INSTANCE = "aws:ec2/instance:Instance"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
LAUNCH_CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
ON_VALUES = (True, "true")

closed_images = value_rule(
    "ami-must-not-be-public",
    on="aws:ec2/amiLaunchPermission:AmiLaunchPermission",
    path="group",
    allowed=(None,),
    rationale="An AMI contains everything on the instance that it was created from, including keys and configuration.",
    fix="Remove `group`, and name the accounts that may launch the image.",
    severity=Severity.CRITICAL,
)
metadata_defaults = value_rule(
    "ec2-defaults-must-require-imdsv2",
    on="aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    path="httpTokens",
    allowed=("required",),
    rationale="Instances that are created by hand must require IMDSv2 too.",
    fix="Set http_tokens to 'required'.",
    covers=["CIS-AWS 5.7"],
)
monitoring = value_rule(
    "ec2-must-have-detailed-monitoring",
    on=INSTANCE,
    path="monitoring",
    allowed=(True,),
    rationale="Basic monitoring measures every five minutes, and most incidents spread faster than that.",
    fix="Set monitoring=True.",
    covers=["AWSGuard ec2-instance-detailed-monitoring-enabled"],
    severity=Severity.LOW,
)
instance_role = presence_rule(
    "ec2-must-have-role",
    on=INSTANCE,
    path="iamInstanceProfile",
    covers=["CIS-AWS 1.17"],
    rationale="A program on an instance without a role needs an access key, which is then stored on the instance.",
    fix="Set iam_instance_profile.",
)


@rule(
    "ec2-must-require-imdsv2",
    on=(INSTANCE, LAUNCH_TEMPLATE),
    covers=["CKV_AWS_79", "CIS-AWS 5.7"],
)
def imdsv2(resource: Resource) -> Findings:
    """With IMDSv1, one forged request through a web server reveals the credentials of the instance's role."""
    if resource["metadataOptions.httpTokens"] == "required" or resource["metadataOptions.httpEndpoint"] == "disabled":
        return
    if resource.type == INSTANCE and "launchTemplate" in resource and "metadataOptions" not in resource:
        return
    yield (
        "The instance metadata service answers without a session token. Set metadata_options.http_tokens to 'required'."
    )


@rule(
    "ec2-must-encrypt-disks",
    on=(INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE),
    covers=["CKV_AWS_8", "AWSGuard encrypted-volumes"],
)
def encrypted_disks(resource: Resource) -> Findings:
    """Data on an instance's volumes is as sensitive as data in a database."""
    for name, disk in _disks(resource):
        if disk["encrypted"] not in ON_VALUES:
            yield f"{name} is not encrypted. Set encrypted to true."


@rule(
    "ec2-must-not-have-public-address",
    on=(INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE),
    covers=["CKV_AWS_88", "AWSGuard ec2-instance-no-public-ip"],
)
def no_public_address(resource: Resource) -> Findings:
    """The internet reaches the platform through load balancers only, so instances need no public address."""
    interfaces = resource.each("networkInterfaces") if resource.type == LAUNCH_TEMPLATE else [resource]
    for interface in interfaces:
        if interface["associatePublicIpAddress"] in ON_VALUES:
            yield "associate_public_ip_address is on. Set it to false."


@rule("ec2-must-limit-metadata-hops", on=(INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE), covers=["CKV_AWS_341"])
def metadata_hops(resource: Resource) -> Findings:
    """With a hop limit of 1, pods cannot obtain the credentials of their node from the metadata service."""
    limit = resource.number("metadataOptions.httpPutResponseHopLimit")
    if limit is not None and limit > 1:
        yield f"The metadata hop limit is {limit:.0f}. Set http_put_response_hop_limit to 1."


def _disks(resource: Resource) -> Iterator[tuple[str, Reader]]:
    """Yield the volumes of an instance, each with its name for messages."""
    if resource.type == LAUNCH_TEMPLATE:
        for mapping in resource.each("blockDeviceMappings"):
            if "ebs" in mapping:
                yield _volume_name(mapping), mapping.fields("ebs")
        return
    # An instance from a launch template has the template's volumes unless it overrides them.
    if "rootBlockDevice" in resource or "launchTemplate" not in resource:
        yield "The root volume", resource.fields("rootBlockDevice")
    for disk in resource.each("ebsBlockDevices"):
        # A volume that is created from a snapshot is encrypted if the snapshot is.
        if not disk["snapshotId"]:
            yield _volume_name(disk), disk


def _volume_name(device: Reader) -> str:
    name = device.text("deviceName")
    return f"Volume {name}" if name else "A volume without a device name"
