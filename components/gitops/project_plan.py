"""What Argo CD may make, by project: who the source is, where it goes, and which kinds it may have.

A project is the fence around an Application. Fences are Pulumi's; nothing that Argo CD makes can move one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from components.delivery.manifest import Manifest

NAMESPACE = "argocd"
SYSTEM = "kube-system"
"""Namespace of what every node needs; Kubernetes makes it."""
ROOT, PLATFORM, DEFAULT = "root", "platform", "default"
"""Projects of the app-of-apps, of add-ons, and of Applications that name none."""
IN_CLUSTER = "https://kubernetes.default.svc"
"""The cluster that Argo CD itself runs in."""
ADDON_NAMESPACES = {
    "argo-rollouts": "progressive delivery",
    "elastic-system": "operator of the Elastic stack",
    "monitoring": "metrics and alerts",
    "observability": "logs and traces",
    "vault": "injector of secrets",
}
"""Namespaces of add-ons, and what for. Agents that need the node itself go to kube-system instead."""
CHART_REPOSITORIES = (
    "https://argoproj.github.io/argo-helm",
    "https://aws.github.io/eks-charts",
    "https://helm.elastic.co",
    "https://helm.releases.hashicorp.com",
    "https://jaegertracing.github.io/helm-charts",
    "https://kubernetes.github.io/autoscaler",
    "https://open-telemetry.github.io/opentelemetry-helm-charts",
    "https://prometheus-community.github.io/helm-charts",
)
"""Where charts of add-ons may come from."""
SERVICE_KINDS = (
    ("", "ConfigMap"),
    ("", "Service"),
    ("", "ServiceAccount"),
    ("argoproj.io", "AnalysisTemplate"),
    ("argoproj.io", "Rollout"),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("batch", "CronJob"),
    ("batch", "Job"),
    ("networking.k8s.io", "Ingress"),
    ("policy", "PodDisruptionBudget"),
)
"""What a team may have made: services and jobs. Secrets are Vault's; roles, quotas and network policies Pulumi's."""
CLUSTER_KINDS = (
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("elbv2.k8s.aws", "IngressClassParams"),
    ("networking.k8s.io", "IngressClass"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
)
"""Kinds without a namespace that charts of add-ons bring. Namespaces are not among them: Pulumi makes all."""
_PULUMIS_OWN = (("", "LimitRange"), ("", "ResourceQuota"))

ResourceKinds = Iterable[tuple[str, str]]
"""API group and kind of each."""


@dataclass(frozen=True)
class ProjectPlan:
    """One AppProject."""

    name: str
    description: str
    sources: tuple[str, ...]
    namespaces: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    """With a namespace; empty for all but `denied`."""
    cluster_kinds: tuple[tuple[str, str], ...] = ()
    denied: tuple[tuple[str, str], ...] = ()

    def spec(self) -> Manifest:
        """Spec of the AppProject. Lists are written even where they are empty: an absent one may mean "all"."""
        bounds = {"namespaceResourceWhitelist": _kinds(self.kinds)} if self.kinds else {}
        return {
            "description": self.description,
            "sourceRepos": list(self.sources),
            "destinations": [{"server": IN_CLUSTER, "namespace": each} for each in self.namespaces],
            "clusterResourceWhitelist": _kinds(self.cluster_kinds),
            "namespaceResourceBlacklist": _kinds(self.denied),
            **bounds,
        }


def _kinds(kinds: ResourceKinds) -> list[Mapping[str, str]]:
    return [{"group": group, "kind": kind} for group, kind in kinds]


def deny_all_project() -> Manifest:
    """Spec of Argo CD's own `default` project, which as it comes allows everything: nothing."""
    return {
        "description": "Nothing; every Application names its project",
        "sourceRepos": [],
        "destinations": [],
        "clusterResourceWhitelist": [],
    }


def platform_projects(repository: str) -> tuple[ProjectPlan, ...]:
    """The project of the app-of-apps, which may make Applications alone, and that of the add-ons."""
    return (
        ProjectPlan(
            name=ROOT,
            description="The app-of-apps: Applications, and nothing else",
            sources=(repository,),
            namespaces=(NAMESPACE,),
            kinds=(("argoproj.io", "Application"),),
        ),
        ProjectPlan(
            name=PLATFORM,
            description="Third-party add-ons",
            sources=(repository, *CHART_REPOSITORIES),
            namespaces=(SYSTEM, *sorted(ADDON_NAMESPACES)),
            kinds=(),
            cluster_kinds=CLUSTER_KINDS,
            denied=_PULUMIS_OWN,
        ),
    )


def team_project(team: str, repository: str) -> ProjectPlan:
    """The project of one team: from our repository, into its own namespace, nothing of the cluster's."""
    return ProjectPlan(
        name=team,
        description=f"Services of {team} that Pulumi does not run",
        sources=(repository,),
        namespaces=(team,),
        kinds=SERVICE_KINDS,
    )


RESERVED = frozenset({ROOT, PLATFORM, DEFAULT, NAMESPACE, SYSTEM, *ADDON_NAMESPACES})
"""Names that no team can have: its project and its namespace would be somebody else's."""
