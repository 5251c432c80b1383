"""ElastiCache: encrypted, authenticated, patched and recoverable."""

from policy_packs.kernel.context import Context, Tightening, per_environment
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.levels import PRODUCTION_LIKE

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
CACHE_NODE = "aws:elasticache/cluster:Cluster"
USER = "aws:elasticache/user:User"
AUTHENTICATION_TYPES = frozenset({"iam", "password"})


@rule(
    "elasticache-must-encrypt",
    on=GROUP,
    covers=["CKV_AWS_29", "CKV_AWS_30", "CKV_AWS_191"],
    severity=Severity.CRITICAL,
)
def encryption(cache: Resource) -> Findings:
    """Anyone who reads a session can take it over, so sessions must be encrypted in transit and at rest."""
    if cache.flag("atRestEncryptionEnabled") is not True:
        yield "at_rest_encryption_enabled is not on. Set it to True, and set kms_key_id."
    elif not cache["kmsKeyId"]:
        yield "The cache is encrypted with the AWS-managed key. Set kms_key_id to the environment's cache key."
    if cache.flag("transitEncryptionEnabled") is not True:
        yield "transit_encryption_enabled is not on. Set it to True."
    elif cache.text("transitEncryptionMode") == "preferred":
        yield "transit_encryption_mode is 'preferred', which accepts clients without TLS. Set it to 'required'."


@rule("elasticache-must-authenticate", on=GROUP, covers=["CKV_AWS_31"], severity=Severity.HIGH)
def authentication(cache: Resource) -> Findings:
    """A cache without authentication is open to every pod that can reach it."""
    if not cache["authToken"] and not cache.texts("userGroupIds"):
        yield "The cache does not authenticate its clients. Set user_group_ids (or auth_token)."


@rule("elasticache-users-must-authenticate", on=USER, severity=Severity.CRITICAL)
def user_authentication(user: Resource) -> Findings:
    """Everyone who reaches the cache can sign in as a user without a password.

    A user group needs a user named default. A user without a password passes only if the access string begins with
    `off`, never turns the user on and allows no command.
    """
    mode = user.text("authenticationMode.type")
    if user.flag("noPasswordRequired") or mode not in {None, *AUTHENTICATION_TYPES}:
        authenticates = False
    else:
        authenticates = mode is not None or bool(user.texts("passwords"))
    if not authenticates and not _is_off(user.text("accessString") or ""):
        yield (
            "The user signs in without a password. Set authentication_mode to type iam or password, or turn the user "
            "off with the access string 'off ~* -@all'."
        )


def _is_off(access: str) -> bool:
    """Return True if an access string (Redis ACL) allows its user nothing."""
    first, *others = access.lower().split() or [""]
    allowing = [each for each in others if each in {"on", "allcommands"} or each[0] in "+("]
    return first == "off" and not allowing


@rule(
    "elasticache-must-keep-snapshots",
    on=GROUP,
    covers=["CKV_AWS_134"],
    severity=Severity.MEDIUM,
    settings={
        "minimumDays": per_environment(
            "Minimum days to keep snapshots", dev=1, staging=1, preprod=7, prod=7, tightening=Tightening.HIGHER
        )
    },
)
def snapshots(cache: Resource, context: Context) -> Findings:
    """The platform's requirements include daily snapshots, from which a lost cache can be restored."""
    days, least = cache.number("snapshotRetentionLimit") or 0, context.floor("minimumDays")
    if days < least:
        yield f"Snapshots are kept for {days:.0f} days. Set snapshot_retention_limit to {least:.0f} or more."


@rule("elasticache-must-be-patched", on=(GROUP, CACHE_NODE), covers=["CKV_AWS_322"], severity=Severity.MEDIUM)
def minor_versions(cache: Resource) -> Findings:
    """Minor versions fix vulnerabilities in the engine, and nobody installs them by hand in time."""
    # aws:elasticache/cluster accepts the flag as a string.
    if cache["autoMinorVersionUpgrade"] in (False, "false"):
        yield "auto_minor_version_upgrade is off. Remove the argument, because the default is on."


@rule(
    "elasticache-must-outlive-zone", on=GROUP, covers=["CKV2_AWS_50"], level=PRODUCTION_LIKE, severity=Severity.MEDIUM
)
def multiple_zones(cache: Resource) -> Findings:
    """If the cache's only zone fails, every user is signed out in the middle of an incident."""
    missing = [
        name
        for path, name in (
            ("automaticFailoverEnabled", "automatic_failover_enabled"),
            ("multiAzEnabled", "multi_az_enabled"),
        )
        if cache.flag(path) is not True
    ]
    if missing:
        yield f"The cache runs in one zone. Set {' and '.join(missing)} to True."
