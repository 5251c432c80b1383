"""IAM permissions of a cluster's system pods.

Each service account has its own least-privilege role. EKS gives a role's credentials to the pods of exactly one service
account in one cluster (EKS User Guide, "Learn how EKS Pod Identity grants pods access to AWS services"). Pods cannot
use their node's credentials, because they cannot reach the metadata service.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.cluster.load_balancer_controller_plan import load_balancer_controller_statements
from components.identity.documents import Statement
from components.identity.pod_identity_trust import session_tag_conditions

SYSTEM = "kube-system"
USE_KEY = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")


@dataclass(frozen=True)
class ClusterRef:
    """Account, region and AWS name of an EKS cluster."""

    account: str
    region: str
    name: str


@dataclass(frozen=True)
class PodIdentityPlan:
    """A service account and the permissions of its pods."""

    name: str
    service_account: str
    managed: Sequence[str] = ()
    """Names of AWS-managed policies."""
    statements: Callable[[ClusterRef], Sequence[Statement]] = lambda _cluster: ()
    uses_disk_key: bool = False
    namespace: str = SYSTEM

    def trust_keys(self, cluster: ClusterRef) -> Mapping[str, pulumi.Input[str]]:
        """Return the trust conditions for pods of this service account and cluster."""
        return session_tag_conditions(cluster.name, self.namespace, self.service_account)


def autoscaler_statements(cluster: ClusterRef) -> tuple[Statement, ...]:
    """Allow the autoscaler to resize the node groups of its own cluster.

    A condition on a tag limits it to the Auto Scaling groups that EKS has tagged for this cluster.

    Source: Cluster Autoscaler, "Cluster Autoscaler on AWS", full policy.
    """
    look = (
        *("autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances"),
        *("autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeScalingActivities"),
        *("autoscaling:DescribeTags", "ec2:DescribeImages", "ec2:DescribeInstanceTypes"),
        *("ec2:DescribeLaunchTemplateVersions", "ec2:GetInstanceTypesFromInstanceRequirements"),
    )
    groups = f"arn:aws:autoscaling:{cluster.region}:{cluster.account}:autoScalingGroup:*"
    own = {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster.name}": "owned"}
    node_groups = f"arn:aws:eks:{cluster.region}:{cluster.account}:nodegroup/{cluster.name}/*"
    return (
        Statement(sid="Look", actions=look, resources=["*"]),
        Statement(sid="NodeGroups", actions=["eks:DescribeNodegroup"], resources=[node_groups]),
        Statement(
            sid="Resize",
            actions=["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            resources=[groups],
            conditions={"StringEquals": own},
        ),
    )


def own_region_statements(cluster: ClusterRef) -> tuple[Statement, ...]:
    """Deny EC2 actions outside the cluster's own region.

    AWS-managed policies allow the actions in every region, and the environment's other cluster runs in another region.
    """
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": cluster.region}}
    return (Statement(sid="OwnRegion", effect="Deny", actions=["ec2:*"], resources=["*"], conditions=elsewhere),)


def disk_statements(key: pulumi.Input[str]) -> tuple[Statement, ...]:
    """Allow the EBS CSI driver to use volumes that are encrypted with `key`.

    The driver may create grants, because EC2 uses the key through a grant while a volume is attached.

    Source: EKS User Guide, "Use Kubernetes volume storage with Amazon EBS".
    """
    grants = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
    for_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return (
        Statement(sid="GrantKey", actions=grants, resources=[key], conditions=for_services),
        Statement(sid="UseKey", actions=USE_KEY, resources=[key]),
    )


IDENTITIES_BEFORE_NODES = (
    PodIdentityPlan("vpc-cni", "aws-node", managed=("AmazonEKS_CNI_Policy",), statements=own_region_statements),
)
"""Identities that the first node needs to become ready."""
IDENTITIES_AFTER_NODES = (
    PodIdentityPlan(
        "ebs-csi",
        "ebs-csi-controller-sa",
        managed=("AmazonEBSCSIDriverPolicyV2",),  # only volumes and snapshots with the driver's tag
        statements=own_region_statements,
        uses_disk_key=True,
    ),
    PodIdentityPlan("cluster-autoscaler", "cluster-autoscaler", statements=autoscaler_statements),
    PodIdentityPlan(
        "load-balancer-controller",
        "aws-load-balancer-controller",
        statements=lambda cluster: load_balancer_controller_statements(cluster.account, cluster.region, cluster.name),
    ),
)
"""Identities of pods that run on nodes.

Argo CD installs the autoscaler and the load balancer controller with these service accounts.
"""
