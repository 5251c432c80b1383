"""RDS and Aurora: private, encrypted, logged, maintained and recoverable."""

from collections.abc import Iterable

from policy_packs.kernel.context import Context, Environment, Tightening, per_environment
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.accounts import TRUSTED_ACCOUNTS, account_of, known_accounts, own_accounts
from policy_packs.security.aws.backup import SELECTION
from policy_packs.security.levels import DELETION_PROTECTION, PRODUCTION_LIKE
from policy_packs.security.property_rules import presence_rule, value_rule

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster"
BACKUP_REPLICATION = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
REPLICA_SOURCES = ("replicateSourceDb", "replicationSourceIdentifier")
SOURCES = (
    "snapshotIdentifier",
    "restoreToPointInTime.sourceDbInstanceIdentifier",
    "restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn",
    "restoreToPointInTime.sourceDbiResourceId",
    "restoreToPointInTime.sourceClusterIdentifier",
    "restoreToPointInTime.sourceClusterResourceId",
    *REPLICA_SOURCES,
)
"""Properties with the source of a database's data."""
SNAPSHOT_COPIES = ("aws:rds/snapshotCopy:SnapshotCopy", "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy")
SNAPSHOTS = ("aws:rds/snapshot:Snapshot", "aws:rds/clusterSnapshot:ClusterSnapshot", *SNAPSHOT_COPIES)
PARAMETER_GROUPS = ("aws:rds/parameterGroup:ParameterGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup")
AUTHORITIES = (None, "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
# Oldest major versions that are still maintained (postgresql.org/support/versioning, dev.mysql.com, mariadb.org).
# Versions with the log_fdw vulnerability (AWS-2022-004), and Aurora versions that expose files, are years older.
OLDEST_MAJOR = {"postgres": 14, "aurora-postgresql": 14, "mysql": 8, "aurora-mysql": 8, "mariadb": 10}
# Parameter that requires TLS, for each prefix of a family's name (Amazon RDS User Guide, "Using SSL/TLS to encrypt").
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
"""Environments in the order of their data: synthetic, sanitised, a restricted subset, all data."""

protected_from_deletion = value_rule(
    "rds-must-be-protected-from-deletion",
    on=(INSTANCE, CLUSTER),
    path="deletionProtection",
    allowed=(True,),
    rationale="One wrong name in one command must not delete every student's records.",
    fix="Set deletion_protection=True.",
    covers=["CKV_AWS_139", "CKV_AWS_293"],
    level=DELETION_PROTECTION,
)
across_zones = value_rule(
    "rds-must-span-zones",
    on=INSTANCE,
    path="multiAz",
    allowed=(True,),
    rationale="Availability zones fail. When one does, writes must continue in another zone within a minute.",
    fix="Set multi_az=True.",
    covers=["CKV_AWS_157", "CIS-AWS 2.2.4", "AWSGuard rds-instance-multi-az-enabled"],
    level=PRODUCTION_LIKE,
)
iam_authentication = value_rule(
    "rds-must-allow-iam-sign-in",
    on=(INSTANCE, CLUSTER),
    path="iamDatabaseAuthenticationEnabled",
    allowed=(True,),
    rationale="People sign in as themselves, with credentials valid for 15 minutes, instead of sharing a password.",
    fix="Set iam_database_authentication_enabled=True.",
    covers=["CKV_AWS_161", "CKV_AWS_162"],
    severity=Severity.MEDIUM,
)
current_authority = value_rule(
    "rds-must-use-current-authority",
    on=(INSTANCE, CLUSTER_INSTANCE),
    path="caCertIdentifier",
    allowed=AUTHORITIES,
    rationale="Clients that verify certificates reject a certificate that an expired authority issued.",
    fix="Set ca_cert_identifier to 'rds-ca-rsa2048-g1' or newer.",
    covers=["CKV_AWS_211"],
    severity=Severity.MEDIUM,
)
minor_versions = value_rule(
    "rds-must-take-minor-versions",
    on=(INSTANCE, CLUSTER_INSTANCE),
    path="autoMinorVersionUpgrade",
    allowed=(None, True),
    rationale="Minor versions fix vulnerabilities. Each month without them leaves a published vulnerability open.",
    fix="Set auto_minor_version_upgrade=True.",
    covers=["CKV_AWS_226", "CIS-AWS 2.2.2"],
)
tagged_snapshots = value_rule(
    "rds-must-copy-tags-to-snapshots",
    on=(INSTANCE, CLUSTER),
    path="copyTagsToSnapshot",
    allowed=(True,),
    rationale="A snapshot without tags has no owner or cost centre, and nobody knows which records it holds.",
    fix="Set copy_tags_to_snapshot=True.",
    covers=["CKV_AWS_313", "CKV2_AWS_60"],
    severity=Severity.LOW,
)
copies_with_own_key = presence_rule(
    "rds-backup-copies-must-use-own-key",
    on=(BACKUP_REPLICATION, *SNAPSHOT_COPIES),
    path="kmsKeyId",
    rationale="A copy in another region contains the whole database, so it needs a key of that region.",
    fix="Set kms_key_id to the environment's database key of that region.",
    covers=["CKV_AWS_245", "CKV_AWS_266"],
)


@rule(
    "rds-must-not-be-public",
    on=(INSTANCE, CLUSTER_INSTANCE),
    covers=["CKV_AWS_17", "CIS-AWS 2.2.3", "AWSGuard rds-instance-public-access"],
    severity=Severity.CRITICAL,
)
def not_public(db: Resource) -> Findings:
    """Databases hold student records, so they must not have a public address."""
    if db.flag("publiclyAccessible"):
        yield "publicly_accessible is on. Turn it off and connect from inside the VPC."


@rule(
    "rds-must-encrypt-storage",
    on=(INSTANCE, CLUSTER),
    covers=["CKV_AWS_16", "CKV_AWS_96", "CKV_AWS_327", "CIS-AWS 2.2.1", "AWSGuard rds-storage-encrypted"],
    severity=Severity.CRITICAL,
)
def encrypted_storage(db: Resource) -> Findings:
    """Databases hold student records, so storage must be encrypted with a customer-managed key."""
    source = db.text("replicateSourceDb")
    if source is not None and not source.startswith("arn:"):
        # AWS encrypts a replica in the source's region with the source's key.
        return
    # A replica in another region has its own key but cannot set storageEncrypted.
    if source is None and db["storageEncrypted"] is not True:
        yield "storage_encrypted is not on. Set storage_encrypted=True and kms_key_id."
    elif not db["kmsKeyId"]:
        yield "Storage is not encrypted with a customer-managed key. Set kms_key_id to the environment's database key."


@rule(
    "rds-must-keep-backups",
    on=(INSTANCE, CLUSTER),
    covers=["CKV_AWS_133", "AWSGuard rds-instance-backup-enabled"],
    settings={
        "minimumDays": per_environment(
            "Minimum days to keep backups", dev=1, staging=7, preprod=30, prod=30, tightening=Tightening.HIGHER
        )
    },
)
def backups(db: Resource, context: Context) -> Findings:
    """Only automated backups allow a restore to the minute before a mistake."""
    if db["replicateSourceDb"]:
        return
    # The default is one day for an Aurora cluster and none for an instance.
    days = db.number("backupRetentionPeriod") or (1 if db.type == CLUSTER else 0)
    least = context.floor("minimumDays")
    if days < least:
        yield f"Backups are kept for {days:.0f} days. Set backup_retention_period to {least:.0f} or more."


@rule("rds-must-not-restore-from-above", on=(INSTANCE, CLUSTER), severity=Severity.CRITICAL, settings=TRUSTED_ACCOUNTS)
def restore_source(db: Resource, context: Context) -> Findings:
    """A restore copies student data, so an environment must not restore data that it may not hold.

    Every source must name its environment, and an ARN a known account. A replica whose source is in the stack's own
    account needs no name, because each environment has its own account.

    Source: Amazon RDS API Reference, RestoreDBInstanceToPointInTime, CreateDBInstanceReadReplica and
    RestoreDBClusterToPointInTime.
    """
    for path in SOURCES:
        if (source := db.text(path)) is not None:
            yield from _of_source(source, path in REPLICA_SOURCES, db, context)


def _of_source(source: str, is_replica: bool, db: Resource, context: Context) -> Findings:  # noqa: FBT001  # of a property
    account = account_of(source)
    accounts = own_accounts(db, context)
    if account and accounts and account not in known_accounts(db, context):
        yield f"Source {source} is in account {account}, which is not known. Restore from a known account."
    ours = context.environment if context.is_known_environment else Environment.DEV
    words = source.rpartition(":")[2].split("-")
    theirs = words[1] if words[0] == "campus" and len(words) > 1 else None
    if theirs not in set(Environment):
        if not (is_replica and account in accounts):
            yield (
                f"The name of source {source} does not state its environment. First copy it to campus-<environment>-…."
            )
    elif DATA_ORDER.index(Environment(theirs)) > DATA_ORDER.index(ours):
        yield (
            f"Source {source} holds data of {theirs}, which stack {context.stack} may not hold. Restore from {ours} "
            "or from an environment with less sensitive data."
        )


@rule(
    "rds-must-have-own-parameters",
    on=(INSTANCE, CLUSTER),
    covers=["CKV2_AWS_27", "CKV2_AWS_30", "CKV2_AWS_69"],
    severity=Severity.MEDIUM,
)
def own_parameters(db: Resource) -> Findings:
    """AWS's default parameter groups cannot be changed, so they can enforce neither TLS nor a log of statements."""
    name = db.text("dbClusterParameterGroupName" if db.type == CLUSTER else "parameterGroupName") or ""
    if not name or name.startswith("default."):
        yield f"The database uses the parameter group {name or 'of AWS'}. Set a group that the Pulumi program creates."


@rule(
    "rds-must-have-enhanced-monitoring",
    on=(INSTANCE, CLUSTER_INSTANCE),
    covers=["CKV_AWS_118"],
    severity=Severity.MEDIUM,
)
def enhanced_monitoring(db: Resource) -> Findings:
    """Metrics of the operating system reveal an intruder, or a full disk, before the database does."""
    if not db.number("monitoringInterval"):
        yield "Enhanced monitoring is off. Set monitoring_interval to 60 seconds or less, and set monitoring_role_arn."


@rule("rds-must-export-logs", on=(INSTANCE, CLUSTER), covers=["CKV_AWS_129", "CKV_AWS_324", "CKV_AWS_325"])
def exported_logs(db: Resource) -> Findings:
    """A database's logs are deleted with the database unless they are exported."""
    exports = db.texts("enabledCloudwatchLogsExports")
    if not exports:
        yield "No log is exported to CloudWatch. List all logs of the engine in enabled_cloudwatch_logs_exports."
    elif "mysql" in (db.text("engine") or "") and "audit" not in exports:
        yield "The audit log is not exported to CloudWatch. Add 'audit' to enabled_cloudwatch_logs_exports."


@rule("rds-global-clusters-must-be-encrypted", on=GLOBAL_CLUSTER, covers=["CKV_AWS_140"], severity=Severity.CRITICAL)
def encrypted_global_clusters(cluster: Resource) -> Findings:
    """A global cluster copies records to other regions, where they must be encrypted too."""
    # A global cluster that is created from a cluster has that cluster's encryption.
    if not cluster["sourceDbClusterIdentifier"] and cluster.flag("storageEncrypted") is not True:
        yield "storage_encrypted is not on. Set storage_encrypted=True."


@rule("rds-must-run-maintained-version", on=(INSTANCE, CLUSTER), covers=["CKV_AWS_250", "CKV_AWS_388"])
def maintained_versions(db: Resource) -> Findings:
    """Vulnerabilities in an unmaintained database version are never fixed."""
    engine, version = db.text("engine"), db.text("engineVersion")
    # AWS's default is a current version, and a replica runs its source's version.
    if engine not in OLDEST_MAJOR or version is None:
        return
    major = version.partition(".")[0]
    if not major.isdecimal() or int(major) < OLDEST_MAJOR[engine]:
        yield f"{engine} {version} is no longer maintained. Run {OLDEST_MAJOR[engine]} or newer."


@rule("rds-snapshots-must-not-be-public", on=SNAPSHOTS, covers=["CKV_AWS_302"], severity=Severity.CRITICAL)
def private_snapshots(snapshot: Resource) -> Findings:
    """A public snapshot gives everyone the whole database."""
    if "all" in snapshot.texts("sharedAccounts"):
        yield "The snapshot is shared with everyone. Name accounts in shared_accounts."


@rule(
    "rds-must-have-performance-insights",
    on=(INSTANCE, CLUSTER_INSTANCE),
    covers=["CKV_AWS_353", "CKV_AWS_354"],
    severity=Severity.MEDIUM,
)
def performance_insights(db: Resource) -> Findings:
    """Performance Insights shows which statements slowed the database down or read large amounts of data."""
    if db.flag("performanceInsightsEnabled") is not True:
        yield "performance_insights_enabled is not on. Set it to True."
    elif not db["performanceInsightsKmsKeyId"]:
        yield "Statements are encrypted with the AWS-managed key. Set performance_insights_kms_key_id."


@rule("rds-must-require-tls", on=PARAMETER_GROUPS, covers=["CKV2_AWS_69"])
def required_tls(group: Resource) -> Findings:
    """Passwords and records cross the network. If a database accepts connections without TLS, clients will use them."""
    family = group.text("family") or ""
    name = next((name for start, name in TLS_PARAMETERS.items() if family.startswith(start)), None)
    if name is not None and _parameters(group).get(name) not in ON_VALUES:
        yield f"Parameter {name} is not on. Add it with the value '1'."


@rule(
    "rds-postgres-must-log-statements",
    on=PARAMETER_GROUPS,
    covers=["CKV2_AWS_27", "CKV2_AWS_30"],
    severity=Severity.MEDIUM,
)
def logged_statements(group: Resource) -> Findings:
    """After an incident, the statement log shows who changed a table and which statements were slow."""
    if "postgres" not in (group.text("family") or ""):
        return
    parameters = _parameters(group)
    if parameters.get("log_min_duration_statement", "-1") == "-1":
        yield "Slow statements are not logged. Set log_min_duration_statement to a number of milliseconds."
    if parameters.get("log_statement") not in LOGGED_STATEMENTS and "ddl" not in parameters.get("pgaudit.log", ""):
        yield "Changes to tables are not logged. Set log_statement to 'ddl', or pgaudit.log to 'ddl,role'."


@stack_rule("rds-must-have-replica-elsewhere", level=PRODUCTION_LIKE)
def cross_region_replicas(stack: Stack) -> StackFindings:
    """The platform must recover from the loss of a region within an hour, so a replica must already exist elsewhere."""
    instances = stack.of_type(INSTANCE)
    for source in _sources(instances):
        copies = [db for db in instances if source.urn in db.property_dependencies.get("replicateSourceDb", ())]
        if not any(copy.text("region") != source.text("region") for copy in copies):
            yield (
                source,
                f"Database {source.name} has no replica in another region. Add a replica with its ARN as the source.",
            )


@stack_rule("rds-must-be-in-backup-plan", covers=["CKV2_AWS_8"])
def planned_backups(stack: Stack) -> StackFindings:
    """A database's own backups are deleted with it. The backups of a plan are kept in a separate vault."""
    selections = stack.of_type(SELECTION)
    for db in (*_sources(stack.of_type(INSTANCE)), *stack.of_type(CLUSTER)):
        if not any(_selects(selection, db) for selection in selections):
            yield db, f"No backup plan includes database {db.name}. Add its ARN to the resources of a backup Selection."


def _sources(instances: Iterable[Resource]) -> list[Resource]:
    """Return the databases that are not replicas."""
    return [
        db for db in instances if not db.property_dependencies.get("replicateSourceDb") and not db["replicateSourceDb"]
    ]


def _selects(selection: Resource, db: Resource) -> bool:
    if db.urn in selection.property_dependencies.get("resources", ()):
        return True
    # AWS Backup selects by tag when no resource is named.
    tags = db.fields("tags")
    return any(tags[tag.text("key") or ""] == tag.text("value") for tag in selection.each("selectionTags"))


def _parameters(group: Resource) -> dict[str, str]:
    return {parameter.text("name") or "": parameter.text("value") or "" for parameter in group.each("parameters")}
