"""What a cluster is made of besides its control plane: pinned add-ons in their order, kinds of machines, kubeconfig."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
"""Without the CNI's: that add-on has an identity of its own, and pods of the host network would share the node's."""
WORKLOAD = "workload"
"""Label and taint key that keeps services, batch work and training apart."""

ADDON_VERSIONS: Mapping[str, Mapping[str, str]] = {
    "1.34": {
        "vpc-cni": "v1.20.4-eksbuild.2",
        "kube-proxy": "v1.34.0-eksbuild.2",
        "eks-pod-identity-agent": "v1.3.10-eksbuild.2",
        "coredns": "v1.12.3-eksbuild.1",
        "metrics-server": "v0.8.0-eksbuild.2",
        "aws-ebs-csi-driver": "v1.51.0-eksbuild.1",
    },
    "1.33": {
        "vpc-cni": "v1.20.4-eksbuild.1",
        "kube-proxy": "v1.33.3-eksbuild.6",
        "eks-pod-identity-agent": "v1.3.8-eksbuild.2",
        "coredns": "v1.12.3-eksbuild.1",
        "metrics-server": "v0.8.0-eksbuild.2",
        "aws-ebs-csi-driver": "v1.51.0-eksbuild.1",
    },
}
"""Version of every add-on, by Kubernetes version.

Pinned by hand, so that the same commit makes the same cluster. To renew one, or to add a Kubernetes version, ask EKS
what it offers and take the newest that is marked as compatible:

    aws eks describe-addon-versions --kubernetes-version 1.34 --addon-name vpc-cni \
        --query 'addons[].addonVersions[].[addonVersion, compatibilities[0].defaultVersion]' --output text

(EKS User Guide, "Verify Amazon EKS add-on version compatibility with a cluster".)
"""


@dataclass(frozen=True)
class AddonPlan:
    """One EKS add-on."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)

    def version(self, kubernetes: str) -> str:
        """The version that is pinned for this Kubernetes version; KeyError when none is, which settings rule out."""
        return ADDON_VERSIONS[kubernetes][self.name]


ADDONS_BEFORE_NODES = (
    AddonPlan("vpc-cni", {"enableNetworkPolicy": "true"}),
    AddonPlan("kube-proxy"),
    AddonPlan("eks-pod-identity-agent"),
)
"""Nodes are not ready without these. Network policies are dead letters unless the CNI is told to keep them."""
ADDONS_AFTER_NODES = (AddonPlan("coredns"), AddonPlan("metrics-server"), AddonPlan("aws-ebs-csi-driver"))
"""These need a node to run on; metrics-server feeds the horizontal autoscalers."""


class Workload(StrEnum):
    """What a group's machines are for."""

    SERVICES = "services"
    BATCH = "batch"
    TRAINING = "training"

    @property
    def tainted(self) -> bool:
        """Whether only pods that ask for these machines get on them, by tolerating their taint."""
        return self is not Workload.SERVICES

    @property
    def feature(self) -> str:
        """What the machines are charged to."""
        return "cluster" if self is Workload.SERVICES else self.value


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
