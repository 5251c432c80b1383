"""The `kubernetes` stand-in: what pulumi-kubernetes does, towards the real API servers of a rehearsal."""

from pathlib import Path

from rehearsal.providers.kubernetes.kubeconfig import Directory
from rehearsal.providers.kubernetes.provider import KubernetesProvider
from rehearsal.providers.schema import Schemas

__all__ = ["provider"]


def provider(clusters: Directory, cache: Path = Path(".rehearsal/cache")) -> KubernetesProvider:
    """The stand-in for the clusters of a rehearsal; `cache` keeps what the SDK package says of its types."""
    return KubernetesProvider(clusters, Schemas("kubernetes", cache))
