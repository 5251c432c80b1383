"""RDS and Aurora: private, encrypted, logged, maintained and recoverable."""

from collections.abc import Iterable

from policy_packs.kernel.context import Context, Environment, per_environment
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.backup import SELECTION
from policy_packs.security.levels import PRODUCTION_LIKE
from policy_packs.security.property_rules import presence_rule, value_rule

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster"
BACKUP_REPLICATION = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
SNAPSHOT_COPIES = ("aws:rds/snapshotCopy:SnapshotCopy", "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy")
SNAPSHOTS = ("aws:rds/snapshot:Snapshot", "aws:rds/clusterSnapshot:ClusterSnapshot", *SNAPSHOT_COPIES)
PARAMETER_GROUPS = ("aws:rds/parameterGroup:ParameterGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup")
AUTHORITIES = (None, "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
# Oldest major versions that their makers still mend (postgresql.org/support/versioning, dev.mysql.com, mariadb.org).
# The version with the log_fdw hole (AWS-2022-004) and Aurora's that let files be read are years older.
OLDEST_MAJOR = {"postgres": 14, "aurora-postgresql": 14, "mysql": 8, "aurora-mysql": 8, "mariadb": 10}
# By the start of a family's name, what lets in nobody without TLS (Amazon RDS User Guide, "Using SSL/TLS to encrypt").
TLS_PARAMETERS = {
    "postgres": "rds.force_ssl",
    "aurora-postgresql": "rds.force_ssl",
    "sqlserver": "rds.force_ssl",
    "mysql": "require_secure_transport",
    "aurora-mysql": "require_secure_transport",
    "mariadb": "require_secure_transport",
}
ON_VALUES = ("1", "ON", "on", "true")
LOGGED_STATEMENTS = ("ddl", "mod", "all")
DATA_ORDER = tuple(Environment)
"""Each environment may hold more than the one before it: synthetic, sanitised, a restricted subset, everything."""
protected_from_deletion = value_rule(
    "rds-must-be-protected-from-deletion",
    on=(INSTANCE, CLUSTER),
    path="deletionProtection",
    right=(True,),
    why="One wrong name in one command must not delete every student's records.",
    fix="set deletion_protection=True",
    covers=["CKV_AWS_139", "CKV_AWS_293"],
    level=PRODUCTION_LIKE,
)
across_zones = value_rule(
    "rds-must-span-zones",
    on=INSTANCE,
    path="multiAz",
    right=(True,),
    why="A zone fails every year somewhere; the records must be written elsewhere within the minute.",
    fix="set multi_az=True",
    covers=["CKV_AWS_157", "CIS-AWS 2.2.4", "AWSGuard rds-instance-multi-az-enabled"],
    level=PRODUCTION_LIKE,
)
iam_authentication = value_rule(
    "rds-must-allow-iam-sign-in",
    on=(INSTANCE, CLUSTER),
    path="iamDatabaseAuthenticationEnabled",
    right=(True,),
    why="People sign in as themselves, for a quarter of an hour, instead of sharing a password.",
    fix="set iam_database_authentication_enabled=True",
    covers=["CKV_AWS_161", "CKV_AWS_162"],
    severity=Severity.MEDIUM,
)
current_authority = value_rule(
    "rds-must-use-current-authority",
    on=(INSTANCE, CLUSTER_INSTANCE),
    path="caCertIdentifier",
    right=AUTHORITIES,
    why="A certificate of an authority that has ended is refused by every client that checks.",
    fix="set ca_cert_identifier to 'rds-ca-rsa2048-g1' or newer",
    covers=["CKV_AWS_211"],
    severity=Severity.MEDIUM,
)
minor_versions = value_rule(
    "rds-must-take-minor-versions",
    on=(INSTANCE, CLUSTER_INSTANCE),
    path="autoMinorVersionUpgrade",
    right=(None, True),
    why="Holes are mended in minor versions; each month without them is a month with a published hole.",
    fix="set auto_minor_version_upgrade=True",
    covers=["CKV_AWS_226", "CIS-AWS 2.2.2"],
)
tagged_snapshots = value_rule(
    "rds-must-copy-tags-to-snapshots",
    on=(INSTANCE, CLUSTER),
    path="copyTagsToSnapshot",
    right=(True,),
    why="A snapshot without tags belongs to nobody, is paid by nobody, and nobody knows what records it holds.",
    fix="set copy_tags_to_snapshot=True",
    covers=["CKV_AWS_313", "CKV2_AWS_60"],
    severity=Severity.LOW,
)
copies_with_own_key = presence_rule(
    "rds-backup-copies-must-use-own-key",
    on=(BACKUP_REPLICATION, *SNAPSHOT_COPIES),
    path="kmsKeyId",
    why="A copy in another region is the database again: it is encrypted with that region's own key.",
    fix="set kms_key_id to the environment's database key of that region",
    covers=["CKV_AWS_245", "CKV_AWS_266"],
)


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
    days = db.number("backupRetentionPeriod") or (1 if db.type == CLUSTER else 0)
    least = context.floor("minimumDays")
    if days < least:
        yield f"keeps backups for {days:.0f} days; set backup_retention_period to {least:.0f} or more"


@rule("rds-must-not-restore-from-above", on=(INSTANCE, CLUSTER), severity=Severity.CRITICAL)
def restore_source(db: Resource, context: Context) -> Findings:
    """A restore is a copy of real students' data: nothing comes from an environment that holds more."""
    snapshot = db.text("snapshotIdentifier") or db.text("restoreToPointInTime.sourceDbInstanceIdentifier")
    if snapshot is None:
        return
    ours = context.environment if context.is_known_environment else Environment.DEV
    words = snapshot.rpartition(":")[2].split("-")
    theirs = words[1] if words[0] == "campus" and len(words) > 1 else None
    if theirs not in set(Environment):
        yield f"is made from {snapshot}, which does not say whose data it is; copy it to campus-<environment>-… first"
    elif DATA_ORDER.index(Environment(theirs)) > DATA_ORDER.index(ours):
        yield f"is made from {snapshot}, data of {theirs}; {ours} may not hold it"


@rule(
    "rds-must-have-own-parameters",
    on=(INSTANCE, CLUSTER),
    covers=["CKV2_AWS_27", "CKV2_AWS_30", "CKV2_AWS_69"],
    severity=Severity.MEDIUM,
)
def own_parameters(db: Resource) -> Findings:
    """AWS's own parameter groups can't be changed, so that neither TLS nor a log of statements can be demanded."""
    name = db.text("dbClusterParameterGroupName" if db.type == CLUSTER else "parameterGroupName") or ""
    if not name or name.startswith("default."):
        yield f"its parameters are those of {name or 'AWS'}; give it a parameter group of the program"


@rule(
    "rds-must-have-enhanced-monitoring",
    on=(INSTANCE, CLUSTER_INSTANCE),
    covers=["CKV_AWS_118"],
    severity=Severity.MEDIUM,
)
def enhanced_monitoring(db: Resource) -> Findings:
    """What the machine under a database does shows an intruder, or a full disk, before the database does."""
    if not db.number("monitoringInterval"):
        yield "monitoring_interval is 0; set it to 60 or less, and monitoring_role_arn"


@rule("rds-must-export-logs", on=(INSTANCE, CLUSTER), covers=["CKV_AWS_129", "CKV_AWS_324", "CKV_AWS_325"])
def exported_logs(db: Resource) -> Findings:
    """A database's log lives as long as the database, unless it is kept elsewhere."""
    exports = db.texts("enabledCloudwatchLogsExports")
    if not exports:
        yield "no log is kept in CloudWatch; name all of the engine's in enabled_cloudwatch_logs_exports"
    elif "mysql" in (db.text("engine") or "") and "audit" not in exports:
        yield "the audit log is not kept in CloudWatch; add 'audit' to enabled_cloudwatch_logs_exports"


@rule("rds-global-clusters-must-be-encrypted", on=GLOBAL_CLUSTER, covers=["CKV_AWS_140"], severity=Severity.CRITICAL)
def encrypted_global_clusters(cluster: Resource) -> Findings:
    """A global cluster copies records to other regions: they are encrypted in every one of them."""
    # One that is made of a cluster is encrypted as that is.
    if not cluster["sourceDbClusterIdentifier"] and cluster.flag("storageEncrypted") is not True:
        yield "storage_encrypted is not on; set storage_encrypted=True"


@rule("rds-must-run-maintained-version", on=(INSTANCE, CLUSTER), covers=["CKV_AWS_250", "CKV_AWS_388"])
def maintained_versions(db: Resource) -> Findings:
    """A database version that its maker has given up keeps every hole that is found in it."""
    engine, version = db.text("engine"), db.text("engineVersion")
    # AWS's own choice is a current one, and a replica runs its source's version.
    if engine not in OLDEST_MAJOR or version is None:
        return
    major = version.partition(".")[0]
    if not major.isdecimal() or int(major) < OLDEST_MAJOR[engine]:
        yield f"{engine} {version} is no longer maintained; run {OLDEST_MAJOR[engine]} or newer"


@rule("rds-snapshots-must-not-be-public", on=SNAPSHOTS, covers=["CKV_AWS_302"], severity=Severity.CRITICAL)
def private_snapshots(snapshot: Resource) -> Findings:
    """A public snapshot is the whole database, for whoever asks."""
    if "all" in snapshot.texts("sharedAccounts"):
        yield "is shared with everybody; name accounts in shared_accounts"


@rule(
    "rds-must-have-performance-insights",
    on=(INSTANCE, CLUSTER_INSTANCE),
    covers=["CKV_AWS_353", "CKV_AWS_354"],
    severity=Severity.MEDIUM,
)
def performance_insights(db: Resource) -> Findings:
    """Which statement made the database slow, or read everything, is known afterwards only if it was recorded."""
    if db.flag("performanceInsightsEnabled") is not True:
        yield "performance_insights_enabled is not on; set it to True"
    elif not db["performanceInsightsKmsKeyId"]:
        yield "statements are kept under the AWS-managed key; set performance_insights_kms_key_id"


@rule("rds-must-require-tls", on=PARAMETER_GROUPS, covers=["CKV2_AWS_69"])
def required_tls(group: Resource) -> Findings:
    """Passwords and records cross the network: a database that also speaks without TLS will be spoken to without."""
    family = group.text("family") or ""
    name = next((name for start, name in TLS_PARAMETERS.items() if family.startswith(start)), None)
    if name is not None and _parameters(group).get(name) not in ON_VALUES:
        yield f"parameter {name} is not on; add it with the value '1'"


@rule(
    "rds-postgres-must-log-statements",
    on=PARAMETER_GROUPS,
    covers=["CKV2_AWS_27", "CKV2_AWS_30"],
    severity=Severity.MEDIUM,
)
def logged_statements(group: Resource) -> Findings:
    """Who changed a table, and what took so long, is asked after every incident."""
    if "postgres" not in (group.text("family") or ""):
        return
    found = _parameters(group)
    if found.get("log_min_duration_statement", "-1") == "-1":
        yield "slow statements are not logged; set log_min_duration_statement to some milliseconds"
    if found.get("log_statement") not in LOGGED_STATEMENTS and "ddl" not in found.get("pgaudit.log", ""):
        yield "changes of tables are not logged; set log_statement to 'ddl', or pgaudit.log to 'ddl,role'"


@stack_rule("rds-must-have-replica-elsewhere", level=PRODUCTION_LIKE)
def cross_region_replicas(stack: Stack) -> StackFindings:
    """The platform has an hour to be back after the loss of a region: its records must be in another one already."""
    instances = stack.of_type(INSTANCE)
    for source in _sources(instances):
        copies = [db for db in instances if source.urn in db.property_dependencies.get("replicateSourceDb", ())]
        if not any(copy.text("region") != source.text("region") for copy in copies):
            yield source, f"database {source.name} has no replica in another region; add one of its ARN"


@stack_rule("rds-must-be-in-backup-plan", covers=["CKV2_AWS_8"])
def planned_backups(stack: Stack) -> StackFindings:
    """A database's own backups go where the database goes; a plan's are kept in a vault, out of its reach."""
    selections = stack.of_type(SELECTION)
    for db in (*_sources(stack.of_type(INSTANCE)), *stack.of_type(CLUSTER)):
        if not any(_selects(selection, db) for selection in selections):
            yield db, f"database {db.name} is in no backup plan; add its ARN to the resources of a backup Selection"


def _sources(instances: Iterable[Resource]) -> list[Resource]:
    """Databases that are nobody's replica."""
    return [
        db for db in instances if not db.property_dependencies.get("replicateSourceDb") and not db["replicateSourceDb"]
    ]


def _selects(selection: Resource, db: Resource) -> bool:
    if db.urn in selection.property_dependencies.get("resources", ()):
        return True
    # By a tag of it: what AWS Backup looks at when no resource is named.
    tags = db.fields("tags")
    return any(tags[tag.text("key") or ""] == tag.text("value") for tag in selection.each("selectionTags"))


def _parameters(group: Resource) -> dict[str, str]:
    return {each.text("name") or "": each.text("value") or "" for each in group.each("parameters")}
