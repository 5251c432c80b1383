"""Real Kubernetes: one control plane per EKS cluster; kwok simulates the nodes."""

from rehearsal.dataplanes.kubernetes.clusters import Clusters, FindBinary
from rehearsal.dataplanes.kubernetes.model import (
    ADDONS,
    Addon,
    ClusterEndpoint,
    ClusterError,
    NodeSpec,
    Taint,
    argo_cd,
    argo_rollouts,
)

__all__ = [
    "ADDONS",
    "Addon",
    "ClusterEndpoint",
    "ClusterError",
    "Clusters",
    "FindBinary",
    "NodeSpec",
    "Taint",
    "argo_cd",
    "argo_rollouts",
]
