"""What may be asked through an endpoint."""

import pytest

from components.network.endpoints_plan import (
    EndpointScope,
    GatewayEndpoint,
    InterfaceEndpoint,
    label,
    service_name,
    statements,
)

PLACE = EndpointScope("111122223333", "eu-west-1")
OWN = {"aws:PrincipalAccount": "111122223333"}


@pytest.mark.parametrize(
    "service",
    [service for service in InterfaceEndpoint if service not in {InterfaceEndpoint.STS, InterfaceEndpoint.S3}],
)
def test_an_interface_endpoint_serves_the_accounts_own_principals_alone(service: InterfaceEndpoint) -> None:
    (only,) = statements(service, PLACE)
    assert (only.actions, only.conditions) == (["*"], {"StringEquals": OWN})


def test_roles_are_had_for_a_pods_token_but_only_our_own() -> None:
    _, identity = statements(InterfaceEndpoint.STS, PLACE)
    assert identity.actions == ["sts:AssumeRoleWithWebIdentity"]
    assert identity.resources == ["arn:aws:iam::111122223333:role/*"]
    assert not identity.conditions


def test_both_endpoints_of_s3_let_the_same_through_under_different_names() -> None:
    assert statements(InterfaceEndpoint.S3, PLACE) == statements(GatewayEndpoint.S3, PLACE)
    names = [label(service) for service in (*GatewayEndpoint, *InterfaceEndpoint)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("service", GatewayEndpoint)
def test_data_neither_leaves_the_account_nor_comes_from_another(service: GatewayEndpoint) -> None:
    own = statements(service, PLACE)[0]
    assert own.actions == [f"{service}:*"]
    assert own.conditions == {"StringEquals": {**OWN, "aws:ResourceAccount": "111122223333"}}


def test_nodes_read_images_and_system_packages_of_their_region() -> None:
    assert [(each.actions, each.resources) for each in statements(GatewayEndpoint.S3, PLACE)[1:]] == [
        (["s3:GetObject"], ["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"]),
        (["s3:GetObject"], ["arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*"]),
        (["s3:GetObject"], ["arn:aws:s3:::prod-registry-k8s-io-eu-west-1/*"]),
    ]


def test_a_service_is_asked_for_by_its_full_name() -> None:
    assert service_name(InterfaceEndpoint.ECR_DKR, "us-west-2") == "com.amazonaws.us-west-2.ecr.dkr"
