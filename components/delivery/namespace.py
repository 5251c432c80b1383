"""Namespace of one team: pod security, quota, network policies and role bindings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.admission.plan import TEAM_NAMESPACE, PodSecurity, namespace_annotations
from components.base import ComponentArgs, PlatformComponent
from components.delivery.labels import PREFIX, labels
from components.delivery.network_policies import AllowedFlow, policies
from components.delivery.rbac_plan import PIPELINE
from components.delivery.roles_and_priorities import Groups, role_ref, subjects
from components.delivery.rollout_plan import QuotaPlan


@dataclass(frozen=True, kw_only=True)
class TeamNamespaceArgs(ComponentArgs):
    """Security level, quota, network flows and access of one team's namespace."""

    namespace: str
    contact: str
    """E-mail address of the responsible team."""
    pod_security: PodSecurity
    image_repositories: Sequence[str]
    quota: QuotaPlan
    largest_pod: Mapping[str, str]
    flows: Sequence[AllowedFlow]
    groups: Groups


class TeamNamespace(PlatformComponent):
    """A team's namespace. Traffic and access are denied unless explicitly allowed.

    Outputs: namespace (its name).
    """

    def __init__(self, name: str, args: TeamNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("campus:delivery:TeamNamespace", name, args.context, opts)
        self._name = name
        self._labels = labels(args.context, args.namespace)
        modes = {f"pod-security.kubernetes.io/{mode}": args.pod_security.value for mode in ("enforce", "audit", "warn")}
        created_namespace = k8s.core.v1.Namespace(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.namespace,
                labels={**self._labels, **modes, TEAM_NAMESPACE: "team"},
                annotations={**namespace_annotations(args.image_repositories), f"{PREFIX}/contact": args.contact},
            ),
            opts=self.child_options(),
        )
        self.namespace: pulumi.Output[str] = created_namespace.metadata.name
        self._limits(args)
        for policy, spec in policies(args.flows).items():
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{policy}", metadata=self._metadata(policy), spec=spec, opts=self.child_options()
            )
        self._bind_roles(args.groups)
        self.register_outputs({"namespace": self.namespace})

    def _metadata(self, name: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(name=name, namespace=self.namespace, labels=self._labels)

    def _limits(self, args: TeamNamespaceArgs) -> None:
        """Limit the resources of the namespace and of each pod.

        The limit range sets a maximum per pod, not per container: from a maximum per container, Kubernetes would derive
        default requests and limits. Without these defaults, the quota rejects containers without requests and limits.
        """
        k8s.core.v1.ResourceQuota(
            self._name,
            metadata=self._metadata("compute"),
            spec=k8s.core.v1.ResourceQuotaSpecArgs(hard=args.quota.hard()),
            opts=self.child_options(),
        )
        k8s.core.v1.LimitRange(
            self._name,
            metadata=self._metadata("largest-pod"),
            spec=k8s.core.v1.LimitRangeSpecArgs(
                limits=[k8s.core.v1.LimitRangeItemArgs(type="Pod", max=args.largest_pod)]
            ),
            opts=self.child_options(),
        )

    def _bind_roles(self, groups: Groups) -> None:
        """Bind people's groups and the pipeline's account to roles in this namespace."""
        account = k8s.core.v1.ServiceAccount(
            f"{self._name}-{PIPELINE}",
            metadata=self._metadata(PIPELINE),
            automount_service_account_token=False,
            opts=self.child_options(),
        )
        machine = k8s.rbac.v1.SubjectArgs(kind="ServiceAccount", name=account.metadata.name, namespace=self.namespace)
        self._bind(PIPELINE, [machine])
        for role, role_groups in groups.items():
            self._bind(role, subjects(role_groups))

    def _bind(self, role: str, role_subjects: Sequence[k8s.rbac.v1.SubjectArgs]) -> None:
        k8s.rbac.v1.RoleBinding(
            f"{self._name}-{role}",
            metadata=self._metadata(role),
            role_ref=role_ref(role),
            subjects=list(role_subjects),
            opts=self.child_options(),
        )
