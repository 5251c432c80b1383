"""Argo CD of one cluster: namespaces, release, projects and root Application.

Argo CD deploys everything else from Git.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from components.base import ComponentArgs, PlatformComponent
from components.delivery.labels import PREFIX, labels
from components.gitops.default_network_policies import default_network_policies
from components.gitops.project_plan import (
    ADDON_NAMESPACES,
    DEFAULT,
    NAMESPACE,
    ROOT,
    deny_all_project,
    platform_projects,
    team_project,
)
from components.gitops.release_plan import CHART, REPOSITORY, TIMEOUT_SECONDS, values
from components.gitops.root_plan import ClusterFacts, root_spec

API = "argoproj.io/v1alpha1"
PURPOSE = f"{PREFIX}/purpose"
POD_SECURITY = {"enforce": "baseline", "audit": "restricted", "warn": "restricted"}
"""Pod Security Admission levels of the add-ons' namespaces, by mode.

Third-party charts rarely meet `restricted`, but all charts used here meet `baseline`.
"""


@dataclass(frozen=True, kw_only=True)
class ArgoCdArgs(ComponentArgs):
    """Version and source of one cluster's Argo CD, and facts about the cluster."""

    chart_version: str
    zones: int
    """Number of zones with nodes."""
    teams: Sequence[str]
    repository: str
    revision: str
    cluster_name: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    vault_address: str
    network: IPv4Network
    """CIDR range of the cluster's own network."""
    vault_auth_path: str


class ArgoCd(PlatformComponent):
    """Argo CD, the projects that limit it, and its root Application."""

    def __init__(self, name: str, args: ArgoCdArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:gitops:ArgoCd", name, args.context, opts)
        self._name = name
        self._args = args
        argocd_namespace = self._namespace(NAMESPACE, "GitOps")
        addons = [self._namespace(namespace, purpose) for namespace, purpose in ADDON_NAMESPACES.items()]
        projects = self._projects(self._release(argocd_namespace))
        self._root([*addons, *projects])
        self.register_outputs({})

    def _namespace(self, namespace: str, purpose: str) -> k8s.core.v1.Namespace:
        created_namespace = k8s.core.v1.Namespace(
            f"{self._name}-{namespace}",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=namespace,
                labels={
                    **labels(self._args.context, namespace),
                    **{f"pod-security.kubernetes.io/{mode}": level for mode, level in POD_SECURITY.items()},
                },
                annotations={PURPOSE: purpose},
            ),
            opts=self.child_options(),
        )
        for policy_name, spec in default_network_policies(self._args.network).items():
            k8s.networking.v1.NetworkPolicy(
                f"{self._name}-{namespace}-{policy_name}",
                metadata=k8s.meta.v1.ObjectMetaArgs(
                    name=policy_name,
                    namespace=created_namespace.metadata.name,
                    labels=labels(self._args.context, namespace),
                ),
                spec=spec,
                opts=self.child_options(),
            )
        return created_namespace

    def _release(self, argocd_namespace: k8s.core.v1.Namespace) -> k8s.helm.v3.Release:
        args = self._args
        return k8s.helm.v3.Release(
            self._name,
            name="argocd",
            namespace=argocd_namespace.metadata.name,
            chart=CHART,
            version=args.chart_version,
            repository_opts=k8s.helm.v3.RepositoryOptsArgs(repo=REPOSITORY),
            values=values(args.zones),
            atomic=True,
            timeout=TIMEOUT_SECONDS,
            opts=self.child_options(),
        )

    def _projects(self, release: k8s.helm.v3.Release) -> list[pulumi.Resource]:
        after = self.child_options(ResourceOptions(depends_on=[release]))
        plans = [
            *platform_projects(self._args.repository),
            *(team_project(team, self._args.repository) for team in self._args.teams),
        ]
        projects: list[pulumi.Resource] = [
            k8s.apiextensions.CustomResource(
                f"{self._name}-project-{plan.name}",
                api_version=API,
                kind="AppProject",
                metadata=self._metadata(plan.name),
                spec=plan.spec(),
                opts=after,
            )
            for plan in plans
        ]
        # Argo CD creates this project at its first start with everything allowed. The patch cannot be reverted, because
        # a project without a spec is invalid. Therefore the patch stays until the namespace is deleted.
        default_project = k8s.apiextensions.CustomResourcePatch(
            f"{self._name}-project-{DEFAULT}",
            api_version=API,
            kind="AppProject",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=DEFAULT, namespace=NAMESPACE, annotations={"pulumi.com/patchForce": "true"}
            ),
            spec=deny_all_project(),
            opts=ResourceOptions.merge(after, ResourceOptions(retain_on_delete=True)),
        )
        return [*projects, default_project]

    def _root(self, after: list[pulumi.Resource]) -> None:
        args = self._args
        spec = pulumi.Output.all(cluster=args.cluster_name, vpc=args.vpc_id).apply(
            lambda resolved: root_spec(
                ClusterFacts(
                    environment=args.context.environment,
                    repository=args.repository,
                    revision=args.revision,
                    region=args.context.region,
                    cluster_name=resolved["cluster"],
                    vpc_id=resolved["vpc"],
                    vault_address=args.vault_address,
                    vault_auth_path=args.vault_auth_path,
                )
            )
        )
        k8s.apiextensions.CustomResource(
            f"{self._name}-{ROOT}",
            api_version=API,
            kind="Application",
            metadata=self._metadata(ROOT),
            spec=spec,
            opts=self.child_options(ResourceOptions(depends_on=after)),
        )

    def _metadata(self, name: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(name=name, namespace=NAMESPACE, labels=labels(self._args.context, name))
