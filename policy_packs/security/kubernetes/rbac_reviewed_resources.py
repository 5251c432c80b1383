"""Resources of the Kubernetes API that roles may write: only reviewed ones."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from policy_packs.kernel.context import Context, additional_entries
from policy_packs.kernel.data import Data, Text, read
from policy_packs.kernel.registry import Findings, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.kubernetes import rbac_permissions
from policy_packs.security.kubernetes.rbac import BINDINGS_AND_PATCHES, is_bound
from policy_packs.security.kubernetes.rbac_permissions import DEBUG, SHELL, PermissionRule
from policy_packs.security.rbac_grants import ROLES_AND_PATCHES, Permission, grants

FILE = Path(__file__).parents[1] / "reviewed_role_resources.yaml"
NAME = r"^[a-z0-9.-]+/[a-z0-9-]+(/[a-z0-9-]+)?$"
"""Pattern of an API group with a resource. It has no wildcards, which would include unreviewed resources."""
CLUSTER_BINDINGS = tuple(each for each in BINDINGS_AND_PATCHES if ":ClusterRoleBinding" in each)
READING = frozenset({"get", "list", "watch"})
JUDGED = (
    *(SHELL, DEBUG),
    *(each.permission for each in vars(rbac_permissions).values() if isinstance(each, PermissionRule)),
)
"""Permissions that the rules of `rbac_permissions` judge."""
RUNNING_PODS = Permission(
    ("create", "update", "patch"),
    ("", "apps", "argoproj.io", "batch"),
    (
        "analysisruns",
        "analysistemplates",
        "clusteranalysistemplates",
        "cronjobs",
        "cronworkflows",
        "daemonsets",
        "deployments",
        "experiments",
        "jobs",
        "pods",
        "podtemplates",
        "replicasets",
        "replicationcontrollers",
        "rollouts",
        "statefulsets",
        "workflows",
    ),
    "",
)
"""Permission to choose what runs in pods, through any kind of object with a pod specification.

Sources: Kubernetes API reference, "Workload Resources", and the API references of Argo Rollouts and Argo Workflows.
"""


class ReviewedResources(Data):
    """Content of reviewed_role_resources.yaml: the reason by resource."""

    resources: Mapping[Annotated[str, StringConstraints(pattern=NAME)], Text]


def _read(file: Path) -> tuple[Mapping[str, str], tuple[str, ...]]:
    content, mistakes = read(file, ReviewedResources)
    return content.resources if content else {}, mistakes


REVIEWED, MISTAKES = _read(FILE)
"""Reasons by resource, and the mistakes in the file. The kernel refuses to judge while there are any."""


@rule(
    "k8s-roles-must-write-reviewed-resources",
    on=ROLES_AND_PATCHES,
    settings={
        "resources": additional_entries(
            "Further resources that were reviewed, such as `core/services`, each with the reason", NAME
        )
    },
)
def reviewed_resources(role: Resource, context: Context) -> Findings:
    """A controller acts on its custom resources with its own permissions, which may be those of an administrator.

    With such a resource, a person or a program uses these permissions. Operators can create cloud roles, read secrets
    of other stores or switch off policies, for example.
    """
    reviewed = {*REVIEWED, *context.settings["resources"]}
    for grant in role.each("rules"):
        for name in dict.fromkeys(_written(grant)):
            if name not in reviewed:
                yield (
                    f"A rule writes {name}, which is not in the list of reviewed resources. Remove the permission, or "
                    f"add the resource with the reason to policy_packs/security/{FILE.name}. In dev and staging, this "
                    "rule's setting `resources` may add it."
                )


def _written(grant: Fields) -> Iterator[str]:
    """Yield the resources that an entry of a role writes and no other rule judges."""
    verbs = [verb for verb in grant.texts("verbs") if verb not in READING]
    for group, resource in product(grant.texts("apiGroups"), grant.texts("resources")):
        if not all(_is_judged(verb, group, resource) for verb in verbs):
            yield f"{group or 'core'}/{resource}"


def _is_judged(verb: str, group: str, resource: str) -> bool:
    return any(verb in each.verbs and group in each.groups and resource in each.resources for each in JUDGED)


@stack_rule("k8s-cluster-bindings-must-not-run-pods")
def running_pods(stack: Stack) -> StackFindings:
    """A pod gets the permissions of its service account, and workloads can name any account of their namespace.

    A role that writes workloads is therefore for the namespaces of a team. Bound in the whole cluster, it includes the
    accounts of add-ons and of kube-system.
    Source: Kubernetes documentation, "Role Based Access Control Good Practices".
    """
    roles = [each for each in stack.of_type(*ROLES_AND_PATCHES) if _runs_pods(each)]
    for binding in stack.of_type(*CLUSTER_BINDINGS):
        if any(is_bound(role, binding) for role in roles):
            yield (
                binding,
                (
                    f"{binding.name} lets its subjects run pods as any service account of the cluster. Bind the role "
                    "with a RoleBinding in each namespace."
                ),
            )


def _runs_pods(role: Resource) -> bool:
    return any(grants(grant, RUNNING_PODS) for grant in role.each("rules"))
