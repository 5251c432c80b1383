"""Resources that meet the section on backup and disaster recovery."""

from operations.requirements.table import Requirement, at_least, everywhere, production_like, requirement
from stacks.requirements import BACKUP_RETENTION_DAYS, EVIDENCE_RETENTION_YEARS

EVIDENCE_LOCK = ("s3.BucketObjectLockConfiguration", "evidence*")
SHORTEST_RETENTION = "min(rules[].lifecycle.deleteAfter)"
RULE = "rules[0].destination.replicationTime"

REQUIREMENTS: tuple[Requirement, ...] = (
    requirement(
        "DR-01",
        production_like("rds.Instance", "records", "backupRetentionPeriod", at_least(BACKUP_RETENTION_DAYS)),
        production_like(
            "rds.InstanceAutomatedBackupsReplication",
            "records-backups-dr",
            "retentionPeriod",
            at_least(BACKUP_RETENTION_DAYS),
        ),
        everywhere("backup.Plan", "backups", "rules[0].schedule"),
        production_like("backup.Plan", "backups", SHORTEST_RETENTION, at_least(BACKUP_RETENTION_DAYS)),
        production_like("backup.VaultLockConfiguration", "backups*", "minRetentionDays", count=2),
    ),
    requirement(
        "DR-02",
        production_like("s3.BucketReplicationConfig", "evidence-replication", f"{RULE}.time.minutes", 15),
        production_like("s3.BucketReplicationConfig", "evidence-replication", "role"),
        production_like(*EVIDENCE_LOCK, "rule.defaultRetention.mode", "COMPLIANCE", count=2),
        production_like(
            *EVIDENCE_LOCK,
            "rule.defaultRetention.years",
            at_least(EVIDENCE_RETENTION_YEARS),
            count=2,
        ),
    ),
    requirement(
        "DR-03",
        production_like("s3.BucketReplicationConfig", "vault-snapshots-replication", "rules[0].status", "Enabled"),
    ),
    requirement(
        "DR-04",
        everywhere("elasticache.ReplicationGroup", "cache", "snapshotRetentionLimit", at_least(1)),
    ),
    requirement(
        "DR-12",
        production_like("route53.Record", "names-alerts-primary", "failoverRoutingPolicies[0].type", "PRIMARY"),
        production_like("route53.Record", "names-alerts-secondary", "failoverRoutingPolicies[0].type", "SECONDARY"),
    ),
    requirement(
        "DR-13",
        production_like("rds.Instance", "records-dr", "replicateSourceDb", source="rds.Instance records"),
        production_like("rds.Instance", "records-dr", "kmsKeyId", source="kms.Key database-dr"),
    ),
    requirement(
        "DR-14",
        everywhere("vault.SecretV2", "database-secrets-address", "name"),
    ),
    requirement(
        "DR-19",
        production_like("eks.Cluster", "cluster-dr", "version"),
        production_like("eks.NodeGroup", "nodes-dr-baseline", "scalingConfig.minSize", at_least(1)),
        everywhere("k8s.Rollout", "alerts", "spec.revisionHistoryLimit", at_least(1)),
    ),
    requirement(
        "DR-21",
        everywhere("k8s.Rollout", "alerts", "spec.template.spec.containers[0].readinessProbe.httpGet.path"),
    ),
    requirement(
        "DR-22",
        everywhere("k8s.Rollout", "alerts", "spec.strategy.canary.steps[].setWeight", [10, 25, 50, 100]),
    ),
)
