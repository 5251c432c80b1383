"""The emulated `kubernetes` provider: what pulumi-kubernetes does, towards the real API servers of a rehearsal."""

from pathlib import Path

from rehearsal.providers.kubernetes.kubeconfig import Directory
from rehearsal.providers.kubernetes.provider import KubernetesProvider
from rehearsal.providers.schema import SdkSchemas

__all__ = ["create_provider"]


def create_provider(clusters: Directory, cache: Path = Path(".rehearsal/cache")) -> KubernetesProvider:
    """The emulated provider for the clusters of a rehearsal; `cache` keeps what the SDK package says of its types."""
    return KubernetesProvider(clusters, SdkSchemas("kubernetes", cache))
