"""Resources that meet the section on backup and disaster recovery."""

from operations.requirements.gaps import not_yet, outside
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
        gaps=[
            not_yet(
                "replicated backups have not been restored, and no job of AWS Backup has run",
                by="the site reliability engineers, in a drill",
            ),
        ],
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
        gaps=[
            not_yet(
                "no object has been replicated to the other region", by="the site reliability engineers, in a drill"
            ),
        ],
    ),
    requirement(
        "DR-03",
        production_like("s3.BucketReplicationConfig", "vault-snapshots-replication", "rules[0].status", "Enabled"),
        gaps=[
            not_yet("nothing backs up the Git repository daily", by="the repository's administrators"),
            not_yet("nothing takes snapshots of the infrastructure state", by="the platform team"),
        ],
    ),
    requirement(
        "DR-04",
        everywhere("elasticache.ReplicationGroup", "cache", "snapshotRetentionLimit", at_least(1)),
        gaps=[
            not_yet("no snapshot has been taken or restored", by="the site reliability engineers, in a drill"),
        ],
    ),
    requirement(
        "DR-12",
        production_like("route53.Record", "names-alerts-primary", "failoverRoutingPolicies[0].type", "PRIMARY"),
        production_like("route53.Record", "names-alerts-secondary", "failoverRoutingPolicies[0].type", "SECONDARY"),
        gaps=[
            not_yet("no DNS failover has been shown", by="the on-call engineers"),
        ],
    ),
    requirement(
        "DR-13",
        production_like("rds.Instance", "records-dr", "replicateSourceDb", source="rds.Instance records"),
        production_like("rds.Instance", "records-dr", "kmsKeyId", source="kms.Key database-dr"),
        gaps=[
            not_yet("the promotion is not automated", by="the on-call engineers"),
        ],
    ),
    requirement(
        "DR-14",
        everywhere("vault.SecretV2", "database-secrets-address", "name"),
        gaps=[
            not_yet("the secret exists, but no step changes it in a failover", by="the on-call engineers"),
        ],
    ),
    requirement(
        "DR-19",
        production_like("eks.Cluster", "cluster-dr", "version"),
        production_like("eks.NodeGroup", "nodes-dr-baseline", "scalingConfig.minSize", at_least(1)),
        everywhere("k8s.Rollout", "alerts", "spec.revisionHistoryLimit", at_least(1)),
        gaps=[
            not_yet("no deployment to a standby cluster in a failover has been shown", by="the on-call engineers"),
        ],
    ),
    requirement(
        "DR-21",
        everywhere("k8s.Rollout", "alerts", "spec.template.spec.containers[0].readinessProbe.httpGet.path"),
        gaps=[
            outside("checks beyond the readiness of pods", by="the on-call engineers"),
        ],
    ),
    requirement(
        "DR-22",
        everywhere("k8s.Rollout", "alerts", "spec.strategy.canary.steps[].setWeight", [10, 25, 50, 100]),
        gaps=[
            not_yet(
                "canary steps apply to new releases; a DNS failover moves all traffic at once",
                by="the on-call engineers",
            ),
        ],
    ),
)
