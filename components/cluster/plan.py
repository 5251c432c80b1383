"""What a cluster is made of besides its control plane: add-ons in their order, node labels and taints, kubeconfig."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly")
WORKLOAD = "workload"
"""Label and taint key that keeps batch work and services apart."""


@dataclass(frozen=True)
class AddonPlan:
    """One EKS add-on; its version is EKS's default for the cluster's version."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)


BEFORE_NODES = (
    AddonPlan("vpc-cni", {"enableNetworkPolicy": "true"}),
    AddonPlan("kube-proxy"),
    AddonPlan("eks-pod-identity-agent"),
)
"""Nodes are not ready without these. Network policies are dead letters unless the CNI is told to keep them."""
AFTER_NODES = (AddonPlan("coredns"), AddonPlan("metrics-server"))
"""These need a node to run on; metrics-server feeds the horizontal autoscalers."""


@dataclass(frozen=True)
class NodeRole:
    """What a group's machines are for."""

    workload: str
    tainted: bool


def node_role(*, spot: bool) -> NodeRole:
    """Spot machines take nothing but batch work, which asks for them by tolerating their taint."""
    return NodeRole("batch", tainted=True) if spot else NodeRole("services", tainted=False)


def kubeconfig(name: str, region: str, endpoint: str, authority: str) -> str:
    """A kubeconfig that holds no secret: whoever uses it signs in with their own AWS identity.

    Args:
        name: of the EKS cluster.
        region: the cluster's.
        endpoint: URL of the API server.
        authority: its certificate authority, base64 as EKS returns it.
    """
    token = ["eks", "get-token", "--cluster-name", name, "--region", region]
    login = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": token}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority}}],
            "users": [{"name": name, "user": {"exec": {**login, "interactiveMode": "Never"}}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )
