"""Inventory of the emulated AWS, listed with boto3."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
from botocore.exceptions import BotoCoreError, ClientError
from moto.backends import get_backend

from rehearsal.cloud.comparison import listed_type
from rehearsal.cloud.inventory_parts import PART_LISTINGS, PartListing, aws_client, pages
from rehearsal.cloud.names import EXISTING_ROLE, REGION, SECRETS_ALIAS, state_bucket

GLOBAL = ("s3", "s3control", "iam", "budgets", "ce", "route53", "cloudfront")
"""Services that list the same resources in every region."""
PEERINGS = "VpcPeeringConnections[?Status.Code!='deleted'].[VpcPeeringConnectionId]"
"""JMESPath expression that returns the identifiers of peering connections."""


@dataclass(frozen=True)
class Listing:
    """Operation that lists all resources of one type."""

    type: str
    service: str
    operation: str
    query: str
    """JMESPath expression that returns one list per resource: the resource's identifiers.

    It excludes resources that AWS itself creates, such as default VPCs with their subnets, and the security group of an
    EKS cluster.
    """
    prefix: str = ""
    """Prefix that identifiers have in AWS but not in the state."""
    args: Mapping[str, Any] = field(default_factory=dict)
    """Required arguments of the operation."""


LISTINGS = (
    Listing("aws:ec2/vpc:Vpc", "ec2", "describe_vpcs", "Vpcs[?!IsDefault].[VpcId]"),
    Listing("aws:ec2/subnet:Subnet", "ec2", "describe_subnets", "Subnets[?!DefaultForAz].[SubnetId]"),
    Listing(
        "aws:ec2/securityGroup:SecurityGroup",
        "ec2",
        "describe_security_groups",
        "SecurityGroups[?GroupName!='default' && !starts_with(GroupName, 'eks-cluster-sg-')].[GroupId]",
    ),
    Listing(
        "aws:ec2/internetGateway:InternetGateway",
        "ec2",
        "describe_internet_gateways",
        "InternetGateways[].[InternetGatewayId]",
    ),
    Listing(
        "aws:ec2/natGateway:NatGateway",
        "ec2",
        "describe_nat_gateways",
        "NatGateways[?State!='deleted'].[NatGatewayId]",
    ),
    Listing("aws:ec2/eip:Eip", "ec2", "describe_addresses", "Addresses[].[AllocationId]"),
    Listing(
        "aws:ec2/routeTable:RouteTable",
        "ec2",
        "describe_route_tables",
        "RouteTables[?!not_null(Associations[?Main].Main | [0], `false`)].[RouteTableId]",
    ),
    Listing(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "ec2",
        "describe_vpc_endpoints",
        "VpcEndpoints[?State!='deleted'].[VpcEndpointId]",
    ),
    Listing(
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        "ec2",
        "describe_vpc_peering_connections",
        PEERINGS,
    ),
    Listing("aws:ec2/flowLog:FlowLog", "ec2", "describe_flow_logs", "FlowLogs[].[FlowLogId]"),
    Listing(
        "aws:ec2/launchTemplate:LaunchTemplate",
        "ec2",
        "describe_launch_templates",
        "LaunchTemplates[].[LaunchTemplateId]",
    ),
    Listing("aws:eks/cluster:Cluster", "eks", "list_clusters", "clusters[].[@]"),
    Listing(
        "aws:autoscaling/schedule:Schedule",
        "autoscaling",
        "describe_scheduled_actions",
        "ScheduledUpdateGroupActions[].[ScheduledActionName]",
    ),
    Listing(
        "aws:rds/instance:Instance",
        "rds",
        "describe_db_instances",
        "DBInstances[].[DBInstanceIdentifier, DbiResourceId]",
    ),
    Listing(
        "aws:rds/subnetGroup:SubnetGroup", "rds", "describe_db_subnet_groups", "DBSubnetGroups[].[DBSubnetGroupName]"
    ),
    Listing(
        "aws:rds/parameterGroup:ParameterGroup",
        "rds",
        "describe_db_parameter_groups",
        "DBParameterGroups[?!starts_with(DBParameterGroupName, 'default.')].[DBParameterGroupName]",
    ),
    Listing(
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
        "rds",
        "describe_db_instance_automated_backups",
        "DBInstanceAutomatedBackups[?Status=='replicating'].[DBInstanceAutomatedBackupsArn]",
    ),
    Listing(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "elasticache",
        "describe_replication_groups",
        "ReplicationGroups[].[ReplicationGroupId]",
    ),
    Listing(
        "aws:elasticache/subnetGroup:SubnetGroup",
        "elasticache",
        "describe_cache_subnet_groups",
        "CacheSubnetGroups[].[CacheSubnetGroupName]",
    ),
    Listing(
        "aws:elasticache/parameterGroup:ParameterGroup",
        "elasticache",
        "describe_cache_parameter_groups",
        "CacheParameterGroups[?!starts_with(CacheParameterGroupName, 'default.')].[CacheParameterGroupName]",
    ),
    Listing("aws:elasticache/user:User", "elasticache", "describe_users", "Users[?UserId!='default'].[UserId]"),
    Listing("aws:elasticache/userGroup:UserGroup", "elasticache", "describe_user_groups", "UserGroups[].[UserGroupId]"),
    Listing("aws:backup/vault:Vault", "backup", "list_backup_vaults", "BackupVaultList[].[BackupVaultName]"),
    Listing("aws:backup/plan:Plan", "backup", "list_backup_plans", "BackupPlansList[].[BackupPlanId]"),
    Listing("aws:s3/bucket:Bucket", "s3", "list_buckets", "Buckets[].[Name]"),
    Listing(
        "aws:iam/role:Role",
        "iam",
        "list_roles",
        f"Roles[?!starts_with(Path, '/aws-service-role/') && Description!='{EXISTING_ROLE}'].[RoleName]",
    ),
    Listing(
        "aws:iam/serviceLinkedRole:ServiceLinkedRole",
        "iam",
        "list_roles",
        "Roles[?starts_with(Path, '/aws-service-role/')].[Arn]",
    ),
    Listing("aws:iam/policy:Policy", "iam", "list_policies", "Policies[?!starts_with(Arn, 'arn:aws:iam::aws:')].[Arn]"),
    Listing(
        "aws:kms/alias:Alias", "kms", "list_aliases", "Aliases[?!starts_with(AliasName, 'alias/aws/')].[AliasName]"
    ),
    Listing("aws:cloudwatch/logGroup:LogGroup", "logs", "describe_log_groups", "logGroups[].[logGroupName]"),
    Listing(
        "aws:lb/loadBalancer:LoadBalancer", "elbv2", "describe_load_balancers", "LoadBalancers[].[LoadBalancerArn]"
    ),
    Listing("aws:wafv2/webAcl:WebAcl", "wafv2", "list_web_acls", "WebACLs[].[Id]", args={"Scope": "REGIONAL"}),
    Listing("aws:acm/certificate:Certificate", "acm", "list_certificates", "CertificateSummaryList[].[CertificateArn]"),
    Listing("aws:route53/zone:Zone", "route53", "list_hosted_zones", "HostedZones[].[Id]", prefix="/hostedzone/"),
    Listing("aws:route53/healthCheck:HealthCheck", "route53", "list_health_checks", "HealthChecks[].[Id]"),
    Listing("aws:sns/topic:Topic", "sns", "list_topics", "Topics[].[TopicArn]"),
    Listing("aws:cloudtrail/trail:Trail", "cloudtrail", "list_trails", "Trails[].[TrailARN]"),
    Listing(
        "aws:cfg/recorder:Recorder", "config", "describe_configuration_recorders", "ConfigurationRecorders[].[name]"
    ),
    Listing(
        "aws:cfg/deliveryChannel:DeliveryChannel", "config", "describe_delivery_channels", "DeliveryChannels[].[name]"
    ),
    Listing(
        "aws:cfg/recorderStatus:RecorderStatus",
        "config",
        "describe_configuration_recorder_status",
        "ConfigurationRecordersStatus[?recording].[name]",
    ),
    Listing("aws:guardduty/detector:Detector", "guardduty", "list_detectors", "DetectorIds[].[@]"),
    Listing(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "logs",
        "describe_metric_filters",
        "metricFilters[].[filterName]",
    ),
    Listing("aws:cloudwatch/metricAlarm:MetricAlarm", "cloudwatch", "describe_alarms", "MetricAlarms[].[AlarmName]"),
    Listing(
        "aws:costexplorer/costCategory:CostCategory",
        "ce",
        "list_cost_category_definitions",
        "CostCategoryReferences[].[CostCategoryArn]",
    ),
    Listing(
        "aws:costexplorer/costAllocationTag:CostAllocationTag",
        "ce",
        "list_cost_allocation_tags",
        "CostAllocationTags[?Status=='Active'].[TagKey]",
    ),
    Listing(
        "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
        "ce",
        "get_anomaly_monitors",
        "AnomalyMonitors[].[MonitorArn]",
    ),
    Listing(
        "aws:costexplorer/anomalySubscription:AnomalySubscription",
        "ce",
        "get_anomaly_subscriptions",
        "AnomalySubscriptions[].[SubscriptionArn]",
    ),
    Listing(
        "aws:acm/certificateValidation:CertificateValidation",
        "acm",
        "list_certificates",
        "CertificateSummaryList[].[CertificateArn]",
        args={"CertificateStatuses": ["ISSUED"]},
    ),
    Listing(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        "logs",
        "describe_resource_policies",
        "resourcePolicies[].[policyName]",
    ),
    Listing("aws:dynamodb/table:Table", "dynamodb", "list_tables", "TableNames[].[@]"),
    Listing(
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        "ec2",
        "describe_network_acls",
        "NetworkAcls[?IsDefault].[NetworkAclId]",
    ),
    Listing(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "ec2",
        "describe_security_groups",
        "SecurityGroups[?GroupName=='default'].[GroupId]",
    ),
    Listing(
        "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions",
        "ec2",
        "describe_vpc_peering_connections",
        PEERINGS,
    ),
    Listing(
        "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        "ec2",
        "describe_vpc_peering_connections",
        PEERINGS,
    ),
    Listing(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "ec2",
        "describe_route_tables",
        "RouteTables[].Associations[?!Main][].[RouteTableAssociationId]",
    ),
    Listing(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "ec2",
        "describe_security_group_rules",
        "SecurityGroupRules[?IsEgress].[SecurityGroupRuleId]",
    ),
    Listing(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "ec2",
        "describe_security_group_rules",
        "SecurityGroupRules[?!IsEgress].[SecurityGroupRuleId]",
    ),
    Listing("aws:ecr/repository:Repository", "ecr", "describe_repositories", "repositories[].[repositoryName]"),
    Listing(
        "aws:iam/instanceProfile:InstanceProfile",
        "iam",
        "list_instance_profiles",
        "InstanceProfiles[].[InstanceProfileName]",
    ),
    Listing(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "iam",
        "list_open_id_connect_providers",
        "OpenIDConnectProviderList[].[Arn]",
    ),
    Listing("aws:lb/targetGroup:TargetGroup", "elbv2", "describe_target_groups", "TargetGroups[].[TargetGroupArn]"),
    Listing("aws:route53/queryLog:QueryLog", "route53", "list_query_logging_configs", "QueryLoggingConfigs[].[Id]"),
    Listing("aws:secretsmanager/secret:Secret", "secretsmanager", "list_secrets", "SecretList[?!OwningService].[ARN]"),
    Listing("aws:sns/topicPolicy:TopicPolicy", "sns", "list_topics", "Topics[].[TopicArn]"),
    Listing(
        "aws:sns/topicSubscription:TopicSubscription",
        "sns",
        "list_subscriptions",
        "Subscriptions[].[SubscriptionArn]",
    ),
    Listing("aws:sqs/queue:Queue", "sqs", "list_queues", "QueueUrls[].[@]"),
    Listing("aws:ssm/parameter:Parameter", "ssm", "describe_parameters", "Parameters[].[Name]"),
    Listing(
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        "wafv2",
        "list_logging_configurations",
        "LoggingConfigurations[].[ResourceArn]",
        args={"Scope": "REGIONAL"},
    ),
)


@dataclass(frozen=True)
class Inventory:
    """Resources of the emulated AWS."""

    resources: dict[str, list[list[str]] | None]
    """Each type's resources, each as its identifiers. None if the type could not be read."""
    unreadable: dict[str, str]
    """AWS's error by type, for the types that could not be read."""


def take(stack: str, account: str) -> Inventory:
    """Return the resources of every type in all regions in use.

    Excludes the resources of the state backend.
    """
    own = {state_bucket(stack), SECRETS_ALIAS}
    resources: dict[str, list[list[str]] | None] = {}
    unreadable: dict[str, str] = {}
    for each in (*LISTINGS, *PART_LISTINGS):
        try:
            resources[each.type] = [identifiers for identifiers in listed(each, account) if not own & set(identifiers)]
        except (BotoCoreError, ClientError) as error:
            resources[each.type], unreadable[each.type] = None, str(error)
    return Inventory(resources, unreadable)


def listing(token: str) -> Listing | PartListing | None:
    """Return the listing of a type, or None if the inventory does not cover it."""
    return next((each for each in (*LISTINGS, *PART_LISTINGS) if each.type == listed_type(token)), None)


def listed(listing: Listing | PartListing, account: str) -> Iterator[list[str]]:
    """Yield the identifiers of each resource of one type, in every region in use.

    Raises:
        ClientError: AWS refuses a call for another reason than that a resource does not exist.
    """
    for region in _regions(listing.service, account):
        client = aws_client(listing.service, region)
        if isinstance(listing, PartListing):
            yield from listing.identify(client, account)
        else:
            yield from _list(listing, client)


def _list(listing: Listing, client: Any) -> Iterator[list[str]]:
    for page in pages(client, listing.operation, **listing.args):
        for identifiers in jmespath.search(listing.query, page) or []:
            yield [identifier.removeprefix(listing.prefix) for identifier in identifiers]


def _regions(service: str, account: str) -> list[str]:
    if service in GLOBAL:
        return [REGION]
    return sorted(region for region in get_backend(service)[account] if region != "aws")  # type: ignore[call-overload]  # the service is a variable
