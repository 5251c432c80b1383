"""EC2 instances, launch templates and images: IMDSv2, encrypted disks, no public addresses."""

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
    right=(None,),
    why="Images carry what was on the machine they were made of, keys and configuration included.",
    fix="remove group; name the accounts that may launch the image",
    severity=Severity.CRITICAL,
)
metadata_defaults = value_rule(
    "ec2-defaults-must-require-imdsv2",
    on="aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    path="httpTokens",
    right=("required",),
    why="Machines that nobody's program makes need sessions for their metadata as well.",
    fix="set http_tokens to 'required'",
    covers=["CIS-AWS 5.7"],
)
monitoring = value_rule(
    "ec2-must-have-detailed-monitoring",
    on=INSTANCE,
    path="monitoring",
    right=(True,),
    why="Five minutes without a measurement is longer than most incidents take to spread.",
    fix="set monitoring=True",
    covers=["AWSGuard ec2-instance-detailed-monitoring-enabled"],
    severity=Severity.LOW,
)
instance_role = presence_rule(
    "ec2-must-have-role",
    on=INSTANCE,
    path="iamInstanceProfile",
    covers=["CIS-AWS 1.17"],
    why="A program on a machine without a role of its own is given an access key, which then lies about there.",
    fix="set iam_instance_profile",
)


@rule(
    "ec2-must-require-imdsv2",
    on=(INSTANCE, LAUNCH_TEMPLATE),
    covers=["CKV_AWS_79", "CIS-AWS 5.7"],
)
def imdsv2(resource: Resource) -> Findings:
    """With version 1 of the metadata service, one forged request of a web server gives away its role's credentials."""
    if resource["metadataOptions.httpTokens"] == "required" or resource["metadataOptions.httpEndpoint"] == "disabled":
        return
    if resource.type == INSTANCE and "launchTemplate" in resource and "metadataOptions" not in resource:
        return
    yield "the instance metadata service answers without a session; set metadata_options.http_tokens to 'required'"


@rule(
    "ec2-must-encrypt-disks",
    on=(INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE),
    covers=["CKV_AWS_8", "AWSGuard encrypted-volumes"],
)
def encrypted_disks(resource: Resource) -> Findings:
    """What a machine writes to its own disk is as secret as what it writes to a database."""
    for name, disk in _disks(resource):
        if disk["encrypted"] not in ON_VALUES:
            yield f"disk {name} is not encrypted; set encrypted on it"


@rule(
    "ec2-must-not-have-public-address",
    on=(INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE),
    covers=["CKV_AWS_88", "AWSGuard ec2-instance-no-public-ip"],
)
def no_public_address(resource: Resource) -> Findings:
    """The load balancer is what the internet talks to; machines have no address there."""
    holders = resource.each("networkInterfaces") if resource.type == LAUNCH_TEMPLATE else [resource]
    for holder in holders:
        if holder["associatePublicIpAddress"] in ON_VALUES:
            yield "associate_public_ip_address is on; turn it off"


@rule("ec2-must-limit-metadata-hops", on=(INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE), covers=["CKV_AWS_341"])
def metadata_hops(resource: Resource) -> Findings:
    """With one hop, answers of the metadata service end at the machine: no pod on it gets the machine's credentials."""
    limit = resource.number("metadataOptions.httpPutResponseHopLimit")
    if limit is not None and limit > 1:
        yield f"metadata answers travel {limit:.0f} hops; set http_put_response_hop_limit to 1"


def _disks(resource: Resource) -> Iterator[tuple[str, Reader]]:
    """The disks that a machine gets, each with a name for sentences."""
    if resource.type == LAUNCH_TEMPLATE:
        for mapping in resource.each("blockDeviceMappings"):
            if "ebs" in mapping:
                yield mapping.text("deviceName") or "without a name", mapping.fields("ebs")
        return
    # A machine of a launch template has the template's disks, unless it says otherwise.
    if "rootBlockDevice" in resource or "launchTemplate" not in resource:
        yield "of the system", resource.fields("rootBlockDevice")
    for disk in resource.each("ebsBlockDevices"):
        # A disk of a snapshot is encrypted as the snapshot is.
        if not disk["snapshotId"]:
            yield disk.text("deviceName") or "without a name", disk
