"""Where moto 5.2 errs, and what is done about it: one named correction each, each tested against moto without it.

A correction says what moto does, what AWS does and where AWS says so. When moto catches up, its test fails, and the
correction is dropped. Names begin with the service.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.cloud.corrections import (
    acm,
    audit,
    backup,
    budgets,
    cost_explorer,
    ec2,
    edge,
    eks,
    eks_parts,
    elasticache,
    elasticache_groups,
    endpoints,
    kms,
    rds,
    rds_backups,
    s3,
    scaling,
)
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
        "eks-scaling-groups",
        "names an Auto Scaling group behind a node group that does not exist, and takes sizes out of order",
        "makes the group, with the node group's sizes and the tags that the cluster autoscaler looks for; refuses",
        "EKS NodegroupResources; EKS User Guide, Simplify node lifecycle with managed node groups",
        scaling.node_group_scaling,
    ),
    Correction(
        "autoscaling-scheduled-actions",
        "keeps one scheduled action of a name in a region, of groups that do not exist too, without an ARN",
        "keeps them by group and name, and drops them with their group",
        "EC2 Auto Scaling PutScheduledUpdateGroupAction, DeleteAutoScalingGroup",
        scaling.scheduled_actions,
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
        "ec2-peering-options",
        "takes options of a peering that nobody has accepted, and of both sides from either region",
        "takes them once it is active, each side's in its own region",
        "EC2 ModifyVpcPeeringConnectionOptions",
        edge.peering_options,
    ),
    Correction(
        "ec2-endpoint-changes",
        "changes an endpoint's lists of subnets and route tables and nothing else, and never its private DNS",
        "moves interfaces and routes with them, and changes private DNS",
        "EC2 ModifyVpcEndpoint",
        edge.endpoint_changes,
    ),
    Correction(
        "ec2-private-dns",
        "makes a second endpoint with private DNS for one service, and gives gateways private DNS too",
        "refuses the second; gateways have none",
        "EC2 CreateVpcEndpoint, PrivateDnsEnabled",
        edge.private_dns,
    ),
    Correction(
        "ec2-endpoint-dns-options",
        "forgets an endpoint's DNS options",
        "keeps them, and refuses inbound-only names where S3 has no gateway endpoint",
        "EC2 CreateVpcEndpoint, DnsOptions",
        endpoints.dns_options,
    ),
    Correction(
        "wafv2-associations",
        "stacks web ACLs on one resource, and deletes one that is in use",
        "replaces the resource's web ACL; refuses to delete one in use",
        "WAFV2 AssociateWebACL, DeleteWebACL",
        edge.web_acl_associations,
    ),
    Correction(
        "wafv2-log-destination",
        "logs anywhere",
        "wants a destination whose name begins with aws-waf-logs-",
        "WAFV2 LoggingConfiguration, LogDestinationConfigs",
        edge.web_acl_logs,
    ),
    Correction(
        "elbv2-deletion-protection",
        "deletes a protected load balancer",
        "refuses",
        "Elastic Load Balancing DeleteLoadBalancer",
        edge.balancer_protection,
    ),
    Correction(
        "route53-query-log-group",
        "wants the log group's ARN with `:*` at its end, and no resource policy",
        "takes the ARN without it, and wants a policy that lets Route 53 write",
        "Route 53 CreateQueryLoggingConfig",
        edge.query_log_group,
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
    Correction(
        "rds-backup-replication",
        "can't replicate automated backups",
        "replicates them to another region, where encrypted ones need a key of that region",
        "RDS StartDBInstanceAutomatedBackupsReplication, StopDBInstanceAutomatedBackupsReplication",
        rds_backups.replication,
    ),
    Correction(
        "elasticache-subnet-groups",
        "can't change or delete a subnet group",
        "does, unless a cache is in it",
        "ElastiCache ModifyCacheSubnetGroup, DeleteCacheSubnetGroup",
        elasticache.subnet_groups,
    ),
    Correction(
        "elasticache-parameter-groups",
        "has none",
        "manages parameter groups and their parameters",
        "ElastiCache CreateCacheParameterGroup, DescribeCacheParameters, ModifyCacheParameterGroup",
        elasticache.parameter_groups,
    ),
    Correction(
        "elasticache-users",
        "can't change a user, keeps deleted ones until somebody looks, and takes two names for IAM users",
        "changes them, deletes them, and wants one name",
        "ElastiCache ModifyUser, DeleteUser; user guide, Authenticating with IAM",
        elasticache.users,
    ),
    Correction(
        "elasticache-user-groups",
        "has none",
        "manages user groups, each with one user called default",
        "ElastiCache CreateUserGroup, ModifyUserGroup, DeleteUserGroup",
        elasticache.user_groups,
    ),
    Correction(
        "elasticache-tags",
        "lists no tags of parameter and user groups",
        "lists them",
        "ElastiCache ListTagsForResource",
        elasticache.tags,
    ),
    Correction(
        "elasticache-nodes",
        "makes one node however many are wanted, and shows neither nodes nor reader endpoint",
        "makes them, lists them as cache clusters, and changes their number",
        "ElastiCache CreateReplicationGroup, DescribeCacheClusters, IncreaseReplicaCount, DecreaseReplicaCount",
        elasticache_groups.nodes,
    ),
    Correction(
        "elasticache-requirements",
        "makes any replication group",
        "needs a replica for failover, failover for Multi-AZ, and the groups that are named",
        "ElastiCache CreateReplicationGroup",
        elasticache_groups.requirements,
    ),
    Correction(
        "elasticache-changes",
        "drops most changes of a replication group",
        "makes them",
        "ElastiCache ModifyReplicationGroup",
        elasticache_groups.changes,
    ),
    Correction(
        "elasticache-deletion",
        "keeps a deleted replication group for ever, and takes no final snapshot of it",
        "deletes it, after a final snapshot if one is named",
        "ElastiCache DeleteReplicationGroup",
        elasticache_groups.deletion,
    ),
    Correction(
        "backup-plans",
        "can't change a plan, and keeps a deleted one with its name",
        "changes it, forgets it, and refuses while it has selections",
        "AWS Backup UpdateBackupPlan, DeleteBackupPlan",
        backup.plans,
    ),
    Correction(
        "backup-selections",
        "has none",
        "manages what a plan backs up",
        "AWS Backup CreateBackupSelection, GetBackupSelection, ListBackupSelections, DeleteBackupSelection",
        backup.selections,
    ),
    Correction(
        "backup-vault-policies",
        "has none",
        "keeps a vault's access policy",
        "AWS Backup PutBackupVaultAccessPolicy, GetBackupVaultAccessPolicy, DeleteBackupVaultAccessPolicy",
        backup.vault_policies,
    ),
    Correction(
        "backup-vault-notifications",
        "has none",
        "keeps which events of a vault are told, and to whom",
        "AWS Backup PutBackupVaultNotifications, GetBackupVaultNotifications, DeleteBackupVaultNotifications",
        backup.vault_notifications,
    ),
    Correction(
        "cloudtrail-name",
        "replaces a trail by another one of its name",
        "refuses",
        "CloudTrail CreateTrail, TrailAlreadyExistsException",
        audit.trail_name,
    ),
    Correction(
        "cloudtrail-selectors",
        "adds insight selectors to those there are, and keeps advanced selectors beside basic ones",
        "replaces what there is",
        "CloudTrail PutInsightSelectors, PutEventSelectors",
        audit.trail_selectors,
    ),
    Correction(
        "guardduty-one-detector",
        "makes any number of detectors",
        "refuses a second one in a region",
        "GuardDuty CreateDetector",
        audit.one_detector,
    ),
    Correction(
        "guardduty-features",
        "forgets all features but those of the last update",
        "changes those that are named",
        "GuardDuty UpdateDetector, features",
        audit.detector_features,
    ),
    Correction(
        "guardduty-tags",
        "can't tag a detector that exists",
        "tags detectors",
        "GuardDuty TagResource, UntagResource, ListTagsForResource",
        audit.detector_tags,
    ),
    Correction(
        "securityhub-settings",
        "has a hub without settings, and enables it twice",
        "keeps its settings, updates them, and refuses to enable it again",
        "Security Hub EnableSecurityHub, UpdateSecurityHubConfiguration",
        audit.hub_settings,
    ),
    Correction(
        "logs-metric-filter",
        "adds a second metric filter of the same name",
        "replaces the first",
        "CloudWatch Logs PutMetricFilter",
        audit.metric_filter,
    ),
    Correction(
        "ec2-ebs-default-key",
        "can't tell the default key of volumes, or go back to AWS's own",
        "does both",
        "EC2 GetEbsDefaultKmsKeyId, ResetEbsDefaultKmsKeyId",
        audit.default_key,
    ),
)
"""All corrections, in the order in which they are applied."""


def apply() -> Patches:
    """Correct moto in this process; `undo` of what is returned takes it back."""
    patches = Patches()
    for correction in CORRECTIONS:
        correction.patch(patches)
    return patches
