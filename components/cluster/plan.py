"""Pinned add-ons, workload types and kubeconfig of a cluster."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
"""AWS-managed policies of the nodes' role.

They do not include the CNI's permissions, because every pod on the host network can use the node's permissions. The CNI
has its own pod identity instead.
"""
WORKLOAD = "workload"
"""Label and taint key that separates services, batch jobs and training."""

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

Versions are pinned so that the same commit creates the same cluster. To update one, or to add a Kubernetes version,
list the versions that EKS offers and choose the newest compatible version:

    aws eks describe-addon-versions --kubernetes-version 1.34 --addon-name vpc-cni \
        --query 'addons[].addonVersions[].[addonVersion, compatibilities[0].defaultVersion]' --output text

Source: EKS User Guide, "Verify Amazon EKS add-on version compatibility with a cluster".
"""


@dataclass(frozen=True)
class AddonPlan:
    """One EKS add-on."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)

    def version(self, kubernetes: str) -> str:
        """Return the version pinned for this Kubernetes version.

        Raises:
            KeyError: no version is pinned; settings validation prevents this.
        """
        return ADDON_VERSIONS[kubernetes][self.name]


ADDONS_BEFORE_NODES = (
    AddonPlan("vpc-cni", {"enableNetworkPolicy": "true"}),
    AddonPlan("kube-proxy"),
    AddonPlan("eks-pod-identity-agent"),
)
"""Add-ons to install before the nodes. Nodes need the CNI to become ready, and pods need all three.

The CNI enforces network policies only with `enableNetworkPolicy`.
"""
ADDONS_AFTER_NODES = (AddonPlan("coredns"), AddonPlan("metrics-server"), AddonPlan("aws-ebs-csi-driver"))
"""Add-ons whose pods run on nodes. Horizontal pod autoscalers need metrics-server."""


class Workload(StrEnum):
    """Type of workload for which a node group exists."""

    SERVICES = "services"
    BATCH = "batch"
    TRAINING = "training"

    @property
    def tainted(self) -> bool:
        """True if only pods that tolerate the taint run on these nodes."""
        return self is not Workload.SERVICES

    @property
    def feature(self) -> str:
        """Value of the `feature` tag of the nodes."""
        return "cluster" if self is Workload.SERVICES else self.value


def kubeconfig(name: str, region: str, endpoint: str, authority: str) -> str:
    """Return a kubeconfig without secrets.

    Users authenticate with their own AWS identity.

    Args:
        name: name of the EKS cluster.
        region: region of the cluster.
        endpoint: URL of the API server.
        authority: certificate authority of the API server, base64 as EKS returns it.
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


def node_group_name(group: str, generation: str | None) -> str:
    """Return a group's name in EKS, such as `baseline` or `baseline-m7`."""
    return group if generation is None else f"{group}-{generation}"
