"""Where moto 5.2 errs, and what is done about it: one named correction each, each tested against moto without it.

A correction says what moto does, what AWS does and where AWS says so. When moto catches up, its test fails, and the
correction is dropped. Names begin with the service.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.cloud.corrections import acm, budgets, cost_explorer, ec2, eks, eks_parts, kms, rds, s3
from rehearsal.cloud.patches import Patches

__all__ = ["CORRECTIONS", "Correction", "apply"]


@dataclass(frozen=True)
class Correction:
    """One correction; `source` is the AWS API reference page (or user guide) that says how it should be."""

    name: str
    moto: str
    aws: str
    source: str
    patch: Callable[[Patches], None]


CORRECTIONS = (
    Correction(
        "rds-engine-version",
        "starts PostgreSQL 9.3.3 when no version is given",
        "takes the default version of its time",
        "RDS CreateDBInstance, EngineVersion",
        rds.engine_version,
    ),
    Correction(
        "rds-replica-requirements",
        "makes any replica, over an existing one too, with the tags of its source",
        "needs a free identifier, backups of the source and, across regions, a key for an encrypted one",
        "RDS CreateDBInstanceReadReplica",
        rds.replica_requirements,
    ),
    Correction(
        "rds-replica-by-arn",
        "can't delete a cross-region replica: it is listed by ARN and removed by identifier",
        "deletes it",
        "RDS DeleteDBInstance",
        rds.replica_by_arn,
    ),
    Correction(
        "rds-promotion",
        "goes on naming source and replica after a promotion, and promotes what is no replica",
        "makes the replica a standalone instance; refuses anything else",
        "RDS PromoteReadReplica",
        rds.promotion,
    ),
    Correction(
        "rds-orphaned-replica",
        "can't delete a replica whose source was deleted",
        "deletes it",
        "RDS User Guide, Working with read replicas",
        rds.orphaned_replica,
    ),
    Correction(
        "rds-final-snapshot",
        "deletes without a final snapshot and without being told to skip it",
        "refuses",
        "RDS DeleteDBInstance, SkipFinalSnapshot",
        rds.final_snapshot,
    ),
    Correction(
        "rds-managed-password",
        "keeps the same made-up user and password in every managed secret",
        "keeps the master user's name and a generated password",
        "RDS MasterUserSecret",
        rds.managed_password,
    ),
    Correction(
        "eks-defaults",
        "makes clusters of version 1.19, node groups of 1.19 with Amazon Linux 2 and an SSH key",
        "takes a version of its time, the cluster's version for node groups, Amazon Linux 2023, no key",
        "EKS CreateCluster, CreateNodegroup",
        eks.defaults,
    ),
    Correction(
        "eks-cluster-network",
        "shows the VPC configuration as it was given and never looks at the subnets",
        "needs existing subnets in two zones; shows defaults, VPC and the cluster's own security group",
        "EKS VpcConfigResponse",
        eks.cluster_network,
    ),
    Correction(
        "eks-settings",
        "drops access configuration, upgrade policy, zonal shift, deletion protection and update configuration",
        "keeps them, and obeys deletion protection",
        "EKS CreateCluster, CreateNodegroup",
        eks.settings,
    ),
    Correction(
        "eks-update-config",
        "replaces the whole VPC configuration and logging, and answers with a cluster",
        "merges what is given and answers with an update",
        "EKS UpdateClusterConfig",
        eks.update_config,
    ),
    Correction(
        "eks-tags",
        "tags clusters only",
        "tags node groups, add-ons, access entries and pod identities too",
        "EKS TagResource",
        eks.tags,
    ),
    Correction(
        "eks-addons",
        "has none",
        "manages add-ons",
        "EKS CreateAddon, DescribeAddon, ListAddons, UpdateAddon, DeleteAddon",
        eks_parts.addons,
    ),
    Correction(
        "eks-access-entries",
        "has none",
        "manages access entries and their policies, unless the cluster uses the aws-auth ConfigMap alone",
        "EKS CreateAccessEntry, AssociateAccessPolicy",
        eks_parts.access_entries,
    ),
    Correction(
        "eks-pod-identities",
        "has none",
        "manages pod identity associations",
        "EKS CreatePodIdentityAssociation",
        eks_parts.pod_identities,
    ),
    Correction(
        "eks-versions",
        "can't update versions or describe an update",
        "updates a cluster to the next minor version, and node groups",
        "EKS UpdateClusterVersion, UpdateNodegroupVersion, DescribeUpdate",
        eks_parts.versions,
    ),
    Correction(
        "ec2-nat-gateway-interface",
        "leaves the network interface of a deleted NAT gateway, with the address on it",
        "removes the interface and frees the address",
        "EC2 DeleteNatGateway",
        ec2.nat_gateway_interface,
    ),
    Correction(
        "ec2-endpoint-type",
        "makes VPC endpoints of no type when none is given, which can't be deleted",
        "makes gateway endpoints",
        "EC2 CreateVpcEndpoint, VpcEndpointType",
        ec2.endpoint_type,
    ),
    Correction(
        "ec2-vpc-in-use",
        "deletes a VPC with gateways, endpoints and security groups in it",
        "refuses: DependencyViolation",
        "EC2 DeleteVpc",
        ec2.vpc_in_use,
    ),
    Correction(
        "ec2-subnet-in-use",
        "deletes a subnet with interfaces in it",
        "refuses: DependencyViolation",
        "EC2 DeleteSubnet",
        ec2.subnet_in_use,
    ),
    Correction(
        "ec2-security-group-in-use",
        "deletes a security group that interfaces or other groups' rules need",
        "refuses: DependencyViolation",
        "EC2 DeleteSecurityGroup",
        ec2.security_group_in_use,
    ),
    Correction(
        "kms-replicate-key",
        "replicates by id only, keeps policy and tags of the primary, and shares its aliases",
        "takes an ARN too; the replica is a key of its own with its own policy, description, tags and aliases",
        "KMS ReplicateKey",
        kms.replicate_key,
    ),
    Correction(
        "acm-dns-validation",
        "issues every certificate after a minute",
        "issues it when the validation records are in DNS",
        "ACM User Guide, DNS validation",
        acm.dns_validation,
    ),
    Correction(
        "budgets-update",
        "can't update a budget",
        "replaces its definition",
        "Budgets UpdateBudget",
        budgets.update,
    ),
    Correction(
        "budgets-tags",
        "has no tags",
        "tags budgets",
        "Budgets TagResource, UntagResource, ListTagsForResource",
        budgets.tags,
    ),
    Correction(
        "budgets-subscribers",
        "can't tell who is notified",
        "lists the subscribers of a notification",
        "Budgets DescribeSubscribersForNotification",
        budgets.subscribers,
    ),
    Correction(
        "ce-allocation-tags",
        "has no cost allocation tags",
        "activates a tag key that the account's bill has met (here every key counts as met), and lists them",
        "Cost Explorer UpdateCostAllocationTagsStatus, ListCostAllocationTags",
        cost_explorer.allocation_tags,
    ),
    Correction(
        "ce-categories",
        "can't list cost categories",
        "lists them",
        "Cost Explorer ListCostCategoryDefinitions",
        cost_explorer.categories,
    ),
    Correction(
        "ce-anomaly-monitors",
        "has none",
        "manages anomaly monitors, of which one at most is over AWS services",
        "Cost Explorer CreateAnomalyMonitor, GetAnomalyMonitors, UpdateAnomalyMonitor, DeleteAnomalyMonitor",
        cost_explorer.anomaly_monitors,
    ),
    Correction(
        "ce-anomaly-subscriptions",
        "has none",
        "manages subscriptions to monitors that exist: single alerts go to SNS, digests to e-mail",
        "Cost Explorer CreateAnomalySubscription, AnomalySubscription",
        cost_explorer.anomaly_subscriptions,
    ),
    Correction(
        "s3-log-delivery-policy",
        "wants a policy statement for exactly the target prefix before it logs to a bucket",
        "takes any statement that covers it",
        "S3 User Guide, Enabling Amazon S3 server access logging, permissions for log delivery",
        s3.log_delivery_policy,
    ),
    Correction(
        "s3-replication-rules",
        "shows every replication rule with an empty filter and delete markers off",
        "shows it as it was given",
        "S3 GetBucketReplication",
        s3.replication_rules,
    ),
)
"""All corrections, in the order in which they are applied."""


def apply() -> Patches:
    """Correct moto in this process; `undo` of what is returned takes it back."""
    patches = Patches()
    for correction in CORRECTIONS:
        correction.patch(patches)
    return patches
