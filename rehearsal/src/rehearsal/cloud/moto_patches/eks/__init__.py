"""EKS: cluster and node group defaults, checks, tags and missing operations."""

from moto.eks import models as moto_models
from moto.eks import urls

from rehearsal.cloud.moto_patches.eks.models import (
    DEFAULT_AMI_TYPE,
    DEFAULT_RELEASE_VERSION,
    DEFAULT_VERSION,
    Cluster,
    EKSBackend,
)
from rehearsal.cloud.moto_patches.eks.responses import EKSResponse
from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

PATHS = (
    "addons",
    "addons/(?P<addonName>.+)",
    "access-entries",
    "access-entries/(?P<principalArn>.+)",
    "pod-identity-associations",
    "pod-identity-associations/(?P<associationId>.+)",
    "updates",
    "updates/(?P<updateId>.+)",
    "node-groups/(?P<nodegroupName>[^/]+)/update-version",
)
"""URL paths of the added operations, relative to the cluster's path. Moto's server needs one pattern per path."""


def install(patches: Patches) -> None:
    """Patch moto's EKS."""
    patches.replace(moto_models, "DEFAULT_KUBERNETES_VERSION", DEFAULT_VERSION)
    patches.replace(moto_models, "DEFAULT_RELEASE_VERSION", DEFAULT_RELEASE_VERSION)
    patches.replace(moto_models, "DEFAULT_AMI_TYPE", DEFAULT_AMI_TYPE)
    patches.replace(moto_models, "DEFAULT_REMOTE_ACCESS", None)
    patches.install(Cluster)
    patches.install(EKSBackend)
    patches.install(EKSResponse)
    patches.update(
        urls.url_paths, {f"{{0}}/clusters/(?P<name>[^/]+)/{path}$": urls.response.dispatch for path in PATHS}
    )


MOTO_PATCHES = (
    MotoPatch(
        name="eks-defaults",
        moto="creates clusters of version 1.19, and node groups of 1.19 with Amazon Linux 2 and an SSH key",
        aws="uses a current version, the cluster's version for node groups, Amazon Linux 2023 and no SSH key",
        source="EKS CreateCluster, CreateNodegroup",
        upstream="to file: EKS: Update the default Kubernetes version and AMI type, and omit the SSH key",
    ),
    MotoPatch(
        name="eks-cluster-network",
        moto="returns the VPC configuration as requested and does not check the subnets",
        aws="requires existing subnets in two zones; adds defaults, the VPC and the cluster's security group",
        source="EKS VpcConfigResponse",
        upstream="to file: EKS: Check the subnets and create the cluster security group in CreateCluster",
    ),
    MotoPatch(
        name="eks-settings",
        moto="drops access configuration, upgrade policy, zonal shift, deletion protection and update configuration",
        aws="stores these settings and enforces deletion protection",
        source="EKS CreateCluster, CreateNodegroup",
        upstream="to file: EKS: Store accessConfig, upgradePolicy, zonalShiftConfig, deletionProtection, updateConfig",
    ),
    MotoPatch(
        name="eks-update-config",
        moto="replaces the whole VPC and logging configuration, and returns a cluster",
        aws="merges the changes into the configuration, and returns an update",
        source="EKS UpdateClusterConfig",
        upstream="to file: EKS: Merge changes and return an update in UpdateClusterConfig (follows getmoto/moto#9119)",
    ),
    MotoPatch(
        name="eks-tags",
        moto="supports tags of clusters only",
        aws="also supports tags of node groups, add-ons, access entries and pod identity associations",
        source="EKS TagResource",
        upstream="to file: EKS: Support node groups in TagResource",
    ),
    MotoPatch(
        name="eks-untag",
        moto="removes only the first tag of a request",
        aws="removes all tags of the request",
        source="EKS UntagResource",
        upstream="to file: EKS: Remove all keys in UntagResource",
    ),
    MotoPatch(
        name="eks-addons",
        moto="lacks add-ons",
        aws="manages add-ons",
        source="EKS CreateAddon, DescribeAddon, ListAddons, UpdateAddon, DeleteAddon",
        upstream="to file: EKS: Support add-ons",
    ),
    MotoPatch(
        name="eks-access-entries",
        moto="lacks access entries",
        aws="manages access entries and their policies, unless the cluster uses only the aws-auth ConfigMap",
        source="EKS CreateAccessEntry, AssociateAccessPolicy",
        upstream="to file: EKS: Support access entries and access policies",
        operations=(
            "DescribeAccessEntry",
            "ListAccessEntries",
            "UpdateAccessEntry",
            "DeleteAccessEntry",
            "DisassociateAccessPolicy",
            "ListAssociatedAccessPolicies",
        ),
    ),
    MotoPatch(
        name="eks-pod-identities",
        moto="lacks pod identity associations",
        aws="manages pod identity associations",
        source="EKS CreatePodIdentityAssociation",
        upstream="to file: EKS: Support pod identity associations",
        operations=(
            "DescribePodIdentityAssociation",
            "ListPodIdentityAssociations",
            "UpdatePodIdentityAssociation",
            "DeletePodIdentityAssociation",
        ),
    ),
    MotoPatch(
        name="eks-versions",
        moto="can't update a version or describe an update",
        aws="updates node groups, and clusters to the next minor version; describes updates",
        source="EKS UpdateClusterVersion, UpdateNodegroupVersion, DescribeUpdate",
        upstream="to file: EKS: Support UpdateClusterVersion, UpdateNodegroupVersion and DescribeUpdate",
    ),
    MotoPatch(
        name="eks-scaling-groups",
        moto="names an Auto Scaling group that does not exist, and accepts a minimum above the maximum",
        aws="creates the group with the node group's sizes and the cluster autoscaler's tags; rejects such sizes",
        source="EKS NodegroupResources; EKS User Guide, Simplify node lifecycle with managed node groups",
        upstream="to file: EKS: Create the Auto Scaling group and validate scalingConfig in CreateNodegroup",
    ),
)
