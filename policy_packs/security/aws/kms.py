"""KMS keys: rotated, enabled, private and slow to delete."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.property_rules import presence_rule, value_rule
from policy_packs.security.statements import NARROWING_ADVICE, allow_statements, public_findings

KEY = "aws:kms/key:Key"
OTHER_KEYS = (
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)
MIN_DELETION_DAYS = 14
enabled_keys = value_rule(
    "kms-keys-must-be-enabled",
    on=KEY,
    path="isEnabled",
    right=(None, True),
    why="What was encrypted with a disabled key can't be read by anybody, backups included.",
    fix="set is_enabled=True",
    covers=["CKV_AWS_227"],
    severity=Severity.MEDIUM,
)
with_policy = presence_rule(
    "kms-keys-must-have-policy",
    on=KEY,
    path="policy",
    why="The policy that AWS gives a key leaves it to every role of the account that may use keys.",
    fix="set policy: who administers the key, and which service uses it",
    covers=["CKV2_AWS_64"],
)


@rule(
    "kms-must-rotate-keys",
    on=KEY,
    covers=["CKV_AWS_7", "CIS-AWS 3.6", "AWSGuard cmk-backing-key-rotation-enabled"],
)
def rotation(key: Resource) -> Findings:
    """A key that never changes protects everything it ever encrypted with one secret."""
    # AWS rotates symmetric encryption keys only.
    if key["keyUsage"] not in {None, "ENCRYPT_DECRYPT"}:
        return
    if key["customerMasterKeySpec"] not in {None, "SYMMETRIC_DEFAULT"}:
        return
    if key.flag("enableKeyRotation") is not True:
        yield "enable_key_rotation is not on; set it to True"


@rule(
    "kms-policy-must-not-be-public",
    on=(KEY, *OTHER_KEYS, "aws:kms/keyPolicy:KeyPolicy"),
    covers=["CKV_AWS_33"],
    severity=Severity.CRITICAL,
)
def private_policy(key: Resource) -> Findings:
    """A key for everybody turns encrypted records into plain ones."""
    yield from public_findings(allow_statements(key, "policy"), NARROWING_ADVICE)


@rule("kms-keys-must-wait-before-deletion", on=(KEY, *OTHER_KEYS), severity=Severity.MEDIUM)
def deletion_window(key: Resource) -> Findings:
    """A deleted key takes everything along that it encrypted: the wait is the time to notice."""
    days = key.number("deletionWindowInDays")
    # AWS waits 30 days when nothing is said.
    if days is not None and days < MIN_DELETION_DAYS:
        yield f"is deleted after {days:.0f} days; set deletion_window_in_days to {MIN_DELETION_DAYS} or more"
