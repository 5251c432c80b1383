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
    right=("true", True),
    why="A warehouse holds every record once more.",
    fix="set encrypted=True and kms_key_id",
    covers=["AWSGuard redshift-cluster-configuration"],
)
private_clusters = value_rule(
    "redshift-must-not-be-public",
    on=REDSHIFT,
    path="publiclyAccessible",
    right=(None, False),
    why="No store of records has an address on the internet.",
    fix="turn publicly_accessible off",
    covers=["AWSGuard redshift-cluster-public-access"],
    severity=Severity.CRITICAL,
)
version_upgrades = value_rule(
    "redshift-must-take-upgrades",
    on=REDSHIFT,
    path="allowVersionUpgrade",
    right=(None, True),
    why="Holes are mended by upgrades in the maintenance window.",
    fix="set allow_version_upgrade=True",
    covers=["AWSGuard redshift-cluster-maintenance-settings"],
    severity=Severity.MEDIUM,
)


@stack_rule("redshift-must-log", covers=["AWSGuard redshift-cluster-configuration"], severity=Severity.MEDIUM)
def logged_clusters(stack: Stack) -> StackFindings:
    """Who asked the warehouse what is told only by its log."""
    for cluster in stack.of_type(REDSHIFT):
        if not companions(cluster, stack.of_type(REDSHIFT_LOGGING), "clusterIdentifier", "clusterIdentifier"):
            yield cluster, f"warehouse {cluster.name} has no log; add a redshift Logging for it"
