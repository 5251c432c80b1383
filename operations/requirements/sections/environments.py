"""Resources that meet the section on the environment strategy."""

from operations.requirements.gaps import not_yet, outside
from operations.requirements.table import (
    Requirement,
    absent,
    at_most,
    dev,
    holding,
    preprod,
    prod,
    production_like,
    requirement,
    staging,
)
from stacks.requirements import Environment

ADMINISTRATORS = "the repository's administrators, who protect the deployment environments"
CLASS = 'tags."data-classification"'
not_in_dev, not_in_staging = absent((Environment.DEV,)), absent((Environment.STAGING,))

REQUIREMENTS: tuple[Requirement, ...] = (
    requirement(
        "ENV-02",
        dev("eks.Cluster", "cluster", "region", "us-east-1"),
        dev("eks.NodeGroup", "nodes-baseline", "scalingConfig.minSize", 1),
        not_in_dev("eks.Cluster", "*-dr"),
        not_in_dev("rds.Instance", "*-dr"),
        gaps=[
            outside("no check shows that the data is synthetic", by="the developers who load the data"),
        ],
    ),
    requirement(
        "ENV-03",
        dev("rds.Instance", "records", CLASS, "synthetic"),
        dev("s3.Bucket", "evidence", CLASS, "synthetic"),
        gaps=[
            outside("creation and loading of datasets that need no consent of real students", by="the data engineers"),
        ],
    ),
    requirement(
        "ENV-04",
        dev("eks.AccessEntry", "cluster-developer", "kubernetesGroups", ["campus:developer"]),
        gaps=[
            outside("deployment without approval", by=ADMINISTRATORS),
        ],
    ),
    requirement(
        "ENV-06",
        staging("ec2.Subnet", "network-private-*", "availabilityZone", count=2),
        not_in_staging("ec2.Subnet", "network-private-c"),
        staging("eks.NodeGroup", "nodes-baseline", "scalingConfig.maxSize", at_most(6)),
    ),
    requirement(
        "ENV-07",
        staging("rds.Instance", "records", CLASS, "sanitised"),
        staging("s3.Bucket", "evidence", CLASS, "sanitised"),
        gaps=[
            outside("removal of PII before the data is loaded; generation of traffic", by="the data and QA engineers"),
        ],
    ),
    requirement(
        "ENV-08",
        staging("eks.AccessEntry", "cluster-qa", "kubernetesGroups", ["campus:qa"]),
        staging("eks.AccessEntry", "cluster-tech-lead", "kubernetesGroups", ["campus:tech-lead"]),
        gaps=[
            outside("approval of pull requests and deployments", by=ADMINISTRATORS),
        ],
    ),
    requirement(
        "ENV-10",
        preprod("ec2.Subnet", "network-private-*", "availabilityZone", count=3),
        preprod("eks.Cluster", "cluster-dr", "region", "us-west-2"),
        preprod("route53.Zone", "zone", "name", "preprod.campus-safety.example"),
        gaps=[
            outside(
                "comparison of every input with prod; the budgets' amounts differ",
                by="the tests (`tests/stacks/test_environment_parity.py`)",
            ),
        ],
    ),
    requirement(
        "ENV-11",
        preprod("rds.Instance", "records", CLASS, "restricted-subset"),
        preprod("s3.Bucket", "evidence", CLASS, "restricted-subset"),
        preprod("rds.Instance", "records", "publiclyAccessible", wanted=False),
        gaps=[
            outside("selection and loading of the subset", by="the data engineers"),
            outside("assessment of privacy compliance", by="the privacy officer"),
        ],
    ),
    requirement(
        "ENV-12",
        preprod("eks.AccessEntry", "cluster-sre", "kubernetesGroups", ["campus:sre"]),
        gaps=[
            outside("approval by tech lead and security", by=ADMINISTRATORS),
        ],
    ),
    requirement(
        "ENV-14",
        production_like("eks.Cluster", "cluster-dr", "region", "us-west-2"),
        production_like("rds.Instance", "records", "multiAz", wanted=True),
        production_like("rds.Instance", "records-dr", "region", "us-west-2"),
        production_like("ec2.NatGateway", "network-nat-*", count=3),
        production_like("k8s.HorizontalPodAutoscaler", "alerts", "spec.maxReplicas"),
        production_like("route53.HealthCheck", "names-primary", "type"),
        gaps=[
            not_yet(
                "availability is not measured, and a rehearsal evaluates no health checks",
                by="the site reliability engineers",
            ),
        ],
    ),
    requirement(
        "ENV-15",
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
        gaps=[
            outside("privacy controls inside the applications", by="the service teams"),
        ],
    ),
    requirement(
        "ENV-16",
        prod("eks.AccessEntry", "cluster-on-call", "kubernetesGroups", ["campus:on-call"]),
        gaps=[
            outside("the change management process", by="the on-call engineers and change managers"),
        ],
    ),
)
