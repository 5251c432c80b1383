"""ElastiCache: replication, subnet, parameter and user groups."""

from rehearsal.cloud.moto_patches.elasticache.models import ElastiCacheBackend, ReplicationGroup
from rehearsal.cloud.moto_patches.elasticache.responses import ElastiCacheResponse
from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


def install(patches: Patches) -> None:
    """Patch moto's ElastiCache."""
    patches.install(ReplicationGroup)
    patches.install(ElastiCacheBackend)
    patches.install(ElastiCacheResponse)


MOTO_PATCHES = (
    MotoPatch(
        name="elasticache-subnet-groups",
        moto="can't change or delete a subnet group",
        aws="changes it, and deletes it unless a cache is in it",
        source="ElastiCache ModifyCacheSubnetGroup, DeleteCacheSubnetGroup",
        upstream="to file: ElastiCache: ModifyCacheSubnetGroup and DeleteCacheSubnetGroup",
    ),
    MotoPatch(
        name="elasticache-parameter-groups",
        moto="lacks parameter groups",
        aws="manages parameter groups and their parameters",
        source="ElastiCache CreateCacheParameterGroup, DescribeCacheParameters, ModifyCacheParameterGroup",
        upstream="to file: ElastiCache: cache parameter groups",
    ),
    MotoPatch(
        name="elasticache-users",
        moto="can't change a user, keeps deleted ones until the next listing, and accepts two names for IAM users",
        aws="changes them, deletes them, and requires one name",
        source="ElastiCache ModifyUser, DeleteUser; user guide, Authenticating with IAM",
        upstream="to file: ElastiCache: ModifyUser; DeleteUser must delete; IAM users need one name",
    ),
    MotoPatch(
        name="elasticache-user-groups",
        moto="lacks user groups",
        aws="manages user groups, each with one user named default",
        source="ElastiCache CreateUserGroup, ModifyUserGroup, DeleteUserGroup",
        upstream="to file: ElastiCache: user groups",
    ),
    MotoPatch(
        name="elasticache-tags",
        moto="can't list the tags of parameter and user groups",
        aws="lists them",
        source="ElastiCache ListTagsForResource",
        upstream="to file: ElastiCache: ListTagsForResource must support all resource types",
    ),
    MotoPatch(
        name="elasticache-nodes",
        moto="creates one node regardless of the requested number, and returns neither nodes nor reader endpoint",
        aws="creates them, lists them as cache clusters, and changes their number",
        source="ElastiCache CreateReplicationGroup, DescribeCacheClusters, IncreaseReplicaCount, DecreaseReplicaCount",
        upstream="to file: ElastiCache: nodes of replication groups and replica counts",
    ),
    MotoPatch(
        name="elasticache-requirements",
        moto="creates any replication group",
        aws="requires a replica for failover, failover for Multi-AZ, and existing subnet, parameter and user groups",
        source="ElastiCache CreateReplicationGroup",
        upstream="to file: ElastiCache: CreateReplicationGroup must validate its parameters",
    ),
    MotoPatch(
        name="elasticache-changes",
        moto="drops most changes of a replication group",
        aws="applies them",
        source="ElastiCache ModifyReplicationGroup",
        upstream="to file: ElastiCache: ModifyReplicationGroup must apply all settings",
    ),
    MotoPatch(
        name="elasticache-deletion",
        moto="never removes a deleted replication group, and takes no final snapshot of it",
        aws="deletes it, after a final snapshot if one is named",
        source="ElastiCache DeleteReplicationGroup",
        upstream="to file: ElastiCache: DeleteReplicationGroup must delete and snapshot (follows getmoto/moto#9147)",
    ),
)
