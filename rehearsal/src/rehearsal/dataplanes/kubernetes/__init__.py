"""A real Kubernetes API server per EKS cluster, with played nodes."""

from rehearsal.dataplanes.kubernetes.clusters import Binaries, Clusters
from rehearsal.dataplanes.kubernetes.shapes import (
    ADDONS,
    Addon,
    ClusterEndpoint,
    ClusterError,
    NodeShape,
    Taint,
    argo_cd,
    argo_rollouts,
)

__all__ = [
    "ADDONS",
    "Addon",
    "Binaries",
    "ClusterEndpoint",
    "ClusterError",
    "Clusters",
    "NodeShape",
    "Taint",
    "argo_cd",
    "argo_rollouts",
]
