"""Keys of KMS: in force, with a policy that says who may use them, and not gone in a week."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.rules_identity import KEY
from policy_packs.security.settings import required, setting
from policy_packs.security.statements import NARROW, allowing, public

OTHER_KEYS = (
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)
LEAST_DAYS = 14

in_force = setting(
    "kms-keys-must-be-enabled",
    on=KEY,
    path="isEnabled",
    right=(None, True),
    why="What was encrypted with a disabled key can't be read by anybody, backups included.",
    fix="set is_enabled=True",
    covers=["CKV_AWS_227"],
    severity=Severity.MEDIUM,
)
with_policy = required(
    "kms-keys-must-have-policy",
    on=KEY,
    path="policy",
    why="The policy that AWS gives a key leaves it to every role of the account that may use keys.",
    fix="set policy: who administers the key, and which service uses it",
    covers=["CKV2_AWS_64"],
)


@rule(
    "kms-policy-must-not-be-public",
    on=(KEY, *OTHER_KEYS, "aws:kms/keyPolicy:KeyPolicy"),
    covers=["CKV_AWS_33"],
    severity=Severity.CRITICAL,
)
def private(key: Resource) -> Findings:
    """A key for everybody turns encrypted records into plain ones."""
    yield from public(allowing(key, "policy"), NARROW)


@rule("kms-keys-must-wait-before-deletion", on=(KEY, *OTHER_KEYS), severity=Severity.MEDIUM)
def waiting(key: Resource) -> Findings:
    """A deleted key takes everything along that it encrypted: the wait is the time to notice."""
    days = key.number("deletionWindowInDays")
    # AWS waits 30 days when nothing is said.
    if days is not None and days < LEAST_DAYS:
        yield f"is deleted after {days:.0f} days; set deletion_window_in_days to {LEAST_DAYS} or more"
