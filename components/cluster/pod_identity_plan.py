"""What the cluster's own pods may do in AWS: one role per service account, each with the least that its job needs.

EKS hands a role's credentials to the pods of exactly one service account of one cluster (EKS User Guide, "Learn how EKS
Pod Identity grants pods access to AWS services"). Nodes have none to lend: pods cannot reach their metadata service.
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
    """The cluster that the pods are in."""

    account: str
    region: str
    name: str


@dataclass(frozen=True)
class PodIdentityPlan:
    """A service account and what its pods may do."""

    name: str
    service_account: str
    managed: Sequence[str] = ()
    """AWS-managed policies by name."""
    statements: Callable[[ClusterRef], Sequence[Statement]] = lambda _cluster: ()
    uses_disk_key: bool = False
    namespace: str = SYSTEM

    def trust_keys(self, cluster: ClusterRef) -> Mapping[str, pulumi.Input[str]]:
        """Only pods of this service account, in this cluster."""
        return session_tag_conditions(cluster.name, self.namespace, self.service_account)


def autoscaler_statements(cluster: ClusterRef) -> tuple[Statement, ...]:
    """Sizes of the cluster's own groups; EKS tags what is behind a managed node group for exactly this.

    (Cluster Autoscaler, "Cluster Autoscaler on AWS", full policy.)
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


def disk_statements(key: pulumi.Input[str]) -> tuple[Statement, ...]:
    """Volumes encrypted with a key of ours; EC2 keeps a grant for as long as a volume is attached.

    (EKS User Guide, "Use Kubernetes volume storage with Amazon EBS".)
    """
    grants = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
    for_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return (
        Statement(sid="GrantKey", actions=grants, resources=[key], conditions=for_services),
        Statement(sid="UseKey", actions=USE_KEY, resources=[key]),
    )


IDENTITIES_BEFORE_NODES = (PodIdentityPlan("vpc-cni", "aws-node", managed=("AmazonEKS_CNI_Policy",)),)
"""Needed before the first node is ready."""
IDENTITIES_AFTER_NODES = (
    PodIdentityPlan(
        "ebs-csi", "ebs-csi-controller-sa", managed=("service-role/AmazonEBSCSIDriverPolicy",), uses_disk_key=True
    ),
    PodIdentityPlan("cluster-autoscaler", "cluster-autoscaler", statements=autoscaler_statements),
    PodIdentityPlan(
        "load-balancer-controller",
        "aws-load-balancer-controller",
        statements=lambda cluster: load_balancer_controller_statements(cluster.account, cluster.region, cluster.name),
    ),
)
"""Needed by what runs on nodes; the last two are installed by Argo CD under these service accounts."""
