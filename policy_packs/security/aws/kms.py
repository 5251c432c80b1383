"""KMS keys (rotated, enabled, private and slow to delete) and their grants."""

from collections.abc import Set

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.accounts import ACCOUNT, account_of, account_of_principal, own_accounts
from policy_packs.security.denials import spares_somebody
from policy_packs.security.iam_permissions import granted_actions
from policy_packs.security.property_rules import presence_rule, value_rule
from policy_packs.security.statements import (
    NARROWING_ADVICE,
    allow_statements,
    applies_to_everyone,
    deny_statements,
    principals,
    public_findings,
)

KEY = "aws:kms/key:Key"
GRANT = "aws:kms/grant:Grant"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
CHANGE_POLICY = "kms:PutKeyPolicy"
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
    on=(KEY, *OTHER_KEYS, KEY_POLICY),
    covers=["CKV_AWS_33"],
    severity=Severity.CRITICAL,
)
def private_policy(key: Resource) -> Findings:
    """Records are readable by everyone if everyone may use the key that encrypts them."""
    yield from public_findings(allow_statements(key, "policy"), NARROWING_ADVICE)


@rule("kms-policy-must-not-lock-out", on=(KEY, *OTHER_KEYS, KEY_POLICY))
def no_lockout(key: Resource, context: Context) -> Findings:
    """If nobody can change a key policy any more, a mistake in it makes everything that the key encrypted unreadable.

    A principal of the stack's own account must be allowed kms:PutKeyPolicy without a condition, and no Deny statement
    may take this permission away. A condition excuses a Deny statement only if it spares a principal of the account.
    """
    if key.flag("bypassPolicyLockoutSafetyCheck"):
        yield "bypass_policy_lockout_safety_check is on. Remove it, so that AWS refuses such a policy."
    if key.document("policy") is None:
        return
    accounts = own_accounts(key, context)
    allowed = {
        principal
        for statement in allow_statements(key, "policy")
        if _always_allows(statement, CHANGE_POLICY) and _names_key(statement, key)
        for principal in _own_principals(statement, accounts)
    }
    denials = [
        each
        for each in deny_statements(key, "policy")
        if granted_actions(each, (CHANGE_POLICY,)) and not spares_somebody(each, accounts)
    ]
    if not any(all(_spares(denial, principal) for denial in denials) for principal in allowed):
        yield (
            f"No principal of the account is allowed {CHANGE_POLICY} without a condition, or a Deny statement takes "
            "the permission away. Allow it to the account's root or to the role of the administrators."
        )


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
def grants_in_the_account(grant: Resource, context: Context) -> Findings:
    """A grant lets its principal use the key but appears in no policy, so the principal must be in the same account.

    The account is the stack's own, or otherwise the one in the key's ARN. With CreateGrant, a
    principal could give the key to any account.
    """
    if "CreateGrant" in grant.texts("operations"):
        yield "The grant allows CreateGrant, so its principal can give the key to other accounts. Remove the operation."
    accounts = own_accounts(grant, context)
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


def _always_allows(statement: Fields, action: str) -> bool:
    """Return True if a statement without a condition covers an action."""
    return not statement.fields("Condition") and bool(granted_actions(statement, (action,)))


def _names_key(statement: Fields, key: Resource) -> bool:
    """Return True if the resources of a statement are the key, by `*` or by its ARN."""
    key_id = key.text("keyId") if key.type == KEY_POLICY else None
    return any(
        each == "*" or (bool(key_id) and account_of(each) != "" and key_id in {each, each.rpartition(":key/")[2]})
        for each in statement.texts("Resource")
    )


def _own_principals(statement: Fields, accounts: Set[str]) -> tuple[str, ...]:
    """Return the principals of a statement that are in one of the accounts.

    If no account is known, every AWS principal counts.
    """
    if applies_to_everyone(statement):
        return ("*",)
    named = principals(statement, "AWS")
    return tuple(each for each in named if not accounts or account_of_principal(each) in accounts)


def _spares(denial: Fields, principal: str) -> bool:
    """Return True if a Deny statement does not apply to a principal.

    A statement that names a whole account applies to each of its principals.
    """
    if "NotPrincipal" in denial:
        excluded = denial.fields("NotPrincipal").texts("AWS")
        return principal in excluded
    if applies_to_everyone(denial):
        return False
    named = principals(denial, "AWS")
    accounts = {account_of_principal(each) for each in named if ACCOUNT.fullmatch(each) or each.endswith(":root")}
    return principal not in named and account_of_principal(principal) not in accounts
