"""Persistent volumes: no paths of a node."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.kubernetes_types import with_patches

VOLUME = "kubernetes:core/v1:PersistentVolume"
NODE_SOURCES = ("hostPath", "local")
"""Volume sources that are paths of a node."""


@rule("k8s-volumes-must-not-be-host-paths", on=with_patches(VOLUME), severity=Severity.CRITICAL)
def host_volumes(volume: Resource) -> Findings:
    """Pod Security does not check persistent volumes, so a pod could reach the node's files through a claim."""
    for source in NODE_SOURCES:
        if source in volume.fields("spec"):
            yield f"spec.{source} is a path of a node. Use a storage class with a CSI driver."
