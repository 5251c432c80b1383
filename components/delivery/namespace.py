"""The namespace of one team: what its pods may be, take and talk to, and who may do what in it."""

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
    """One team's share of a cluster."""

    namespace: str
    contact: str
    """Mail address of the people who answer for it."""
    pod_security: PodSecurity
    image_repositories: Sequence[str]
    quota: QuotaPlan
    largest_pod: Mapping[str, str]
    flows: Sequence[AllowedFlow]
    groups: Groups


class TeamNamespace(PlatformComponent):
    """A namespace in which nothing is allowed that is not named. Outputs: namespace."""

    def __init__(self, name: str, args: TeamNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("campus:delivery:TeamNamespace", name, args.context, opts)
        self._name = name
        self._labels = labels(args.context, args.namespace)
        modes = {f"pod-security.kubernetes.io/{mode}": args.pod_security.value for mode in ("enforce", "audit", "warn")}
        made = k8s.core.v1.Namespace(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.namespace,
                labels={**self._labels, **modes, TEAM_NAMESPACE: "team"},
                annotations={**namespace_annotations(args.image_repositories), f"{PREFIX}/contact": args.contact},
            ),
            opts=self.child_options(),
        )
        self.namespace: pulumi.Output[str] = made.metadata.name
        self._bounds(args)
        for policy, spec in policies(args.flows).items():
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{policy}", metadata=self._metadata(policy), spec=spec, opts=self.child_options()
            )
        self._who(args.groups)
        self.register_outputs({"namespace": self.namespace})

    def _metadata(self, name: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(name=name, namespace=self.namespace, labels=self._labels)

    def _bounds(self, args: TeamNamespaceArgs) -> None:
        """How much the namespace, and one pod of it, may take.

        The limit range sets no defaults, and bounds pods rather than containers, for which Kubernetes would make
        defaults of the bounds: whoever does not say what a container takes is refused, not guessed for.
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

    def _who(self, groups: Groups) -> None:
        """The environment's people by their role, and the pipeline's own account, in this namespace alone."""
        account = k8s.core.v1.ServiceAccount(
            f"{self._name}-{PIPELINE}",
            metadata=self._metadata(PIPELINE),
            automount_service_account_token=False,
            opts=self.child_options(),
        )
        machine = k8s.rbac.v1.SubjectArgs(kind="ServiceAccount", name=account.metadata.name, namespace=self.namespace)
        self._bind(PIPELINE, [machine])
        for role, people in groups.items():
            self._bind(role, subjects(people))

    def _bind(self, role: str, whom: Sequence[k8s.rbac.v1.SubjectArgs]) -> None:
        k8s.rbac.v1.RoleBinding(
            f"{self._name}-{role}",
            metadata=self._metadata(role),
            role_ref=role_ref(role),
            subjects=list(whom),
            opts=self.child_options(),
        )
