"""ElastiCache: encrypted, authenticated, patched and recoverable."""

from policy_packs.kernel.context import Context, per_environment
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.levels import PRODUCTION_LIKE

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
CACHE_NODE = "aws:elasticache/cluster:Cluster"


@rule(
    "elasticache-must-encrypt",
    on=GROUP,
    covers=["CKV_AWS_29", "CKV_AWS_30", "CKV_AWS_191"],
    severity=Severity.CRITICAL,
)
def encryption(cache: Resource) -> Findings:
    """Who reads a session takes it over: it is encrypted on the disk, with our key, and on the wire."""
    if cache.flag("atRestEncryptionEnabled") is not True:
        yield "at_rest_encryption_enabled is not on; set it and kms_key_id"
    elif not cache["kmsKeyId"]:
        yield "encrypted with the AWS-managed key; set kms_key_id to the environment's cache key"
    if cache.flag("transitEncryptionEnabled") is not True:
        yield "transit_encryption_enabled is not on; set it"
    elif cache.text("transitEncryptionMode") == "preferred":
        yield "transit_encryption_mode is 'preferred', which lets clients in without TLS; set 'required'"


@rule("elasticache-must-authenticate", on=GROUP, covers=["CKV_AWS_31"], severity=Severity.HIGH)
def authentication(cache: Resource) -> Findings:
    """A cache that asks nobody who they are is open to every pod that reaches it."""
    if not cache["authToken"] and not cache.texts("userGroupIds"):
        yield "lets everybody in who reaches it; set user_group_ids (or auth_token)"


@rule(
    "elasticache-must-keep-snapshots",
    on=GROUP,
    covers=["CKV_AWS_134"],
    severity=Severity.MEDIUM,
    settings={"minimumDays": per_environment("Fewest days of snapshots to keep", dev=1, staging=1, preprod=7, prod=7)},
)
def snapshots(cache: Resource, context: Context) -> Findings:
    """The document wants daily snapshots of the cache."""
    days, least = cache.number("snapshotRetentionLimit") or 0, context.floor("minimumDays")
    if days < least:
        yield f"keeps snapshots for {days:.0f} days; set snapshot_retention_limit to {least:.0f} or more"


@rule("elasticache-must-be-patched", on=(GROUP, CACHE_NODE), covers=["CKV_AWS_322"], severity=Severity.MEDIUM)
def minor_versions(cache: Resource) -> Findings:
    """A weakness of the engine is mended in a minor version, which nobody installs by hand in time."""
    # The type of one node takes the flag as text.
    if cache["autoMinorVersionUpgrade"] in (False, "false"):
        yield "auto_minor_version_upgrade is off; leave it out"


@rule(
    "elasticache-must-outlive-zone", on=GROUP, covers=["CKV2_AWS_50"], level=PRODUCTION_LIKE, severity=Severity.MEDIUM
)
def multiple_zones(cache: Resource) -> Findings:
    """When a zone goes, everybody who is signed in would be signed out, in the very hour when they need us."""
    lacking = [
        name
        for path, name in (
            ("automaticFailoverEnabled", "automatic_failover_enabled"),
            ("multiAzEnabled", "multi_az_enabled"),
        )
        if cache.flag(path) is not True
    ]
    if lacking:
        yield f"lives in one zone; set {' and '.join(lacking)} to True"
