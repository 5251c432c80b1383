"""The namespace of one team: what its pods may be, take and talk to, and who may deploy into it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from components.base import PlacedArgs, PlatformComponent
from components.delivery.labels import labels
from components.delivery.network_policies import NamedFlow, policies
from components.delivery.rollout_plan import QuotaPlan

PIPELINE = "ci-cd"
"""ServiceAccount of the delivery pipeline, which the document's Vault role is bound to."""
DEPLOY_RULES = (
    ("argoproj.io", ("rollouts", "rollouts/status", "analysisruns"), ("get", "list", "watch", "patch", "update")),
    ("apps", ("replicasets",), ("get", "list", "watch")),
    ("batch", ("jobs",), ("get", "list", "watch", "create", "delete")),
    ("", ("pods", "pods/log", "events", "services"), ("get", "list", "watch")),
)
"""(API group, resources, verbs): release and watch, never read secrets or change who may do what."""


@dataclass(frozen=True, kw_only=True)
class TeamNamespaceArgs(PlacedArgs):
    """One team's share of the cluster."""

    namespace: str
    quota: QuotaPlan
    default_cpu: str
    default_memory: str
    flows: Sequence[NamedFlow]


class TeamNamespace(PlatformComponent):
    """A namespace in which nothing is allowed that is not named. Outputs: namespace."""

    def __init__(self, name: str, args: TeamNamespaceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:delivery:TeamNamespace", name, args.placement, opts)
        self._name = name
        self._labels = labels(args.placement, args.namespace)
        made = k8s.core.v1.Namespace(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.namespace,
                labels={
                    **self._labels,
                    **{f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")},
                },
            ),
            opts=self.inside(),
        )
        self.namespace = made.metadata.name
        self._bounds(args)
        for policy, spec in policies(args.flows).items():
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{policy}", metadata=self._named(policy), spec=spec, opts=self.inside()
            )
        self._pipeline()
        self.register_outputs({"namespace": self.namespace})

    def _named(self, name: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(name=name, namespace=self.namespace, labels=self._labels)

    def _bounds(self, args: TeamNamespaceArgs) -> None:
        """How much the namespace may take, and what a container gets that asks for nothing."""
        k8s.core.v1.ResourceQuota(
            self._name,
            metadata=self._named("compute"),
            spec=k8s.core.v1.ResourceQuotaSpecArgs(hard=args.quota.hard()),
            opts=self.inside(),
        )
        figures = {"cpu": args.default_cpu, "memory": args.default_memory}
        item = k8s.core.v1.LimitRangeItemArgs(type="Container", default=figures, default_request=figures)
        k8s.core.v1.LimitRange(
            self._name,
            metadata=self._named("defaults"),
            spec=k8s.core.v1.LimitRangeSpecArgs(limits=[item]),
            opts=self.inside(),
        )

    def _pipeline(self) -> None:
        """The pipeline's account, and the role that lets it release into this namespace alone."""
        account = k8s.core.v1.ServiceAccount(
            f"{self._name}-{PIPELINE}",
            metadata=self._named(PIPELINE),
            automount_service_account_token=False,
            opts=self.inside(),
        )
        role = k8s.rbac.v1.Role(
            f"{self._name}-{PIPELINE}",
            metadata=self._named(PIPELINE),
            rules=[
                k8s.rbac.v1.PolicyRuleArgs(api_groups=[group], resources=list(resources), verbs=list(verbs))
                for group, resources, verbs in DEPLOY_RULES
            ],
            opts=self.inside(),
        )
        k8s.rbac.v1.RoleBinding(
            f"{self._name}-{PIPELINE}",
            metadata=self._named(PIPELINE),
            role_ref=k8s.rbac.v1.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="Role", name=role.metadata.name
            ),
            subjects=[
                k8s.rbac.v1.SubjectArgs(kind="ServiceAccount", name=account.metadata.name, namespace=self.namespace)
            ],
            opts=self.inside(),
        )
