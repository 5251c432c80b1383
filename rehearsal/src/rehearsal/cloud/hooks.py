"""Hooks that connect moto's EKS and RDS backends to the data planes.

The emulated provider, boto3 and every other client reach the same servers: the endpoint of an EKS cluster is a running
Kubernetes API server, and the endpoint of an RDS instance accepts database connections. A call that creates a resource
returns when its server is ready. If the server does not start, the call raises an AWS error.
"""

from rehearsal.cloud import eks_hooks, rds_hooks
from rehearsal.cloud.patches import Patches
from rehearsal.dataplanes import DataPlanes


def attach(planes: DataPlanes) -> Patches:
    """Connect the EKS and RDS backends of this process to the data planes.

    Call `undo` on the result to disconnect them. Apply the moto patches before this, because some hooks wrap operations
    that the patches add.
    """
    patches = Patches()
    eks_hooks.attach(patches, planes.clusters)
    rds_hooks.attach(patches, planes.databases)
    return patches
