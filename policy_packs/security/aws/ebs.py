"""EBS volumes and snapshots: encrypted, private and in use."""

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.ec2_vpc import VPC
from policy_packs.security.property_rules import value_rule
from policy_packs.security.references import referrers

VOLUME = "aws:ebs/volume:Volume"
DEFAULT_ENCRYPTION = "aws:ebs/encryptionByDefault:EncryptionByDefault"
default_encryption = value_rule(
    "ebs-default-encryption-must-be-on",
    on=DEFAULT_ENCRYPTION,
    path="enabled",
    right=(None, True),
    why="Every disk of the region is encrypted, also the ones that nobody's program makes.",
    fix="set enabled=True",
    covers=["CKV_AWS_106", "CIS-AWS 5.1.1"],
)
closed_snapshots = value_rule(
    "ebs-snapshots-must-not-be-shareable",
    on="aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    path="state",
    right=("block-all-sharing",),
    why="A disk's snapshot that is shared with everybody is the disk, for everybody.",
    fix="set state to 'block-all-sharing'",
    severity=Severity.CRITICAL,
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


@stack_rule("region-must-encrypt-ebs-by-default", covers=["CKV_AWS_106", "CIS-AWS 5.1.1"])
def default_in_every_region(stack: Stack) -> StackFindings:
    """Where there is a network there will be a disk that somebody makes by hand."""
    regions = [default["region"] for default in stack.of_type(DEFAULT_ENCRYPTION)]
    for vpc in stack.of_type(VPC):
        if vpc["region"] not in regions:
            yield vpc, f"disks in the region of VPC {vpc.name} are not encrypted by default; add an EncryptionByDefault"


@stack_rule("ebs-volumes-must-be-used", covers=["AWSGuard ec2-volume-inuse"], severity=Severity.LOW)
def attached_volumes(stack: Stack) -> StackFindings:
    """A disk on no machine is forgotten, and its data are still there."""
    found = referrers(stack)
    for volume in stack.of_type(VOLUME):
        if volume.urn not in found:
            yield volume, f"volume {volume.name} is attached to nothing; attach or remove it"
