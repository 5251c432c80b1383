"""Pipeline, release flow, modules and Kubernetes: what of them is a resource."""

from operations.requirements.table import Row, absent, dev, everywhere, guarded, holding, row, staging, within
from stacks.figures import REPLICA_CAP, Environment

SCALED = (Environment.STAGING, Environment.PREPROD, Environment.PROD)
scaled = within(SCALED)
CPU, MEMORY = (f"spec.template.spec.containers[0].resources.requests.{name}" for name in ("cpu", "memory"))

PIPELINE: tuple[Row, ...] = (
    row(
        "Checkov for Terraform compliance, CIS benchmark validation",
        everywhere("securityhub.StandardsSubscription", "detection-cis-*"),
        scaled("cloudwatch.LogMetricFilter", "trail-alarm-*", "pattern", count=10),
    ),
)

BLUE_GREEN: tuple[Row, ...] = (
    row(
        "CI->>LB: Route 10% traffic to Green",
        everywhere("k8s.Rollout", "alerts", "spec.strategy.canary.steps[].setWeight", [10, 25, 50, 100]),
    ),
    row(
        "Monitor->>Ops: Monitor key metrics (5 min)",
        everywhere("k8s.Rollout", "alerts", "spec.strategy.canary.steps[].pause.duration", ["5m", "10m", "15m"]),
    ),
    row(
        "Green->>Monitor: Health check endpoints",
        everywhere("k8s.Rollout", "alerts", "spec.template.spec.containers[0].readinessProbe.httpGet.path"),
    ),
)

MODULES: tuple[Row, ...] = (
    row(
        "Reusable modules for VPC, EKS, RDS, security groups with versioning",
        everywhere("campus.Vpc", "network"),
        everywhere("campus.Cluster", "cluster"),
        everywhere("campus.PostgresPrimary", "records"),
        everywhere("campus.Firewall", "firewall"),
    ),
)

KUBERNETES: tuple[Row, ...] = (
    row(
        "Application deployments managed via Helm with environment-specific values",
        everywhere("k8s.Release", "argocd", "version"),
    ),
    row(
        "ArgoCD for continuous deployment, Git as single source of truth",
        everywhere("k8s.AppProject", "argocd-project-*", "spec.sourceRepos"),
    ),
    row(
        "Resource quotas, limit ranges, pod disruption budgets configured",
        everywhere("k8s.ResourceQuota", "team-*", 'spec.hard."limits.cpu"'),
        everywhere("k8s.LimitRange", "team-*", "spec.limits"),
        everywhere("k8s.PodDisruptionBudget", "alerts", "spec.maxUnavailable"),
    ),
    row(
        "Pod security policies, network policies, RBAC configurations",
        everywhere("k8s.Namespace", "team-*", 'metadata.labels."pod-security.kubernetes.io/enforce"', "restricted"),
        everywhere("k8s.ValidatingAdmissionPolicy", "admission-campus-*", "spec.failurePolicy", "Fail"),
        everywhere("k8s.NetworkPolicy", "team-*-default-deny", "spec.policyTypes", holding("Ingress", "Egress")),
        everywhere("k8s.ClusterRole", "cluster-rules-viewer", "rules"),
        everywhere("k8s.RoleBinding", "team-*-ci-cd", "roleRef.name"),
    ),
)

CONFIGURATION: tuple[Row, ...] = (
    row("replicas: 1", dev("k8s.Rollout", "alerts", "spec.replicas", 1)),
    row(
        'resources: {cpu: "100m", memory: "128Mi"}',
        dev("k8s.Rollout", "alerts", CPU, "100m"),
        dev("k8s.Rollout", "alerts", MEMORY, "128Mi"),
    ),
    row("auto_scaling: false", absent((Environment.DEV,))("k8s.HorizontalPodAutoscaler", "*")),
    row("replicas: 2", staging("k8s.Rollout", "alerts", "spec.replicas", 2)),
    row(
        'resources: {cpu: "500m", memory: "512Mi"}',
        staging("k8s.Rollout", "alerts", CPU, "500m"),
        staging("k8s.Rollout", "alerts", MEMORY, "512Mi"),
    ),
    row("auto_scaling: true", scaled("k8s.HorizontalPodAutoscaler", "alerts", "spec.metrics[].resource.name", ["cpu"])),
    row("replicas: 5", guarded("k8s.Rollout", "alerts", "spec.replicas", 5)),
    row(
        'resources: {cpu: "2000m", memory: "4Gi"}',
        guarded("k8s.Rollout", "alerts", CPU, "2000m"),
        guarded("k8s.Rollout", "alerts", MEMORY, "4Gi"),
    ),
    row("min_replicas: 3", guarded("k8s.HorizontalPodAutoscaler", "alerts", "spec.minReplicas", 3)),
    row("max_replicas: 50", guarded("k8s.HorizontalPodAutoscaler", "alerts", "spec.maxReplicas", REPLICA_CAP)),
)
