"""Stores that the platform may grow into: whoever adds one meets the same rules as its databases and buckets."""

from policy_packs.kernel.registry import Severity, Stack, StackFindings, stack_rule
from policy_packs.security.pairs import companions
from policy_packs.security.settings import required, setting

REDSHIFT = "aws:redshift/cluster:Cluster"
REDSHIFT_LOGGING = "aws:redshift/logging:Logging"
SEARCH = ("aws:elasticsearch/domain:Domain", "aws:opensearch/domain:Domain")

file_systems = setting(
    "efs-must-be-encrypted",
    on="aws:efs/fileSystem:FileSystem",
    path="encrypted",
    right=(True,),
    why="A shared disk is encrypted like any other, and can't be later.",
    fix="set encrypted=True and kms_key_id",
    covers=["CIS-AWS 2.3.1", "AWSGuard efs-encrypted"],
)
tables = setting(
    "dynamodb-must-be-encrypted-with-kms",
    on="aws:dynamodb/table:Table",
    path="serverSideEncryption.enabled",
    right=(True,),
    why="A table's key is one whose use is logged and can be ended.",
    fix="set server_side_encryption.enabled=True and kms_key_arn",
    covers=["AWSGuard dynamodb-table-encryption-enabled"],
)
warehouses = setting(
    "redshift-must-be-encrypted",
    on=REDSHIFT,
    path="encrypted",
    right=("true", True),
    why="A warehouse holds every record once more.",
    fix="set encrypted=True and kms_key_id",
    covers=["AWSGuard redshift-cluster-configuration"],
)
private_warehouses = setting(
    "redshift-must-not-be-public",
    on=REDSHIFT,
    path="publiclyAccessible",
    right=(None, False),
    why="No store of records has an address on the internet.",
    fix="turn publicly_accessible off",
    covers=["AWSGuard redshift-cluster-public-access"],
    severity=Severity.CRITICAL,
)
maintained_warehouses = setting(
    "redshift-must-take-upgrades",
    on=REDSHIFT,
    path="allowVersionUpgrade",
    right=(None, True),
    why="Holes are mended by upgrades in the maintenance window.",
    fix="set allow_version_upgrade=True",
    covers=["AWSGuard redshift-cluster-maintenance-settings"],
    severity=Severity.MEDIUM,
)
search = setting(
    "search-must-be-encrypted",
    on=SEARCH,
    path="encryptAtRest.enabled",
    right=(True,),
    why="An index is its documents in another order.",
    fix="set encrypt_at_rest.enabled=True and kms_key_id",
    covers=["AWSGuard elasticsearch-encrypted-at-rest"],
)
private_search = required(
    "search-must-be-in-vpc",
    on=SEARCH,
    path="vpcOptions.subnetIds",
    why="A search domain outside a VPC is on the internet, whatever its policy says.",
    fix="set vpc_options with subnets and security groups",
    covers=["AWSGuard elasticsearch-in-vpc-only"],
    severity=Severity.CRITICAL,
)


@stack_rule("redshift-must-log", covers=["AWSGuard redshift-cluster-configuration"], severity=Severity.MEDIUM)
def logged(stack: Stack) -> StackFindings:
    """Who asked the warehouse what is told only by its log."""
    for cluster in stack.of(REDSHIFT):
        if not companions(cluster, stack.of(REDSHIFT_LOGGING), "clusterIdentifier", "clusterIdentifier"):
            yield cluster, f"warehouse {cluster.name} has no log; add a redshift Logging for it"
