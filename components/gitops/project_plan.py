"""Argo CD projects: allowed sources, destinations and resource kinds.

A project limits its Applications. Pulumi owns the projects, and nothing that Argo CD creates can change a project.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from components.delivery.manifest import Manifest

NAMESPACE = "argocd"
SYSTEM = "kube-system"
"""Namespace that Kubernetes itself creates; the add-ons' node agents run in it."""
ROOT, PLATFORM, DEFAULT = "root", "platform", "default"
"""Projects of the app-of-apps, of add-ons, and of Applications that name no project."""
IN_CLUSTER = "https://kubernetes.default.svc"
"""API server of the cluster that Argo CD runs in."""
ADDON_NAMESPACES = {
    "argo-rollouts": "progressive delivery",
    "elastic-system": "operator of the Elastic stack",
    "monitoring": "metrics and alerts",
    "observability": "logs and traces",
    "vault": "injector of secrets",
}
"""Purpose of each add-on namespace, by name.

Agents that need host access run in kube-system instead.
"""
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
"""Chart repositories that add-ons may use."""
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
"""Kinds that a team may deploy.

Vault manages secrets; Pulumi manages roles, quotas and network policies.
"""
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
"""Cluster-scoped kinds that add-ons' charts may create.

Namespaces are not included, because Pulumi creates them.
"""
_PULUMIS_OWN = (("", "LimitRange"), ("", "ResourceQuota"))

ResourceKinds = Iterable[tuple[str, str]]
"""Pairs of API group and kind."""


@dataclass(frozen=True)
class ProjectPlan:
    """One AppProject."""

    name: str
    description: str
    sources: tuple[str, ...]
    namespaces: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    """Allowed namespaced kinds; empty allows all except `denied`."""
    cluster_kinds: tuple[tuple[str, str], ...] = ()
    denied: tuple[tuple[str, str], ...] = ()

    def spec(self) -> Manifest:
        """Return the spec of the AppProject.

        Empty lists are included, because an absent list may mean "all".
        """
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
    """Return a deny-all spec for Argo CD's `default` project.

    Argo CD creates that project with everything allowed.
    """
    return {
        "description": "Nothing; every Application names its project",
        "sourceRepos": [],
        "destinations": [],
        "clusterResourceWhitelist": [],
    }


def platform_projects(repository: str) -> tuple[ProjectPlan, ...]:
    """Return the projects of the app-of-apps and of the add-ons.

    The app-of-apps may create Applications only.
    """
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
    """Return one team's project.

    The project allows our repository, the team's namespace and no cluster-scoped kinds.
    """
    return ProjectPlan(
        name=team,
        description=f"Services of {team} that Pulumi does not run",
        sources=(repository,),
        namespaces=(team,),
        kinds=SERVICE_KINDS,
    )


RESERVED = frozenset({ROOT, PLATFORM, DEFAULT, NAMESPACE, SYSTEM, *ADDON_NAMESPACES})
"""Names that a team cannot have, because a project or a namespace already has the name."""
