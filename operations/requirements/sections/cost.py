"""Resources that meet the section on cost management and guardrails."""

from operations.requirements.gaps import not_yet, outside
from operations.requirements.sections.delivery import scaled
from operations.requirements.table import Requirement, at_most, everywhere, production_like, requirement
from stacks.requirements import REPLICA_CAP

ACTUAL = "notifications[?notificationType=='ACTUAL'].threshold"
FORECAST = "notifications[?notificationType=='FORECASTED'].threshold"

REQUIREMENTS: tuple[Requirement, ...] = (
    requirement(
        "COST-01",
        everywhere("budgets.Budget", "monthly", "limitAmount"),
        everywhere("budgets.Budget", "*", ACTUAL, [80, 100, 120]),
        everywhere("sns.Topic", "cost-alerts", "kmsMasterKeyId", source="kms.Key cost"),
    ),
    requirement(
        "COST-02",
        everywhere("eks.NodeGroup", "nodes-*", "scalingConfig.maxSize"),
        scaled("k8s.HorizontalPodAutoscaler", "alerts", "spec.maxReplicas", at_most(REPLICA_CAP)),
        everywhere("k8s.ResourceQuota", "team-*", "spec.hard.pods"),
    ),
    requirement(
        "COST-03",
        everywhere("costexplorer.CostAllocationTag", "*", "status", "Active", count=7),
        everywhere("costexplorer.CostCategory", "team", "rules[0].inheritedValue.dimensionKey", "team"),
        everywhere("costexplorer.CostCategory", "environment", "rules[0].inheritedValue.dimensionKey", "environment"),
        everywhere("costexplorer.CostCategory", "feature", "rules[0].inheritedValue.dimensionKey", "feature"),
        everywhere("budgets.Budget", "team-*", "costFilters[0].name", "TagKeyValue"),
        everywhere("budgets.Budget", "feature-*", "costFilters[0].name", "TagKeyValue"),
    ),
    requirement(
        "COST-04",
        everywhere("eks.NodeGroup", "nodes-batch", "capacityType", "SPOT"),
        gaps=[
            not_yet("nothing recommends instance sizes", by="the owner of the costs, with AWS Compute Optimizer"),
        ],
    ),
    requirement(
        "COST-05",
        everywhere("costexplorer.AnomalySubscription", "anomaly-digest", "frequency", "DAILY"),
        gaps=[
            outside("inspection of spend", by="the owner of the costs, in AWS Cost Explorer"),
        ],
    ),
    requirement(
        "COST-06",
        everywhere("budgets.Budget", "*", FORECAST, [100]),
        gaps=[
            not_yet(
                "nothing analyses trends or models seasonality; the alarm on the forecast does neither",
                by="the owner of the costs",
            ),
        ],
    ),
    requirement(
        "COST-07",
        everywhere("costexplorer.AnomalyMonitor", "services", "monitorDimension", "SERVICE"),
        everywhere("costexplorer.AnomalyMonitor", "team-*", "monitorType", "CUSTOM"),
        everywhere("costexplorer.AnomalySubscription", "anomaly-alert", "frequency", "IMMEDIATE"),
        gaps=[
            not_yet("no alarm of the program reports spikes in resource usage", by="the monitoring add-ons"),
        ],
    ),
    requirement(
        "COST-09",
        scaled("k8s.HorizontalPodAutoscaler", "alerts", "spec.metrics"),
        production_like("autoscaling.Schedule", "nodes-baseline-school-*", "recurrence", count=2),
        gaps=[
            not_yet("a rehearsal does not run schedules", by="Auto Scaling in a real account"),
        ],
    ),
    requirement(
        "COST-11",
        everywhere("eks.NodeGroup", "nodes-batch", "capacityType", "SPOT"),
        everywhere("eks.NodeGroup", "nodes-training", "capacityType", "SPOT"),
        gaps=[
            not_yet(
                "workloads must be placed on Spot nodes, and no bill has shown the reduction",
                by="the model and platform teams",
            ),
        ],
    ),
    requirement(
        "COST-12",
        everywhere("ec2.LaunchTemplate", "nodes-*", "blockDeviceMappings[0].ebs.deleteOnTermination", "true"),
        everywhere("s3.BucketLifecycleConfiguration", "evidence*", "rules"),
        gaps=[
            not_yet("nothing detects orphaned volumes or unused resources of other kinds", by="the platform team"),
        ],
    ),
)
