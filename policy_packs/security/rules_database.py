"""Databases hold students' records: unreachable from outside, encrypted with our key, and recoverable."""

from policy_packs.kernel.context import Context, per_environment
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"


@rule(
    "rds-must-not-be-public",
    on=(INSTANCE, CLUSTER_INSTANCE),
    covers=["CKV_AWS_17", "CIS-AWS 2.2.3", "AWSGuard rds-instance-public-access"],
    severity=Severity.CRITICAL,
)
def not_public(db: Resource) -> Findings:
    """Databases hold students' records: none has an address on the internet."""
    if db.flag("publiclyAccessible"):
        yield "publicly_accessible is on; turn it off and connect from inside the VPC"


@rule(
    "rds-must-encrypt-storage",
    on=(INSTANCE, CLUSTER),
    covers=["CKV_AWS_16", "CKV_AWS_96", "CKV_AWS_327", "CIS-AWS 2.2.1", "AWSGuard rds-storage-encrypted"],
    severity=Severity.CRITICAL,
)
def encrypted_storage(db: Resource) -> Findings:
    """Databases hold students' records: storage is encrypted with a customer-managed key."""
    source = db.text("replicateSourceDb")
    if source is not None and not source.startswith("arn:"):
        # A replica in the source's own region is encrypted with the source's key; AWS takes no other.
        return
    # A replica of another region has a key of its own instead of the switch.
    if source is None and db["storageEncrypted"] is not True:
        yield "storage_encrypted is not on; set storage_encrypted=True and kms_key_id"
    elif not db["kmsKeyId"]:
        yield "encrypted with the AWS-managed key, or none; set kms_key_id to the environment's database key"


@rule(
    "rds-must-keep-backups",
    on=(INSTANCE, CLUSTER),
    covers=["CKV_AWS_133", "AWSGuard rds-instance-backup-enabled"],
    settings={"minimumDays": per_environment("Fewest days of backups to keep", dev=1, staging=7, preprod=30, prod=30)},
)
def backups(db: Resource, context: Context) -> Findings:
    """Without automated backups there is no way back to the minute before the mistake."""
    if db["replicateSourceDb"]:
        return
    # An Aurora cluster keeps one day when nothing is said, a plain instance none at all.
    days = db.number("backupRetentionPeriod") or (1 if db.kind == CLUSTER else 0)
    least = context.floor("minimumDays")
    if days < least:
        yield f"keeps backups for {days:.0f} days; set backup_retention_period to {least:.0f} or more"
