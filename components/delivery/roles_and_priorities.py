"""Cluster roles and priority classes of one cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.base import ComponentArgs, PlatformComponent
from components.delivery.labels import labels
from components.delivery.priorities import PRIORITIES, Priority, PriorityPlan
from components.delivery.rbac_plan import CLUSTER_READER, PolicyRule, cluster_name, rules_by_role

Groups = Mapping[str, Sequence[str]]
"""Groups of people by role."""
RBAC = "rbac.authorization.k8s.io"
CLUSTER_READER_ROLE = "surroundings"
"""Suffix of the names of the ClusterRole and its binding. Changing it would replace both."""


@dataclass(frozen=True, kw_only=True)
class RolesAndPrioritiesArgs(ComponentArgs):
    """Groups with access to the environment, by role."""

    groups: Groups
    debug_containers: bool = False
    """Roles may add debug containers to running pods."""


class RolesAndPriorities(PlatformComponent):
    """Cluster roles, priority classes, and read access to nodes for people.

    Outputs: resources. Namespaces and pods refer to them by name.
    """

    def __init__(self, name: str, args: RolesAndPrioritiesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:delivery:ClusterRules", name, args.context, opts)
        self._name = name
        roles = {**rules_by_role(debug_containers=args.debug_containers), CLUSTER_READER_ROLE: CLUSTER_READER}
        self.resources: list[pulumi.Resource] = [
            *(self._role(role, rules) for role, rules in roles.items()),
            *(self._priority(priority, plan) for priority, plan in PRIORITIES.items()),
        ]
        k8s.rbac.v1.ClusterRoleBinding(
            f"{name}-{CLUSTER_READER_ROLE}",
            metadata=self._metadata(cluster_name(CLUSTER_READER_ROLE)),
            role_ref=role_ref(CLUSTER_READER_ROLE),
            subjects=subjects(sorted({group for groups in args.groups.values() for group in groups})),
            opts=self.child_options(),
        )
        self.register_outputs({})

    def _metadata(self, name: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(name=name, labels=labels(self.context, name))

    def _role(self, role: str, rules: Sequence[PolicyRule]) -> k8s.rbac.v1.ClusterRole:
        return k8s.rbac.v1.ClusterRole(
            f"{self._name}-{role}",
            metadata=self._metadata(cluster_name(role)),
            rules=[
                k8s.rbac.v1.PolicyRuleArgs(
                    api_groups=[rule.group], resources=list(rule.resources), verbs=list(rule.verbs)
                )
                for rule in rules
            ],
            opts=self.child_options(),
        )

    def _priority(self, priority: Priority, plan: PriorityPlan) -> k8s.scheduling.v1.PriorityClass:
        return k8s.scheduling.v1.PriorityClass(
            f"{self._name}-{priority}",
            metadata=self._metadata(priority.value),
            value=plan.value,
            preemption_policy="PreemptLowerPriority" if plan.preempts else "Never",
            description=plan.description,
            opts=self.child_options(),
        )


def role_ref(role: str) -> k8s.rbac.v1.RoleRefArgs:
    """Return an RBAC reference to the ClusterRole for a role such as `viewer`."""
    return k8s.rbac.v1.RoleRefArgs(api_group=RBAC, kind="ClusterRole", name=cluster_name(role))


def subjects(groups: Sequence[str]) -> list[k8s.rbac.v1.SubjectArgs]:
    """Return RBAC subjects for groups of people."""
    return [k8s.rbac.v1.SubjectArgs(api_group=RBAC, kind="Group", name=group) for group in groups]
