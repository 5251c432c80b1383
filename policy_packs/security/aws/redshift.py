"""Redshift clusters."""

from policy_packs.kernel.registry import Severity, Stack, StackFindings, stack_rule
from policy_packs.security.property_rules import value_rule
from policy_packs.security.references import companions

REDSHIFT = "aws:redshift/cluster:Cluster"
REDSHIFT_LOGGING = "aws:redshift/logging:Logging"

encrypted_clusters = value_rule(
    "redshift-must-be-encrypted",
    on=REDSHIFT,
    path="encrypted",
    allowed=("true", True),
    rationale="A warehouse holds a copy of every record, so it must be encrypted like the source.",
    fix="Set encrypted=True and kms_key_id.",
    covers=["AWSGuard redshift-cluster-configuration"],
)
private_clusters = value_rule(
    "redshift-must-not-be-public",
    on=REDSHIFT,
    path="publiclyAccessible",
    allowed=(None, False),
    rationale="A warehouse holds a copy of every record, so it must not have a public address.",
    fix="Turn publicly_accessible off.",
    covers=["AWSGuard redshift-cluster-public-access"],
    severity=Severity.CRITICAL,
)
version_upgrades = value_rule(
    "redshift-must-take-upgrades",
    on=REDSHIFT,
    path="allowVersionUpgrade",
    allowed=(None, True),
    rationale="Upgrades in the maintenance window fix vulnerabilities.",
    fix="Set allow_version_upgrade=True.",
    covers=["AWSGuard redshift-cluster-maintenance-settings"],
    severity=Severity.MEDIUM,
)


@stack_rule("redshift-must-log", covers=["AWSGuard redshift-cluster-configuration"], severity=Severity.MEDIUM)
def logged_clusters(stack: Stack) -> StackFindings:
    """After a leak, only the warehouse's log shows who queried which data."""
    for cluster in stack.of_type(REDSHIFT):
        if not companions(cluster, stack.of_type(REDSHIFT_LOGGING), "clusterIdentifier", "clusterIdentifier"):
            yield cluster, f"Warehouse {cluster.name} has no log. Add a redshift Logging for it."
