"""Machines and their disks: encrypted with our key, without addresses of the internet, replaced instead of repaired."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Reader, Resource
from policy_packs.security.pairs import users
from policy_packs.security.rules_firewall import VPC
from policy_packs.security.rules_network import INSTANCE, LAUNCH_TEMPLATE
from policy_packs.security.settings import setting

LAUNCH_CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
GROUP = "aws:autoscaling/group:Group"
VOLUME = "aws:ebs/volume:Volume"
DEFAULT_ENCRYPTION = "aws:ebs/encryptionByDefault:EncryptionByDefault"
ON = (True, "true")

default_encryption = setting(
    "ebs-default-encryption-must-be-on",
    on=DEFAULT_ENCRYPTION,
    path="enabled",
    right=(None, True),
    why="Every disk of the region is encrypted, also the ones that nobody's program makes.",
    fix="set enabled=True",
    covers=["CKV_AWS_106", "CIS-AWS 5.1.1"],
)
closed_snapshots = setting(
    "ebs-snapshots-must-not-be-shareable",
    on="aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    path="state",
    right=("block-all-sharing",),
    why="A disk's snapshot that is shared with everybody is the disk, for everybody.",
    fix="set state to 'block-all-sharing'",
    severity=Severity.CRITICAL,
)
closed_images = setting(
    "ami-must-not-be-public",
    on="aws:ec2/amiLaunchPermission:AmiLaunchPermission",
    path="group",
    right=(None,),
    why="Images carry what was on the machine they were made of, keys and configuration included.",
    fix="remove group; name the accounts that may launch the image",
    severity=Severity.CRITICAL,
)
metadata_defaults = setting(
    "ec2-defaults-must-require-imdsv2",
    on="aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    path="httpTokens",
    right=("required",),
    why="Machines that nobody's program makes need sessions for their metadata as well.",
    fix="set http_tokens to 'required'",
    covers=["CIS-AWS 5.7"],
)
monitoring = setting(
    "ec2-must-have-detailed-monitoring",
    on=INSTANCE,
    path="monitoring",
    right=(True,),
    why="Five minutes without a measurement is longer than most incidents take to spread.",
    fix="set monitoring=True",
    covers=["AWSGuard ec2-instance-detailed-monitoring-enabled"],
    severity=Severity.LOW,
)


@rule(
    "ebs-must-encrypt-volumes",
    on=(VOLUME, "aws:ebs/snapshotCopy:SnapshotCopy"),
    covers=["CKV_AWS_3", "CKV_AWS_189", "CKV2_AWS_2", "AWSGuard encrypted-volumes"],
)
def encrypted_volumes(volume: Resource) -> Findings:
    """Disks outlive machines: whoever finds one later must not be able to read it."""
    if volume.flag("encrypted") is not True:
        yield "is not encrypted; set encrypted=True and kms_key_id to the environment's volume key"
    elif not volume["kmsKeyId"]:
        yield "is encrypted with the AWS-managed key; set kms_key_id to the environment's volume key"


@rule(
    "ec2-must-encrypt-disks",
    on=(INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE),
    covers=["CKV_AWS_8", "AWSGuard encrypted-volumes"],
)
def encrypted_disks(resource: Resource) -> Findings:
    """What a machine writes to its own disk is as secret as what it writes to a database."""
    for name, disk in _disks(resource):
        if disk["encrypted"] not in ON:
            yield f"disk {name} is not encrypted; set encrypted on it"


@rule(
    "ec2-must-not-have-public-address",
    on=(INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE),
    covers=["CKV_AWS_88", "AWSGuard ec2-instance-no-public-ip"],
)
def no_address(resource: Resource) -> Findings:
    """The load balancer is what the internet talks to; machines have no address there."""
    holders = resource.each("networkInterfaces") if resource.kind == LAUNCH_TEMPLATE else [resource]
    for holder in holders:
        if holder["associatePublicIpAddress"] in ON:
            yield "associate_public_ip_address is on; turn it off"


@rule("ec2-must-limit-metadata-hops", on=(INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE), covers=["CKV_AWS_341"])
def hops(resource: Resource) -> Findings:
    """With one hop, answers of the metadata service end at the machine: no pod on it gets the machine's credentials."""
    limit = resource.number("metadataOptions.httpPutResponseHopLimit")
    if limit is not None and limit > 1:
        yield f"metadata answers travel {limit:.0f} hops; set http_put_response_hop_limit to 1"


@rule("asg-must-use-launch-template", on=GROUP, covers=["CKV_AWS_315"], severity=Severity.MEDIUM)
def launch_templates(group: Resource) -> Findings:
    """Launch configurations have no versions and nothing that AWS has invented since: it stopped adding to them."""
    if "launchTemplate" not in group and "mixedInstancesPolicy" not in group:
        yield "has no launch template; set launch_template instead of launch_configuration"


@stack_rule("region-must-encrypt-ebs-by-default", covers=["CKV_AWS_106", "CIS-AWS 5.1.1"])
def default_in_every_region(stack: Stack) -> StackFindings:
    """Where there is a network there will be a disk that somebody makes by hand."""
    regions = [default["region"] for default in stack.of(DEFAULT_ENCRYPTION)]
    for vpc in stack.of(VPC):
        if vpc["region"] not in regions:
            yield vpc, f"disks in the region of VPC {vpc.name} are not encrypted by default; add an EncryptionByDefault"


@stack_rule("ebs-volumes-must-be-used", covers=["AWSGuard ec2-volume-inuse"], severity=Severity.LOW)
def used(stack: Stack) -> StackFindings:
    """A disk on no machine is forgotten, and its data are still there."""
    found = users(stack)
    for volume in stack.of(VOLUME):
        if volume.urn not in found:
            yield volume, f"volume {volume.name} is attached to nothing; attach or remove it"


def _disks(resource: Resource) -> Iterator[tuple[str, Reader]]:
    """The disks that a machine gets, each with a name for sentences."""
    if resource.kind == LAUNCH_TEMPLATE:
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
