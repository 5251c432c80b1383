"""Clusters: who is let in as what, and which roles that binds them to, where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.access.who import Kind, Who, pods, role_name
from operations.recording import Graph, Node

ADMINISTRATOR = "cluster administrator"
"""What AWS's own access policy of that name gives: everything, in all namespaces."""


@dataclass(frozen=True, order=True)
class Binding:
    """A role in a namespace; in the whole cluster where the namespace is empty."""

    namespace: str
    role: str


@dataclass(frozen=True, order=True)
class Rule:
    """Verbs on resources, as `resource.group` outside the core group."""

    verbs: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True)
class Door:
    """Who comes in as what: groups of people by IAM role, of each cluster."""

    roles: Mapping[str, Who]
    """Who takes an IAM role, by its name or ARN."""
    groups: Mapping[tuple[str, str], Who]
    """Who is in a group, by cluster and group."""

    def who(self, cluster: str, subject: Mapping[str, Any]) -> Who:
        """Whom a binding's subject is."""
        if subject["kind"] == "ServiceAccount":
            return pods(subject["namespace"], subject["name"])
        stranger = Who(Kind.STRANGER, f"{subject['kind']} {subject['name']}")
        return self.groups.get((cluster, subject["name"]), stranger) if subject["kind"] == "Group" else stranger


def door(graph: Graph, roles: Mapping[str, Who]) -> Door:
    """The access entries of all clusters."""
    groups = {
        (entry["clusterName"], group): taker(roles, entry["principalArn"])
        for entry in graph.all("eks.AccessEntry")
        for group in entry["kubernetesGroups"] or ()
    }
    return Door(roles, groups)


def taker(roles: Mapping[str, Who], arn: str) -> Who:
    """Who comes in under an ARN."""
    return roles.get(role_name(arn), Who(Kind.STRANGER, arn))


def bindings(graph: Graph, entrance: Door) -> Iterator[tuple[Who, str, Binding]]:
    """Who, in which cluster, has what."""
    for association in graph.all("eks.AccessPolicyAssociation"):
        yield taker(entrance.roles, association["principalArn"]), association["clusterName"], _policy(association)
    cluster_of = clusters_by_provider(graph)
    for kind in ("k8s.RoleBinding", "k8s.ClusterRoleBinding"):
        for node in graph.all(kind):
            cluster = cluster_of[node.provider.rpartition("::")[0]]
            made = Binding(node["metadata"].get("namespace", ""), node["roleRef"]["name"])
            for subject in node["subjects"]:
                yield entrance.who(cluster, subject), cluster, made


def _policy(association: Node) -> Binding:
    name = association["policyArn"].rpartition("/")[2]
    scope = association["accessScope"]
    whole = scope["type"] == "cluster"
    role = ADMINISTRATOR if name == "AmazonEKSClusterAdminPolicy" else name
    return Binding("" if whole else ", ".join(scope["namespaces"]), role)


def clusters_by_provider(graph: Graph) -> dict[str, str]:
    """Name of the cluster that a Kubernetes provider reaches, by the provider's URN."""
    names = {node.arn: node["name"] for node in graph.all("eks.Cluster")}
    return {node.urn: names[node["clusterIdentifier"]] for node in graph.all("pulumi:providers:kubernetes")}


def roles(graph: Graph) -> dict[str, tuple[Rule, ...]]:
    """What the roles of the program allow, by name; the same in each cluster.

    Raises ValueError when two clusters have different roles of one name, for the page could not say which is meant.
    """
    found: dict[str, tuple[Rule, ...]] = {}
    for kind in ("k8s.ClusterRole", "k8s.Role"):
        for node in graph.all(kind):
            name, rules = node["metadata"]["name"], tuple(_rules(node["rules"]))
            if found.setdefault(name, rules) != rules:
                raise ValueError(f"{name} allows different things in two clusters; give one of the roles another name")
    return found


def _rules(rules: list[dict[str, Any]]) -> Iterator[Rule]:
    """Resources with the same verbs share a rule."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for rule in rules:
        named = [f"{each}.{group}".rstrip(".") for group in rule["apiGroups"] for each in rule["resources"]]
        alike.setdefault(tuple(rule["verbs"]), []).extend(named)
    return (Rule(verbs, tuple(resources)) for verbs, resources in alike.items())
