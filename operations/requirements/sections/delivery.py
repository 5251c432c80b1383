"""Resources that meet the sections on pipelines, releases, modules and Kubernetes."""

from operations.requirements.gaps import not_yet, outside
from operations.requirements.table import (
    Requirement,
    absent,
    dev,
    everywhere,
    holding,
    production_like,
    requirement,
    staging,
    within,
)
from stacks.requirements import REPLICA_CAP, Environment

SCALED = (Environment.STAGING, Environment.PREPROD, Environment.PROD)
scaled = within(SCALED)
HPA_METRICS = "spec.metrics[].resource.name"
CPU, MEMORY = (f"spec.template.spec.containers[0].resources.requests.{name}" for name in ("cpu", "memory"))

PIPELINE: tuple[Requirement, ...] = (
    requirement(
        "CICD-08",
        everywhere("securityhub.StandardsSubscription", "detection-cis-*"),
        scaled("cloudwatch.LogMetricFilter", "trail-alarm-*", "pattern", count=10),
        gaps=[
            outside(
                "compliance checks, because Checkov cannot read Pulumi programs",
                by="the policy packs, which check every resource before it exists",
            ),
        ],
    ),
)

BLUE_GREEN: tuple[Requirement, ...] = (
    requirement(
        "DEPLOY-06",
        everywhere("k8s.Rollout", "alerts", "spec.strategy.canary.steps[].setWeight", [10, 25, 50, 100]),
        gaps=[
            not_yet(
                "no listener exists in a rehearsal, so no traffic has been routed by weight",
                by="the load balancer controller in a real cluster",
            ),
        ],
    ),
    requirement(
        "DEPLOY-08",
        everywhere("k8s.Rollout", "alerts", "spec.strategy.canary.steps[].pause.duration", ["5m", "10m", "15m"]),
        gaps=[
            not_yet(
                "the steps pause, but nothing judges metrics during a pause",
                by="the service teams, with an AnalysisTemplate",
            ),
        ],
    ),
    requirement(
        "DEPLOY-04",
        everywhere("k8s.Rollout", "alerts", "spec.template.spec.containers[0].readinessProbe.httpGet.path"),
        gaps=[
            not_yet("the kubelet probes the path, but nothing monitors the results", by="the monitoring add-ons"),
        ],
    ),
)

MODULES: tuple[Requirement, ...] = (
    requirement(
        "IAC-02",
        everywhere("campus.Vpc", "network"),
        everywhere("campus.Cluster", "cluster"),
        everywhere("campus.PostgresPrimary", "records"),
        everywhere("campus.Firewall", "firewall"),
        gaps=[
            not_yet(
                "the modules are released with the repository and have no versions of their own", by="the platform team"
            ),
        ],
    ),
)

KUBERNETES: tuple[Requirement, ...] = (
    requirement(
        "IAC-05",
        everywhere("k8s.Release", "argocd", "version"),
        gaps=[
            not_yet(
                "services in the settings are deployed by Pulumi, not by Helm",
                by="Argo CD, which deploys other services through charts/service",
            ),
        ],
    ),
    requirement(
        "IAC-06",
        everywhere("k8s.AppProject", "argocd-project-*", "spec.sourceRepos"),
        gaps=[
            not_yet(
                "Argo CD's controllers do not run in a rehearsal, so no sync has been shown",
                by="Argo CD in a real cluster",
            ),
        ],
    ),
    requirement(
        "IAC-07",
        everywhere("k8s.ResourceQuota", "team-*", 'spec.hard."limits.cpu"'),
        everywhere("k8s.LimitRange", "team-*", "spec.limits"),
        everywhere("k8s.PodDisruptionBudget", "alerts", "spec.maxUnavailable"),
    ),
    requirement(
        "IAC-08",
        everywhere("k8s.Namespace", "team-*", 'metadata.labels."pod-security.kubernetes.io/enforce"', "restricted"),
        everywhere("k8s.ValidatingAdmissionPolicy", "admission-campus-*", "spec.failurePolicy", "Fail"),
        everywhere("k8s.NetworkPolicy", "team-*-default-deny", "spec.policyTypes", holding("Ingress", "Egress")),
        everywhere("k8s.ClusterRole", "cluster-rules-viewer", "rules"),
        everywhere("k8s.RoleBinding", "team-*-ci-cd", "roleRef.name"),
    ),
)

CONFIGURATION: tuple[Requirement, ...] = (
    requirement("IAC-11", dev("k8s.Rollout", "alerts", "spec.replicas", 1)),
    requirement(
        "IAC-12",
        dev("k8s.Rollout", "alerts", CPU, "100m"),
        dev("k8s.Rollout", "alerts", MEMORY, "128Mi"),
    ),
    requirement("IAC-13", absent((Environment.DEV,))("k8s.HorizontalPodAutoscaler", "*")),
    requirement("IAC-15", staging("k8s.Rollout", "alerts", "spec.replicas", 2)),
    requirement(
        "IAC-16",
        staging("k8s.Rollout", "alerts", CPU, "500m"),
        staging("k8s.Rollout", "alerts", MEMORY, "512Mi"),
    ),
    requirement("IAC-17", staging("k8s.HorizontalPodAutoscaler", "alerts", HPA_METRICS, ["cpu"])),
    requirement("IAC-19", production_like("k8s.Rollout", "alerts", "spec.replicas", 5)),
    requirement(
        "IAC-20",
        production_like("k8s.Rollout", "alerts", CPU, "2000m"),
        production_like("k8s.Rollout", "alerts", MEMORY, "4Gi"),
    ),
    requirement("IAC-21", production_like("k8s.HorizontalPodAutoscaler", "alerts", HPA_METRICS, ["cpu"])),
    requirement("IAC-22", production_like("k8s.HorizontalPodAutoscaler", "alerts", "spec.minReplicas", 3)),
    requirement("IAC-23", production_like("k8s.HorizontalPodAutoscaler", "alerts", "spec.maxReplicas", REPLICA_CAP)),
)
