"""Emulated `kubernetes` provider on the rehearsal's real API servers.

The engine sees the same behaviour as with pulumi-kubernetes.
"""

from pathlib import Path

from rehearsal.providers.kubernetes.kubeconfig import ClusterRegistry
from rehearsal.providers.kubernetes.provider import KubernetesProvider
from rehearsal.providers.schema import SdkSchemas

__all__ = ["create_provider"]


def create_provider(clusters: ClusterRegistry, cache: Path = Path(".rehearsal/cache")) -> KubernetesProvider:
    """Create the provider for the clusters of a rehearsal.

    `cache` is the directory of cached SDK schemas.
    """
    return KubernetesProvider(clusters, SdkSchemas("kubernetes", cache))
