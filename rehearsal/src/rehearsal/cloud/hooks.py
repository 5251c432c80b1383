"""Ties the emulated control plane to real data planes, at the level of moto's backends.

So the emulated provider, boto3 and `ops` all meet the same servers: a cluster that EKS describes serves, and a database
that RDS describes can be connected to. Calls that create return when the server serves, and fail as AWS calls fail.
"""

from rehearsal.cloud import eks_hooks, rds_hooks
from rehearsal.cloud.patches import Patches
from rehearsal.dataplanes import DataPlanes


def attach(planes: DataPlanes) -> Patches:
    """Tie EKS and RDS of this process to the data planes; `undo` of what is returned unties them.

    The corrections must have been applied before, since some of the tied operations are theirs.
    """
    patches = Patches()
    eks_hooks.attach(patches, planes.clusters)
    rds_hooks.attach(patches, planes.databases)
    return patches
