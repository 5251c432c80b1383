"""Backup and disaster recovery: what is kept, for how long, and what a failover finds there."""

from operations.requirements.table import Row, at_least, everywhere, guarded, row
from stacks.figures import BACKUP_RETENTION_DAYS, EVIDENCE_RETENTION_YEARS

RULE = "rules[0].destination.replicationTime"

ROWS: tuple[Row, ...] = (
    row(
        "Continuous WAL-E streaming, daily full backups, 30-day retention",
        guarded("rds.Instance", "records", "backupRetentionPeriod", at_least(BACKUP_RETENTION_DAYS)),
        guarded(
            "rds.InstanceAutomatedBackupsReplication",
            "records-backups-dr",
            "retentionPeriod",
            at_least(BACKUP_RETENTION_DAYS),
        ),
        everywhere("backup.Plan", "backups", "rules[0].schedule"),
        guarded("backup.Plan", "backups", "min(rules[].lifecycle.deleteAfter)", at_least(BACKUP_RETENTION_DAYS)),
        guarded("backup.VaultLockConfiguration", "backups*", "minRetentionDays", count=2),
    ),
    row(
        "Real-time cross-region replication, 7-year compliance retention",
        guarded("s3.BucketReplicationConfig", "evidence-replication", f"{RULE}.time.minutes", 15),
        guarded("s3.BucketReplicationConfig", "evidence-replication", "role"),
        guarded("s3.BucketObjectLockConfiguration", "evidence*", "rule.defaultRetention.mode", "COMPLIANCE", count=2),
        guarded(
            "s3.BucketObjectLockConfiguration",
            "evidence*",
            "rule.defaultRetention.years",
            at_least(EVIDENCE_RETENTION_YEARS),
            count=2,
        ),
    ),
    row(
        "Daily GitOps repository backups, infrastructure state snapshots",
        guarded("s3.BucketReplicationConfig", "vault-snapshots-replication", "rules[0].status", "Enabled"),
    ),
    row(
        "Daily snapshots of Redis cache, user session backups",
        everywhere("elasticache.ReplicationGroup", "cache", "snapshotRetentionLimit", at_least(1)),
    ),
    row(
        "Switch DNS to DR region",
        guarded("route53.Record", "names-alerts-primary", "failoverRoutingPolicies[0].type", "PRIMARY"),
        guarded("route53.Record", "names-alerts-secondary", "failoverRoutingPolicies[0].type", "SECONDARY"),
    ),
    row(
        "Promote read replica to primary",
        guarded("rds.Instance", "records-dr", "replicateSourceDb", source="rds.Instance records"),
        guarded("rds.Instance", "records-dr", "kmsKeyId", source="kms.Key database-dr"),
    ),
    row(
        "Update application connection strings",
        everywhere("vault.SecretV2", "database-secrets-address", "name"),
    ),
    row(
        "Deploy from last known good image",
        guarded("eks.Cluster", "cluster-dr", "version"),
        guarded("eks.NodeGroup", "nodes-dr-baseline", "scalingConfig.minSize", at_least(1)),
        everywhere("k8s.Rollout", "alerts", "spec.revisionHistoryLimit", at_least(1)),
    ),
    row(
        "Run health checks",
        everywhere("k8s.Rollout", "alerts", "spec.template.spec.containers[0].readinessProbe.httpGet.path"),
    ),
    row(
        "Gradual traffic restoration",
        everywhere("k8s.Rollout", "alerts", "spec.strategy.canary.steps[].setWeight", [10, 25, 50, 100]),
    ),
)
