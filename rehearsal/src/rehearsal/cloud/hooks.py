"""Connects moto's EKS and RDS backends to data planes.

The emulated provider, boto3 and every other client reach the same servers: a cluster that EKS describes answers, and a
database that RDS describes accepts connections. Calls that create return when the server is ready, and fail with AWS
errors.
"""

from rehearsal.cloud import eks_hooks, rds_hooks
from rehearsal.cloud.patches import Patches
from rehearsal.dataplanes import DataPlanes


def attach(planes: DataPlanes) -> Patches:
    """Connect EKS and RDS of this process to the data planes.

    `undo` of the result disconnects them.

    Apply the moto patches first, because some of the hooks wrap operations that the patches add.
    """
    patches = Patches()
    eks_hooks.attach(patches, planes.clusters)
    rds_hooks.attach(patches, planes.databases)
    return patches
