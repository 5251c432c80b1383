"""Quotas that the emulated AWS enforces, with the values of a fresh account.

The values are those of the AWS General Reference (Service endpoints and quotas) and of the user guides, as of
November 2026. AWS may have raised the quotas of an older account.
"""

from collections.abc import Mapping

from rehearsal.cloud.quotas.quota import Quota

_VPC = "Amazon VPC User Guide, Amazon VPC quotas"
_EC2 = "Amazon EC2 endpoints and quotas"
_IAM = "IAM User Guide, IAM and AWS STS quotas"
_ELB = "Elastic Load Balancing User Guide, Quotas for your Application Load Balancers"
_RDS = "Amazon RDS User Guide, Quotas and constraints for Amazon RDS"
_ROUTE53 = "Route 53 Developer Guide, Quotas"

_ALL = (
    Quota("vpc", "L-F678F1CE", "VPCs per Region", 5, adjustable=True, error="VpcLimitExceeded", source=_VPC),
    Quota(
        "vpc",
        "L-A4707A72",
        "Internet gateways per Region",
        5,
        adjustable=True,
        error="InternetGatewayLimitExceeded",
        source=_VPC,
    ),
    Quota("vpc", "L-407747CB", "Subnets per VPC", 200, adjustable=True, error="SubnetLimitExceeded", source=_VPC),
    Quota(
        "vpc", "L-589F43AA", "Route tables per VPC", 200, adjustable=True, error="RouteTableLimitExceeded", source=_VPC
    ),
    Quota(
        "vpc",
        "L-93826ACB",
        "Routes per route table",
        500,
        adjustable=True,
        error="RouteLimitExceeded",
        source=f"{_VPC} (raised from 50 in June 2025)",
    ),
    Quota(
        "vpc",
        "L-FE5A380F",
        "NAT gateways per Availability Zone",
        5,
        adjustable=True,
        error="NatGatewayLimitExceeded",
        source=_VPC,
    ),
    Quota(
        "vpc",
        "L-E79EC296",
        "VPC security groups per Region",
        2500,
        adjustable=True,
        error="SecurityGroupLimitExceeded",
        source=_VPC,
    ),
    Quota(
        "vpc",
        "L-0EA8095F",
        "Inbound or outbound rules per security group",
        60,
        adjustable=True,
        error="RulesPerSecurityGroupLimitExceeded",
        source=_VPC,
    ),
    Quota(
        "vpc",
        "L-2AFB9258",
        "Security groups per network interface",
        5,
        adjustable=True,
        error="SecurityGroupsPerInterfaceLimitExceeded",
        source=_VPC,
    ),
    Quota(
        "vpc",
        "L-1B52E74A",
        "Gateway VPC endpoints per Region",
        20,
        adjustable=True,
        error="VpcEndpointLimitExceeded",
        source=_VPC,
    ),
    Quota(
        "vpc",
        "L-29B6F2EB",
        "Interface VPC endpoints per VPC",
        50,
        adjustable=True,
        error="VpcEndpointLimitExceeded",
        source=_VPC,
    ),
    Quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5, adjustable=True, error="AddressLimitExceeded", source=_EC2),
    Quota("iam", "L-FE177D64", "Roles per account", 1000, adjustable=True, error="LimitExceeded", source=_IAM),
    Quota(
        "iam",
        "L-E95E4862",
        "Customer managed policies per account",
        1500,
        adjustable=True,
        error="LimitExceeded",
        source=_IAM,
    ),
    Quota(
        "iam",
        "L-0DA4ABF3",
        "Managed policies per role",
        10,
        adjustable=True,
        error="LimitExceeded",
        source=f"{_IAM} (can be raised up to 25)",
    ),
    Quota("iam", "L-C07B4B0D", "Role trust policy length", 2048, adjustable=True, error="LimitExceeded", source=_IAM),
    Quota(
        "iam", "L-6E65F664", "Instance profiles per account", 1000, adjustable=True, error="LimitExceeded", source=_IAM
    ),
    Quota(
        "iam",
        "policy-size",
        "Characters of a managed policy, without white space",
        6144,
        adjustable=False,
        error="LimitExceeded",
        source=_IAM,
    ),
    Quota(
        "iam",
        "role-policy-size",
        "Characters of all inline policies of a role, without white space",
        10240,
        adjustable=False,
        error="LimitExceeded",
        source=_IAM,
    ),
    Quota(
        "s3",
        "L-DC2B2D3D",
        "Buckets",
        10_000,
        adjustable=True,
        error="TooManyBuckets",
        source="Amazon S3 User Guide, General purpose bucket quotas (raised from 100 in November 2024)",
    ),
    Quota("rds", "L-7B6409FD", "DB instances", 40, adjustable=True, error="InstanceQuotaExceeded", source=_RDS),
    Quota(
        "rds", "L-DE55804A", "Parameter groups", 50, adjustable=True, error="DBParameterGroupQuotaExceeded", source=_RDS
    ),
    Quota(
        "rds", "L-48C6BF61", "DB subnet groups", 50, adjustable=True, error="DBSubnetGroupQuotaExceeded", source=_RDS
    ),
    Quota(
        "eks",
        "L-1194D53C",
        "Clusters",
        100,
        adjustable=True,
        error="ResourceLimitExceededException",
        source="Amazon EKS User Guide, Service quotas",
    ),
    Quota(
        "eks",
        "L-6D54EA21",
        "Managed node groups per cluster",
        30,
        adjustable=True,
        error="ResourceLimitExceededException",
        source="Amazon EKS User Guide, Service quotas",
    ),
    Quota(
        "kms",
        "L-C2F1777E",
        "Customer Master Keys (CMKs)",
        100_000,
        adjustable=True,
        error="LimitExceededException",
        source="AWS KMS Developer Guide, Resource quotas",
    ),
    Quota("route53", "L-4EA4796A", "Hosted zones", 500, adjustable=True, error="TooManyHostedZones", source=_ROUTE53),
    Quota("route53", "L-ACB674F3", "Health checks", 200, adjustable=True, error="TooManyHealthChecks", source=_ROUTE53),
    Quota(
        "elasticloadbalancing",
        "L-53DA6B97",
        "Application Load Balancers per Region",
        50,
        adjustable=True,
        error="TooManyLoadBalancers",
        source=_ELB,
    ),
    Quota(
        "elasticloadbalancing",
        "L-69A177A2",
        "Network Load Balancers per Region",
        50,
        adjustable=True,
        error="TooManyLoadBalancers",
        source="Elastic Load Balancing User Guide, Quotas for your Network Load Balancers",
    ),
    Quota(
        "elasticloadbalancing",
        "L-B22855CB",
        "Target Groups per Region",
        3000,
        adjustable=True,
        error="TooManyTargetGroups",
        source=_ELB,
    ),
    Quota(
        "elasticloadbalancing",
        "L-B6DF7632",
        "Listeners per Application Load Balancer",
        50,
        adjustable=True,
        error="TooManyListeners",
        source=_ELB,
    ),
    Quota(
        "elasticloadbalancing",
        "L-7EED9B64",
        "Rules per Application Load Balancer",
        100,
        adjustable=True,
        error="TooManyRules",
        source=_ELB,
    ),
)
QUOTAS: Mapping[str, Quota] = {quota.key: quota for quota in _ALL}
"""All quotas by key, such as `vpc/L-F678F1CE`."""
