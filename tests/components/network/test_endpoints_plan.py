"""Policies of VPC endpoints."""

import pytest

from components.network.endpoints_plan import (
    EndpointScope,
    GatewayEndpoint,
    InterfaceEndpoint,
    label,
    service_name,
    statements,
)

SCOPE = EndpointScope("111122223333", "eu-west-1")
OWN = {"aws:PrincipalAccount": "111122223333"}


@pytest.mark.parametrize(
    "service",
    [service for service in InterfaceEndpoint if service not in {InterfaceEndpoint.STS, InterfaceEndpoint.S3}],
)
def test_an_interface_endpoint_allows_only_the_accounts_principals(service: InterfaceEndpoint) -> None:
    (only,) = statements(service, SCOPE)
    assert (only.actions, only.conditions) == (["*"], {"StringEquals": OWN})


def test_web_identity_allows_only_the_accounts_own_roles() -> None:
    _, identity = statements(InterfaceEndpoint.STS, SCOPE)
    assert identity.actions == ["sts:AssumeRoleWithWebIdentity"]
    assert identity.resources == ["arn:aws:iam::111122223333:role/*"]
    assert not identity.conditions


def test_both_s3_endpoints_have_the_same_policy_and_different_names() -> None:
    assert statements(InterfaceEndpoint.S3, SCOPE) == statements(GatewayEndpoint.S3, SCOPE)
    names = [label(service) for service in (*GatewayEndpoint, *InterfaceEndpoint)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("service", GatewayEndpoint)
def test_a_gateway_endpoint_allows_only_the_accounts_own_data(service: GatewayEndpoint) -> None:
    own = statements(service, SCOPE)[0]
    assert own.actions == [f"{service}:*"]
    assert own.conditions == {"StringEquals": {**OWN, "aws:ResourceAccount": "111122223333"}}


def test_nodes_can_read_images_and_system_packages_of_their_region() -> None:
    assert [(each.actions, each.resources) for each in statements(GatewayEndpoint.S3, SCOPE)[1:]] == [
        (["s3:GetObject"], ["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"]),
        (["s3:GetObject"], ["arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*"]),
        (["s3:GetObject"], ["arn:aws:s3:::prod-registry-k8s-io-eu-west-1/*"]),
    ]


def test_the_service_name_includes_the_region() -> None:
    assert service_name(InterfaceEndpoint.ECR_DKR, "us-west-2") == "com.amazonaws.us-west-2.ecr.dkr"
