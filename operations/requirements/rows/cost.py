"""Cost management: budgets, alerts, chargeback, caps, spot machines."""

from operations.requirements.rows.delivery import scaled
from operations.requirements.table import Row, at_most, everywhere, guarded, row
from stacks.figures import REPLICA_CAP

ACTUAL = "notifications[?notificationType=='ACTUAL'].threshold"
FORECAST = "notifications[?notificationType=='FORECASTED'].threshold"

ROWS: tuple[Row, ...] = (
    row(
        "$120k/month with 20% variance alerting threshold",
        everywhere("budgets.Budget", "monthly", "limitAmount"),
        everywhere("budgets.Budget", "*", ACTUAL, [80, 100, 120]),
        everywhere("sns.Topic", "cost-alerts", "kmsMasterKeyId", source="kms.Key cost"),
    ),
    row(
        "Auto-scaling caps, maximum instance counts per environment",
        everywhere("eks.NodeGroup", "nodes-*", "scalingConfig.maxSize"),
        scaled("k8s.HorizontalPodAutoscaler", "alerts", "spec.maxReplicas", at_most(REPLICA_CAP)),
        everywhere("k8s.ResourceQuota", "team-*", "spec.hard.pods"),
    ),
    row(
        "Tagging strategy by team, environment, and feature for chargeback",
        everywhere("costexplorer.CostAllocationTag", "*", "status", "Active", count=7),
        everywhere("costexplorer.CostCategory", "team", "rules[0].inheritedValue.dimensionKey", "team"),
        everywhere("costexplorer.CostCategory", "environment", "rules[0].inheritedValue.dimensionKey", "environment"),
        everywhere("costexplorer.CostCategory", "feature", "rules[0].inheritedValue.dimensionKey", "feature"),
        everywhere("budgets.Budget", "team-*", "costFilters[0].name", "TagKeyValue"),
        everywhere("budgets.Budget", "feature-*", "costFilters[0].name", "TagKeyValue"),
    ),
    row(
        "Automated rightsizing recommendations, spot instance utilization",
        everywhere("eks.NodeGroup", "nodes-batch", "capacityType", "SPOT"),
    ),
    row(
        "AWS Cost Explorer integration, daily spend notifications",
        everywhere("costexplorer.AnomalySubscription", "anomaly-digest", "frequency", "DAILY"),
    ),
    row(
        "Trend analysis for capacity planning, seasonal adjustment modeling",
        everywhere("budgets.Budget", "*", FORECAST, [100]),
    ),
    row(
        "Automated alerts for unusual spend patterns, resource usage spikes",
        everywhere("costexplorer.AnomalyMonitor", "services", "monitorDimension", "SERVICE"),
        everywhere("costexplorer.AnomalyMonitor", "team-*", "monitorType", "CUSTOM"),
        everywhere("costexplorer.AnomalySubscription", "anomaly-alert", "frequency", "IMMEDIATE"),
    ),
    row(
        "Dynamic scaling based on demand, scheduled scaling for predictable loads",
        scaled("k8s.HorizontalPodAutoscaler", "alerts", "spec.metrics"),
        guarded("autoscaling.Schedule", "nodes-baseline-school-*", "recurrence", count=2),
    ),
    row(
        "Training workloads, batch processing, 60-70% cost reduction",
        everywhere("eks.NodeGroup", "nodes-batch", "capacityType", "SPOT"),
        everywhere("eks.NodeGroup", "nodes-training", "capacityType", "SPOT"),
    ),
    row(
        "Automated deletion of unused resources, orphaned volume detection",
        everywhere("ec2.LaunchTemplate", "nodes-*", "blockDeviceMappings[0].ebs.deleteOnTermination", "true"),
        everywhere("s3.BucketLifecycleConfiguration", "evidence*", "rules"),
    ),
)
