"""Backups: under our key, and never a way for real data into an environment that may not hold it."""

from policy_packs.kernel.context import Context, Environment
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.rules_database import CLUSTER, INSTANCE

VAULT = "aws:backup/vault:Vault"
CLASSES = tuple(Environment)
"""Each environment may hold more than the one before it: synthetic, sanitised, a restricted subset, everything."""


@rule("backup-vault-must-have-key", on=VAULT, covers=["CKV_AWS_166"], severity=Severity.HIGH)
def own_key(vault: Resource) -> Findings:
    """A backup is the data once more: it is encrypted with a customer-managed key too."""
    if not vault["kmsKeyArn"]:
        yield "encrypted with the AWS-managed key; set kms_key_arn to the environment's backup key"


@rule("rds-must-not-restore-from-above", on=(INSTANCE, CLUSTER), severity=Severity.CRITICAL)
def source(db: Resource, context: Context) -> Findings:
    """A restore is a copy of real students' data: nothing comes from an environment that holds more."""
    snapshot = db.text("snapshotIdentifier") or db.text("restoreToPointInTime.sourceDbInstanceIdentifier")
    if snapshot is None:
        return
    ours = context.environment if context.standard else Environment.DEV
    words = snapshot.rpartition(":")[2].split("-")
    theirs = words[1] if words[0] == "campus" and len(words) > 1 else None
    if theirs not in set(Environment):
        yield f"is made from {snapshot}, which does not say whose data it is; copy it to campus-<environment>-… first"
    elif CLASSES.index(Environment(theirs)) > CLASSES.index(ours):
        yield f"is made from {snapshot}, data of {theirs}; {ours} may not hold it"
