"""Environment strategy: what each environment consists of, which data it holds, who may enter it."""

from operations.requirements.table import (
    Row,
    absent,
    at_most,
    dev,
    guarded,
    holding,
    preprod,
    prod,
    row,
    staging,
)
from stacks.figures import Environment

CLASS = 'tags."data-classification"'
not_in_dev, not_in_staging = absent((Environment.DEV,)), absent((Environment.STAGING,))

ROWS: tuple[Row, ...] = (
    row(
        "Single-region (us-east-1), minimal compute resources, synthetic data only",
        dev("eks.Cluster", "cluster", "region", "us-east-1"),
        dev("eks.NodeGroup", "nodes-baseline", "scalingConfig.minSize", 1),
        not_in_dev("eks.Cluster", "*-dr"),
        not_in_dev("rds.Instance", "*-dr"),
    ),
    row(
        "Anonymized test datasets, no real student data, consent-free testing environment",
        dev("rds.Instance", "records", CLASS, "synthetic"),
        dev("s3.Bucket", "evidence", CLASS, "synthetic"),
    ),
    row(
        "All developers, no approval required, self-service deployment",
        dev("eks.AccessEntry", "cluster-developer", "kubernetesGroups", ["campus:developer"]),
    ),
    row(
        "Production-like setup but scaled down (2 AZs, reduced instance counts)",
        staging("ec2.Subnet", "network-private-*", "availabilityZone", count=2),
        not_in_staging("ec2.Subnet", "network-private-c"),
        staging("eks.NodeGroup", "nodes-baseline", "scalingConfig.maxSize", at_most(6)),
    ),
    row(
        "Sanitized production-like data with PII removed, realistic traffic patterns",
        staging("rds.Instance", "records", CLASS, "sanitised"),
        staging("s3.Bucket", "evidence", CLASS, "sanitised"),
    ),
    row(
        "QA team, tech leads, requires PR approval for deployments",
        staging("eks.AccessEntry", "cluster-qa", "kubernetesGroups", ["campus:qa"]),
        staging("eks.AccessEntry", "cluster-tech-lead", "kubernetesGroups", ["campus:tech-lead"]),
    ),
    row(
        "Full production topology, identical configuration, separate DNS",
        preprod("ec2.Subnet", "network-private-*", "availabilityZone", count=3),
        preprod("eks.Cluster", "cluster-dr", "region", "us-west-2"),
        preprod("route53.Zone", "zone", "name", "preprod.campus-safety.example"),
    ),
    row(
        "Production data subset with strict access controls, full privacy compliance",
        preprod("rds.Instance", "records", CLASS, "restricted-subset"),
        preprod("s3.Bucket", "evidence", CLASS, "restricted-subset"),
        preprod("rds.Instance", "records", "publiclyAccessible", wanted=False),
    ),
    row(
        "Site reliability engineers, deployment approval required from tech lead + security",
        preprod("eks.AccessEntry", "cluster-sre", "kubernetesGroups", ["campus:sre"]),
    ),
    row(
        "Multi-region (primary + DR), auto-scaling, 99.5% availability SLA",
        guarded("eks.Cluster", "cluster-dr", "region", "us-west-2"),
        guarded("rds.Instance", "records", "multiAz", wanted=True),
        guarded("rds.Instance", "records-dr", "region", "us-west-2"),
        guarded("ec2.NatGateway", "network-nat-*", count=3),
        guarded("k8s.HorizontalPodAutoscaler", "alerts", "spec.maxReplicas"),
        guarded("route53.HealthCheck", "names-primary", "type"),
    ),
    row(
        "Full student data with complete privacy controls, audit logging",
        prod("rds.Instance", "records", CLASS, "full"),
        prod("cloudtrail.Trail", "trail", "isMultiRegionTrail", wanted=True),
        prod("cloudtrail.Trail", "trail", "enableLogFileValidation", wanted=True),
        prod("eks.Cluster", "cluster", "enabledClusterLogTypes", holding("audit")),
        prod("rds.ParameterGroup", "records", "parameters[?name=='rds.force_ssl'].value", ["1"]),
        prod("s3.AccountPublicAccessBlock", "account-guards", "blockPublicPolicy", wanted=True),
        prod("ebs.EncryptionByDefault", "region-guards*", "enabled", wanted=True, count=2),
        prod("guardduty.Detector", "detection*", "enable", wanted=True, count=2),
        prod("lb.LoadBalancer", "edge*", "dropInvalidHeaderFields", wanted=True, count=2),
        prod("wafv2.WebAcl", "edge*", "scope", "REGIONAL", count=2),
        prod("vault.Audit", "vault", "type", "file"),
    ),
    row(
        "On-call engineers only, change management process required",
        prod("eks.AccessEntry", "cluster-on-call", "kubernetesGroups", ["campus:on-call"]),
    ),
)
