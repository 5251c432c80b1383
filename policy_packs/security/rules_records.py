"""Databases in operation: watched, patched, reached over TLS by named people, and there after the loss of a region."""

from collections.abc import Iterable

from policy_packs.kernel.registry import Findings, Level, Levels, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.rules_database import CLUSTER, CLUSTER_INSTANCE, INSTANCE
from policy_packs.security.settings import required, setting

GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster"
COPIED_BACKUPS = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
SNAPSHOT_COPIES = ("aws:rds/snapshotCopy:SnapshotCopy", "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy")
SNAPSHOTS = ("aws:rds/snapshot:Snapshot", "aws:rds/clusterSnapshot:ClusterSnapshot", *SNAPSHOT_COPIES)
PARAMETER_GROUPS = ("aws:rds/parameterGroup:ParameterGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup")
SELECTION = "aws:backup/selection:Selection"
AUTHORITIES = (None, "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
# Oldest major versions that their makers still mend (postgresql.org/support/versioning, dev.mysql.com, mariadb.org).
# The version with the log_fdw hole (AWS-2022-004) and Aurora's that let files be read are years older.
OLDEST_MAJOR = {"postgres": 14, "aurora-postgresql": 14, "mysql": 8, "aurora-mysql": 8, "mariadb": 10}
# By the start of a family's name, what lets in nobody without TLS (Amazon RDS User Guide, "Using SSL/TLS to encrypt").
TLS_ONLY = {
    "postgres": "rds.force_ssl",
    "aurora-postgresql": "rds.force_ssl",
    "sqlserver": "rds.force_ssl",
    "mysql": "require_secure_transport",
    "aurora-mysql": "require_secure_transport",
    "mariadb": "require_secure_transport",
}
SWITCHED_ON = ("1", "ON", "on", "true")
LOGGED_STATEMENTS = ("ddl", "mod", "all")
# The environments that must outlive their region are production and its twin.
LASTING = Levels(dev=Level.DISABLED, staging=Level.DISABLED)

protected = setting(
    "rds-must-be-protected-from-deletion",
    on=(INSTANCE, CLUSTER),
    path="deletionProtection",
    right=(True,),
    why="One wrong name in one command must not delete every student's records.",
    fix="set deletion_protection=True",
    covers=["CKV_AWS_139", "CKV_AWS_293"],
    level=LASTING,
)
across_zones = setting(
    "rds-must-span-zones",
    on=INSTANCE,
    path="multiAz",
    right=(True,),
    why="A zone fails every year somewhere; the records must be written elsewhere within the minute.",
    fix="set multi_az=True",
    covers=["CKV_AWS_157", "CIS-AWS 2.2.4", "AWSGuard rds-instance-multi-az-enabled"],
    level=LASTING,
)
iam_sign_in = setting(
    "rds-must-allow-iam-sign-in",
    on=(INSTANCE, CLUSTER),
    path="iamDatabaseAuthenticationEnabled",
    right=(True,),
    why="People sign in as themselves, for a quarter of an hour, instead of sharing a password.",
    fix="set iam_database_authentication_enabled=True",
    covers=["CKV_AWS_161", "CKV_AWS_162"],
    severity=Severity.MEDIUM,
)
current_authority = setting(
    "rds-must-use-current-authority",
    on=(INSTANCE, CLUSTER_INSTANCE),
    path="caCertIdentifier",
    right=AUTHORITIES,
    why="A certificate of an authority that has ended is refused by every client that checks.",
    fix="set ca_cert_identifier to 'rds-ca-rsa2048-g1' or newer",
    covers=["CKV_AWS_211"],
    severity=Severity.MEDIUM,
)
minor_versions = setting(
    "rds-must-take-minor-versions",
    on=(INSTANCE, CLUSTER_INSTANCE),
    path="autoMinorVersionUpgrade",
    right=(None, True),
    why="Holes are mended in minor versions; each month without them is a month with a published hole.",
    fix="set auto_minor_version_upgrade=True",
    covers=["CKV_AWS_226", "CIS-AWS 2.2.2"],
)
tagged_snapshots = setting(
    "rds-must-copy-tags-to-snapshots",
    on=(INSTANCE, CLUSTER),
    path="copyTagsToSnapshot",
    right=(True,),
    why="A snapshot without tags belongs to nobody, is paid by nobody, and nobody knows what records it holds.",
    fix="set copy_tags_to_snapshot=True",
    covers=["CKV_AWS_313", "CKV2_AWS_60"],
    severity=Severity.LOW,
)
copies_with_own_key = required(
    "rds-backup-copies-must-use-own-key",
    on=(COPIED_BACKUPS, *SNAPSHOT_COPIES),
    path="kmsKeyId",
    why="A copy in another region is the database again: it is encrypted with that region's own key.",
    fix="set kms_key_id to the environment's database key of that region",
    covers=["CKV_AWS_245", "CKV_AWS_266"],
)


@rule(
    "rds-must-have-own-parameters",
    on=(INSTANCE, CLUSTER),
    covers=["CKV2_AWS_27", "CKV2_AWS_30", "CKV2_AWS_69"],
    severity=Severity.MEDIUM,
)
def own_parameters(db: Resource) -> Findings:
    """AWS's own parameter groups can't be changed, so that neither TLS nor a log of statements can be demanded."""
    name = db.text("dbClusterParameterGroupName" if db.kind == CLUSTER else "parameterGroupName") or ""
    if not name or name.startswith("default."):
        yield f"its parameters are those of {name or 'AWS'}; give it a parameter group of the program"


@rule(
    "rds-must-have-enhanced-monitoring",
    on=(INSTANCE, CLUSTER_INSTANCE),
    covers=["CKV_AWS_118"],
    severity=Severity.MEDIUM,
)
def monitoring(db: Resource) -> Findings:
    """What the machine under a database does shows an intruder, or a full disk, before the database does."""
    if not db.number("monitoringInterval"):
        yield "monitoring_interval is 0; set it to 60 or less, and monitoring_role_arn"


@rule("rds-must-export-logs", on=(INSTANCE, CLUSTER), covers=["CKV_AWS_129", "CKV_AWS_324", "CKV_AWS_325"])
def logs(db: Resource) -> Findings:
    """A database's log lives as long as the database, unless it is kept elsewhere."""
    exports = db.texts("enabledCloudwatchLogsExports")
    if not exports:
        yield "no log is kept in CloudWatch; name all of the engine's in enabled_cloudwatch_logs_exports"
    elif "mysql" in (db.text("engine") or "") and "audit" not in exports:
        yield "the audit log is not kept in CloudWatch; add 'audit' to enabled_cloudwatch_logs_exports"


@rule("rds-global-clusters-must-be-encrypted", on=GLOBAL_CLUSTER, covers=["CKV_AWS_140"], severity=Severity.CRITICAL)
def encrypted_worldwide(cluster: Resource) -> Findings:
    """A global cluster copies records to other regions: they are encrypted in every one of them."""
    # One that is made of a cluster is encrypted as that is.
    if not cluster["sourceDbClusterIdentifier"] and cluster.flag("storageEncrypted") is not True:
        yield "storage_encrypted is not on; set storage_encrypted=True"


@rule("rds-must-run-maintained-version", on=(INSTANCE, CLUSTER), covers=["CKV_AWS_250", "CKV_AWS_388"])
def maintained(db: Resource) -> Findings:
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
def insights(db: Resource) -> Findings:
    """Which statement made the database slow, or read everything, is known afterwards only if it was recorded."""
    if db.flag("performanceInsightsEnabled") is not True:
        yield "performance_insights_enabled is not on; set it to True"
    elif not db["performanceInsightsKmsKeyId"]:
        yield "statements are kept under the AWS-managed key; set performance_insights_kms_key_id"


@rule("rds-must-require-tls", on=PARAMETER_GROUPS, covers=["CKV2_AWS_69"])
def tls(group: Resource) -> Findings:
    """Passwords and records cross the network: a database that also speaks without TLS will be spoken to without."""
    family = group.text("family") or ""
    name = next((name for start, name in TLS_ONLY.items() if family.startswith(start)), None)
    if name is not None and _parameters(group).get(name) not in SWITCHED_ON:
        yield f"parameter {name} is not on; add it with the value '1'"


@rule(
    "rds-postgres-must-log-statements",
    on=PARAMETER_GROUPS,
    covers=["CKV2_AWS_27", "CKV2_AWS_30"],
    severity=Severity.MEDIUM,
)
def statements(group: Resource) -> Findings:
    """Who changed a table, and what took so long, is asked after every incident."""
    if "postgres" not in (group.text("family") or ""):
        return
    found = _parameters(group)
    if found.get("log_min_duration_statement", "-1") == "-1":
        yield "slow statements are not logged; set log_min_duration_statement to some milliseconds"
    if found.get("log_statement") not in LOGGED_STATEMENTS and "ddl" not in found.get("pgaudit.log", ""):
        yield "changes of tables are not logged; set log_statement to 'ddl', or pgaudit.log to 'ddl,role'"


@stack_rule("rds-must-have-replica-elsewhere", level=LASTING)
def replicas(stack: Stack) -> StackFindings:
    """The platform has an hour to be back after the loss of a region: its records must be in another one already."""
    instances = stack.of(INSTANCE)
    for source in _sources(instances):
        copies = [db for db in instances if source.urn in db.uses.get("replicateSourceDb", ())]
        if not any(copy.text("region") != source.text("region") for copy in copies):
            yield source, f"database {source.name} has no replica in another region; add one of its ARN"


@stack_rule("rds-must-be-in-backup-plan", covers=["CKV2_AWS_8"])
def planned_backups(stack: Stack) -> StackFindings:
    """A database's own backups go where the database goes; a plan's are kept in a vault, out of its reach."""
    selections = stack.of(SELECTION)
    for db in (*_sources(stack.of(INSTANCE)), *stack.of(CLUSTER)):
        if not any(_selects(selection, db) for selection in selections):
            yield db, f"database {db.name} is in no backup plan; add its ARN to the resources of a backup Selection"


def _sources(instances: Iterable[Resource]) -> list[Resource]:
    """Databases that are nobody's replica."""
    return [db for db in instances if not db.uses.get("replicateSourceDb") and not db["replicateSourceDb"]]


def _selects(selection: Resource, db: Resource) -> bool:
    if db.urn in selection.uses.get("resources", ()):
        return True
    # By a tag of it: what AWS Backup looks at when no resource is named.
    tags = db.fields("tags")
    return any(tags[tag.text("key") or ""] == tag.text("value") for tag in selection.each("selectionTags"))


def _parameters(group: Resource) -> dict[str, str]:
    return {each.text("name") or "": each.text("value") or "" for each in group.each("parameters")}
