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
        aws="changes a subnet group; deletes it unless a cache uses it",
        source="ElastiCache ModifyCacheSubnetGroup, DeleteCacheSubnetGroup",
        upstream="to file: ElastiCache: Support ModifyCacheSubnetGroup and DeleteCacheSubnetGroup",
    ),
    MotoPatch(
        name="elasticache-parameter-groups",
        moto="lacks parameter groups",
        aws="manages parameter groups and their parameters",
        source="ElastiCache CreateCacheParameterGroup, DescribeCacheParameters, ModifyCacheParameterGroup",
        upstream="to file: ElastiCache: Support cache parameter groups",
        operations=("DescribeCacheParameterGroups", "ResetCacheParameterGroup", "DeleteCacheParameterGroup"),
    ),
    MotoPatch(
        name="elasticache-users",
        moto="can't change a user, still lists a deleted user once, and accepts IAM users whose id and name differ",
        aws="changes and deletes users; requires the id of an IAM user as its name",
        source="ElastiCache ModifyUser, DeleteUser; user guide, Authenticating with IAM",
        upstream="to file: ElastiCache: Support ModifyUser, remove deleted users, validate IAM user names",
        operations=("CreateUser", "DescribeUsers"),
    ),
    MotoPatch(
        name="elasticache-user-groups",
        moto="lacks user groups",
        aws="manages user groups, each with exactly one user named default",
        source="ElastiCache CreateUserGroup, ModifyUserGroup, DeleteUserGroup",
        upstream="to file: ElastiCache: Support user groups",
        operations=("DescribeUserGroups",),
    ),
    MotoPatch(
        name="elasticache-tags",
        moto="can't list the tags of parameter groups and user groups",
        aws="lists the tags of all resource types",
        source="ElastiCache ListTagsForResource",
        upstream="to file: ElastiCache: Support all resource types in ListTagsForResource",
    ),
    MotoPatch(
        name="elasticache-nodes",
        moto="creates one node regardless of the requested number, and returns neither nodes nor reader endpoint",
        aws="creates the requested nodes, lists them as cache clusters, and changes their number",
        source="ElastiCache CreateReplicationGroup, DescribeCacheClusters, IncreaseReplicaCount, DecreaseReplicaCount",
        upstream="to file: ElastiCache: Support nodes and replica counts of replication groups",
    ),
    MotoPatch(
        name="elasticache-requirements",
        moto="creates every replication group without checks",
        aws="requires a replica for failover, failover for Multi-AZ, and existing subnet, parameter and user groups",
        source="ElastiCache CreateReplicationGroup",
        upstream="to file: ElastiCache: Validate parameters in CreateReplicationGroup",
    ),
    MotoPatch(
        name="elasticache-changes",
        moto="drops most changes of a replication group",
        aws="applies all changes",
        source="ElastiCache ModifyReplicationGroup",
        upstream="to file: ElastiCache: Apply all settings in ModifyReplicationGroup",
    ),
    MotoPatch(
        name="elasticache-deletion",
        moto="never removes a deleted replication group, and ignores the final snapshot",
        aws="takes the final snapshot, if the request names one, and deletes the group",
        source="ElastiCache DeleteReplicationGroup",
        upstream="to file: ElastiCache: Delete the group and take the final snapshot (follows getmoto/moto#9147)",
    ),
)
