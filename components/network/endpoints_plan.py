"""Which AWS services a VPC reaches without the internet, and what may be asked of them that way.

An endpoint's policy decides what passes through it, on top of what the caller's own policies allow: credentials of some
other account that end up on one of our machines open nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from components.identity.documents import Statement


class GatewayEndpoint(StrEnum):
    """Services that are reached by a route and cost nothing."""

    S3 = "s3"
    DYNAMODB = "dynamodb"


class InterfaceEndpoint(StrEnum):
    """Services that get addresses in the private subnets and cost by the hour and zone; all know endpoint policies."""

    AUTOSCALING = "autoscaling"
    EC2 = "ec2"
    ECR_API = "ecr.api"
    ECR_DKR = "ecr.dkr"
    ELASTICLOADBALANCING = "elasticloadbalancing"
    KMS = "kms"
    LOGS = "logs"
    MONITORING = "monitoring"
    S3 = "s3"
    """Beside the gateway, whose addresses are S3's public ones: what a network policy can name."""
    SECRETSMANAGER = "secretsmanager"
    STS = "sts"


@dataclass(frozen=True)
class EndpointScope:
    """Whose endpoints, and where."""

    account: str
    region: str


ANYONE = "*"
"""Every principal that the conditions leave: endpoint policies name nobody in particular."""


def statements(service: GatewayEndpoint | InterfaceEndpoint, scope: EndpointScope) -> tuple[Statement, ...]:
    """The endpoint's policy: requests that the account's own principals signed, and what a service needs beside."""
    if isinstance(service, GatewayEndpoint) or service is InterfaceEndpoint.S3:
        return (_own_data(service, scope), *(_BESIDE[service](scope) if service in _BESIDE else ()))
    return (_own_principals(scope), *(_BESIDE[service](scope) if service in _BESIDE else ()))


def service_name(service: GatewayEndpoint | InterfaceEndpoint, region: str) -> str:
    """AWS's name of the endpoint service."""
    return f"com.amazonaws.{region}.{service}"


def label(service: GatewayEndpoint | InterfaceEndpoint) -> str:
    """What the endpoint is called: S3 has one of each kind."""
    return "s3-interface" if service is InterfaceEndpoint.S3 else service.value


def _own_principals(scope: EndpointScope) -> Statement:
    """Resources may be another account's: the image registry is."""
    return Statement(
        sid="OwnPrincipals",
        principals=ANYONE,
        actions=["*"],
        resources=["*"],
        conditions={"StringEquals": {"aws:PrincipalAccount": scope.account}},
    )


def _own_data(service: GatewayEndpoint | InterfaceEndpoint, scope: EndpointScope) -> Statement:
    """Neither out to buckets or tables of others, nor in with the credentials of others."""
    return Statement(
        sid="OwnPrincipalsOwnData",
        principals=ANYONE,
        actions=[f"{service}:*"],
        resources=["*"],
        conditions={"StringEquals": {"aws:PrincipalAccount": scope.account, "aws:ResourceAccount": scope.account}},
    )


def _buckets_of_others(scope: EndpointScope) -> tuple[Statement, ...]:
    """Buckets that nodes read without our name: image layers behind ECR's links, system packages, Kubernetes' images.

    Sources: ECR user guide, "Amazon ECR interface VPC endpoints", minimum S3 permissions; Amazon Linux 2023 user guide,
    repositories through an S3 endpoint; registry.k8s.io, whose source sends clients in AWS to its bucket of the region.
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
    """A pod's token for a role is traded in unsigned: such a request has no account, only the role that it asks for."""
    return (
        Statement(
            sid="OwnRolesByWebIdentity",
            principals=ANYONE,
            actions=["sts:AssumeRoleWithWebIdentity"],
            resources=[f"arn:aws:iam::{scope.account}:role/*"],
        ),
    )


_BESIDE: Mapping[GatewayEndpoint | InterfaceEndpoint, Callable[[EndpointScope], tuple[Statement, ...]]] = {
    GatewayEndpoint.S3: _buckets_of_others,
    InterfaceEndpoint.STS: _web_identity,
}
"""By AWS's own names, so that both endpoints of S3 are the same here."""
