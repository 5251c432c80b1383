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
    allowed=(None, True),
    rationale="Default encryption covers every volume in the region, including volumes that are created by hand.",
    fix="Set enabled=True.",
    covers=["CKV_AWS_106", "CIS-AWS 5.1.1"],
)
closed_snapshots = value_rule(
    "ebs-snapshots-must-not-be-shareable",
    on="aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    path="state",
    allowed=("block-all-sharing",),
    rationale="A public snapshot gives everyone the contents of the volume.",
    fix="Set `state` to 'block-all-sharing'.",
    severity=Severity.CRITICAL,
)


@rule(
    "ebs-must-encrypt-volumes",
    on=(VOLUME, "aws:ebs/snapshotCopy:SnapshotCopy"),
    covers=["CKV_AWS_3", "CKV_AWS_189", "CKV2_AWS_2", "AWSGuard encrypted-volumes"],
)
def encrypted_volumes(volume: Resource) -> Findings:
    """Volumes outlive their instances, so their contents must be unreadable to anyone who obtains a volume later."""
    if volume.flag("encrypted") is not True:
        yield "The volume is not encrypted. Set encrypted=True and kms_key_id to the environment's volume key."
    elif not volume["kmsKeyId"]:
        yield "The volume is encrypted with the AWS-managed key. Set kms_key_id to the environment's volume key."


@stack_rule("region-must-encrypt-ebs-by-default", covers=["CKV_AWS_106", "CIS-AWS 5.1.1"])
def default_in_every_region(stack: Stack) -> StackFindings:
    """Somebody could create a volume by hand in any region with a VPC. Only default encryption covers such a volume."""
    regions = [default["region"] for default in stack.of_type(DEFAULT_ENCRYPTION)]
    for vpc in stack.of_type(VPC):
        if vpc["region"] not in regions:
            yield (
                vpc,
                f"Volumes in the region of VPC {vpc.name} are not encrypted by default. Add an EncryptionByDefault.",
            )


@stack_rule("ebs-volumes-must-be-used", covers=["AWSGuard ec2-volume-inuse"], severity=Severity.LOW)
def attached_volumes(stack: Stack) -> StackFindings:
    """An unattached volume is easily forgotten, but it still holds its data."""
    users = referrers(stack)
    for volume in stack.of_type(VOLUME):
        if volume.urn not in users:
            yield volume, f"Volume {volume.name} is not attached to any instance. Attach it or remove it."
