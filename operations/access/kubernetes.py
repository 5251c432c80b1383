"""Kubernetes access: EKS access entries, role bindings and roles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.access.principals import Principal, PrincipalKind, pods, role_name
from operations.recording import Graph, Node

ADMINISTRATOR = "cluster administrator"
"""Role name for AWS's access policy AmazonEKSClusterAdminPolicy, which allows everything in all namespaces."""


@dataclass(frozen=True, order=True)
class Binding:
    """Role that is granted in a namespace; an empty namespace means the whole cluster."""

    namespace: str
    role: str


@dataclass(frozen=True, order=True)
class Rule:
    """Allowed verbs on resources.

    A resource outside the core API group is written `resource.group`.
    """

    verbs: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True)
class AccessEntries:
    """EKS access entries of all clusters."""

    roles: Mapping[str, Principal]
    """Principal of each IAM role, by name or ARN."""
    groups: Mapping[tuple[str, str], Principal]
    """Principal of each group, by cluster and group."""

    def principal(self, cluster: str, subject: Mapping[str, Any]) -> Principal:
        """Return the principal of a role binding's subject, or an unknown principal."""
        if subject["kind"] == "ServiceAccount":
            return pods(subject["namespace"], subject["name"])
        unknown = Principal(PrincipalKind.UNKNOWN, f"{subject['kind']} {subject['name']}")
        return self.groups.get((cluster, subject["name"]), unknown) if subject["kind"] == "Group" else unknown


def access_entries(graph: Graph, roles: Mapping[str, Principal]) -> AccessEntries:
    """Return the access entries of all clusters."""
    groups = {
        (entry["clusterName"], group): principal_of(roles, entry["principalArn"])
        for entry in graph.all("eks.AccessEntry")
        for group in entry["kubernetesGroups"] or ()
    }
    return AccessEntries(roles, groups)


def principal_of(roles: Mapping[str, Principal], arn: str) -> Principal:
    """Return the principal of the IAM role with this ARN, or an unknown principal."""
    return roles.get(role_name(arn), Principal(PrincipalKind.UNKNOWN, arn))


def bindings(graph: Graph, access_entries: AccessEntries) -> Iterator[tuple[Principal, str, Binding]]:
    """Yield every role binding with its principal and cluster."""
    for association in graph.all("eks.AccessPolicyAssociation"):
        yield (
            principal_of(access_entries.roles, association["principalArn"]),
            association["clusterName"],
            _policy(association),
        )
    cluster_of = clusters_by_provider(graph)
    for kind in ("k8s.RoleBinding", "k8s.ClusterRoleBinding"):
        for node in graph.all(kind):
            cluster = cluster_of[node.provider.rpartition("::")[0]]
            binding = Binding(node["metadata"].get("namespace", ""), node["roleRef"]["name"])
            for subject in node["subjects"]:
                yield access_entries.principal(cluster, subject), cluster, binding


def _policy(association: Node) -> Binding:
    name = association["policyArn"].rpartition("/")[2]
    scope = association["accessScope"]
    cluster_wide = scope["type"] == "cluster"
    role = ADMINISTRATOR if name == "AmazonEKSClusterAdminPolicy" else name
    return Binding("" if cluster_wide else ", ".join(scope["namespaces"]), role)


def clusters_by_provider(graph: Graph) -> dict[str, str]:
    """Return the name of each Kubernetes provider's cluster, by the provider's URN."""
    names = {node.arn: node["name"] for node in graph.all("eks.Cluster")}
    return {node.urn: names[node["clusterIdentifier"]] for node in graph.all("pulumi:providers:kubernetes")}


def roles(graph: Graph) -> dict[str, tuple[Rule, ...]]:
    """Return the rules of each Kubernetes role by name.

    Raises ValueError when roles with the same name differ between clusters, because the page shows one role per name.
    """
    by_name: dict[str, tuple[Rule, ...]] = {}
    for kind in ("k8s.ClusterRole", "k8s.Role"):
        for node in graph.all(kind):
            name, rules = node["metadata"]["name"], tuple(_rules(node["rules"]))
            if by_name.setdefault(name, rules) != rules:
                raise ValueError(f"the role {name} differs between two clusters; rename one of the two roles")
    return by_name


def _rules(rules: list[dict[str, Any]]) -> Iterator[Rule]:
    """Combine resources with the same verbs into one rule."""
    by_verbs: dict[tuple[str, ...], list[str]] = {}
    for rule in rules:
        named = [f"{each}.{group}".rstrip(".") for group in rule["apiGroups"] for each in rule["resources"]]
        by_verbs.setdefault(tuple(rule["verbs"]), []).extend(named)
    return (Rule(verbs, tuple(resources)) for verbs, resources in by_verbs.items())
