"""Persistent volumes: none is a path of a node."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.kubernetes_types import with_patches

VOLUME = "kubernetes:core/v1:PersistentVolume"
NODE_SOURCES = ("hostPath", "local")
"""Volume sources that are paths of a node."""


@rule("k8s-volumes-must-not-be-host-paths", on=with_patches(VOLUME), severity=Severity.CRITICAL)
def host_volumes(volume: Resource) -> Findings:
    """Pod Security checks a pod's volumes but not what its claims are bound to, so a claim would open the node."""
    for source in NODE_SOURCES:
        if source in volume.fields("spec"):
            yield f"spec.{source} is a path of a node. Use a storage class with a CSI driver."
