"""AWS service endpoints of a VPC and their policies.

An endpoint policy restricts requests in addition to the caller's own policies. The policies here reject requests with
credentials of other accounts, so nobody can copy data to another account through the endpoints.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from components.identity.documents import Statement


class GatewayEndpoint(StrEnum):
    """Services with a gateway endpoint, which uses a route and is free of charge."""

    S3 = "s3"
    DYNAMODB = "dynamodb"


class InterfaceEndpoint(StrEnum):
    """Services with an interface endpoint.

    An interface endpoint has addresses in private subnets, and AWS charges for it by hour and zone. All of these
    services support endpoint policies.
    """

    AUTOSCALING = "autoscaling"
    EC2 = "ec2"
    ECR_API = "ecr.api"
    ECR_DKR = "ecr.dkr"
    ELASTICLOADBALANCING = "elasticloadbalancing"
    KMS = "kms"
    LOGS = "logs"
    MONITORING = "monitoring"
    S3 = "s3"
    """Used in addition to S3's gateway endpoint.

    The gateway endpoint uses S3's public addresses, but network policies need private addresses.
    """
    SECRETSMANAGER = "secretsmanager"
    STS = "sts"


@dataclass(frozen=True)
class EndpointScope:
    """Account and region of the endpoints."""

    account: str
    region: str


ANYONE = "*"
"""All principals; conditions restrict them."""


def statements(service: GatewayEndpoint | InterfaceEndpoint, scope: EndpointScope) -> tuple[Statement, ...]:
    """Return the statements of the endpoint's policy.

    All endpoints allow requests of the account's own principals. Some services need additional statements.
    """
    if isinstance(service, GatewayEndpoint) or service is InterfaceEndpoint.S3:
        return (_own_data(service, scope), *(_ADDITIONAL[service](scope) if service in _ADDITIONAL else ()))
    return (_own_principals(scope), *(_ADDITIONAL[service](scope) if service in _ADDITIONAL else ()))


def service_name(service: GatewayEndpoint | InterfaceEndpoint, region: str) -> str:
    """Return AWS's name of the endpoint service."""
    return f"com.amazonaws.{region}.{service}"


def label(service: GatewayEndpoint | InterfaceEndpoint) -> str:
    """Return the endpoint's label; S3 has one endpoint of each type."""
    return "s3-interface" if service is InterfaceEndpoint.S3 else service.value


def _own_principals(scope: EndpointScope) -> Statement:
    """Allow the account's principals to use all resources.

    This includes resources of other accounts, such as the image registry.
    """
    return Statement(
        sid="OwnPrincipals",
        principals=ANYONE,
        actions=["*"],
        resources=["*"],
        conditions={"StringEquals": {"aws:PrincipalAccount": scope.account}},
    )


def _own_data(service: GatewayEndpoint | InterfaceEndpoint, scope: EndpointScope) -> Statement:
    """Allow only the account's own principals on its own buckets and tables."""
    return Statement(
        sid="OwnPrincipalsOwnData",
        principals=ANYONE,
        actions=[f"{service}:*"],
        resources=["*"],
        conditions={"StringEquals": {"aws:PrincipalAccount": scope.account, "aws:ResourceAccount": scope.account}},
    )


def _public_buckets(scope: EndpointScope) -> tuple[Statement, ...]:
    """Allow reading public buckets that nodes need.

    The buckets contain ECR image layers, system packages and Kubernetes images.

    Sources: ECR user guide, "Amazon ECR interface VPC endpoints", minimum S3 permissions; Amazon Linux 2023 user guide,
    repositories through an S3 endpoint; registry.k8s.io, whose source redirects clients in AWS to a regional bucket.
    """
    buckets = {
        "ImageLayers": f"prod-{scope.region}-starport-layer-bucket",
        "SystemPackages": f"al2023-repos-{scope.region}-de612dc2",
        "KubernetesImages": f"prod-registry-k8s-io-{scope.region}",
    }
    return tuple(
        Statement(sid=sid, principals=ANYONE, actions=["s3:GetObject"], resources=[f"arn:aws:s3:::{bucket}/*"])
        for sid, bucket in buckets.items()
    )


def _web_identity(scope: EndpointScope) -> tuple[Statement, ...]:
    """Allow AssumeRoleWithWebIdentity for the account's own roles.

    The request is unsigned, so it has no principal account.
    """
    return (
        Statement(
            sid="OwnRolesByWebIdentity",
            principals=ANYONE,
            actions=["sts:AssumeRoleWithWebIdentity"],
            resources=[f"arn:aws:iam::{scope.account}:role/*"],
        ),
    )


_ADDITIONAL: Mapping[GatewayEndpoint | InterfaceEndpoint, Callable[[EndpointScope], tuple[Statement, ...]]] = {
    GatewayEndpoint.S3: _public_buckets,
    InterfaceEndpoint.STS: _web_identity,
}
"""Additional statements by service name.

Both S3 endpoints share an entry, because the enum values are equal.
"""
