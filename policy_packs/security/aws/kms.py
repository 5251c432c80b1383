"""KMS keys (rotated, enabled, private and slow to delete) and their grants."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.accounts import account_of, own_accounts
from policy_packs.security.property_rules import presence_rule, value_rule
from policy_packs.security.statements import NARROWING_ADVICE, allow_statements, public_findings

KEY = "aws:kms/key:Key"
GRANT = "aws:kms/grant:Grant"
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
    allowed=(None, True),
    rationale="Data that is encrypted with a disabled key cannot be read, including backups.",
    fix="Set is_enabled=True.",
    covers=["CKV_AWS_227"],
    severity=Severity.MEDIUM,
)
with_policy = presence_rule(
    "kms-keys-must-have-policy",
    on=KEY,
    path="policy",
    rationale="AWS's default key policy lets every role of the account with KMS permissions use the key.",
    fix="Set a policy that names who administers the key and which services use it.",
    covers=["CKV2_AWS_64"],
)


@rule(
    "kms-must-rotate-keys",
    on=KEY,
    covers=["CKV_AWS_7", "CIS-AWS 3.6", "AWSGuard cmk-backing-key-rotation-enabled"],
)
def rotation(key: Resource) -> Findings:
    """Without rotation, the same key material protects everything that the key has ever encrypted."""
    # AWS rotates symmetric encryption keys only.
    if key["keyUsage"] not in {None, "ENCRYPT_DECRYPT"}:
        return
    if key["customerMasterKeySpec"] not in {None, "SYMMETRIC_DEFAULT"}:
        return
    if key.flag("enableKeyRotation") is not True:
        yield "enable_key_rotation is not on. Set it to True."


@rule(
    "kms-policy-must-not-be-public",
    on=(KEY, *OTHER_KEYS, "aws:kms/keyPolicy:KeyPolicy"),
    covers=["CKV_AWS_33"],
    severity=Severity.CRITICAL,
)
def private_policy(key: Resource) -> Findings:
    """Records are readable by everyone if everyone may use the key that encrypts them."""
    yield from public_findings(allow_statements(key, "policy"), NARROWING_ADVICE)


@rule("kms-keys-must-wait-before-deletion", on=(KEY, *OTHER_KEYS), severity=Severity.MEDIUM)
def deletion_window(key: Resource) -> Findings:
    """Deleting a key makes everything it encrypted unreadable. The waiting period leaves time to notice a mistake."""
    days = key.number("deletionWindowInDays")
    # AWS's default is 30 days.
    if days is not None and days < MIN_DELETION_DAYS:
        yield (
            f"A deleted key can be recovered for only {days:.0f} days. Set deletion_window_in_days to "
            f"{MIN_DELETION_DAYS} or more."
        )


@rule("kms-grants-must-stay-in-the-account", on=GRANT, severity=Severity.CRITICAL)
def grants_in_the_account(grant: Resource) -> Findings:
    """A grant lets its principal use the key but appears in no policy, so the principal must be in the same account.

    The account is the one to which the provider is limited, or otherwise the one in the key's ARN. With CreateGrant, a
    principal could give the key to any account.
    """
    if "CreateGrant" in grant.texts("operations"):
        yield "The grant allows CreateGrant, so its principal can give the key to other accounts. Remove the operation."
    accounts = own_accounts(grant)
    if not accounts and (account := account_of(grant.text("keyId") or "")):
        accounts = frozenset({account})
    if not accounts:
        yield "The key's account is not known. Set key_id to the key's ARN, or allowed_account_ids on the provider."
        return
    for path in ("granteePrincipal", "retiringPrincipal"):
        principal = grant.text(path)
        if principal is not None and account_of(principal) not in accounts:
            yield (
                f"`{path}` is {principal}, which is not in account {', '.join(sorted(accounts))}. Name a role of the "
                "key's account."
            )
