"""VPCs, subnets, internet gateways, Elastic IPs and NAT gateways."""

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase

CASES = [
    LifecycleCase(
        "aws:ec2/vpc:Vpc",
        lambda _deps: {"cidrBlock": "10.1.0.0/16", "tags": OLD},
        lambda _deps: {"cidrBlock": "10.1.0.0/16", "enableDnsHostnames": True, "tags": NEW},
    ),
    LifecycleCase(
        "aws:ec2/subnet:Subnet",
        lambda deps: {"vpcId": deps.vpc, "cidrBlock": "10.0.9.0/24", "tags": OLD},
        lambda deps: {"vpcId": deps.vpc, "cidrBlock": "10.0.9.0/24", "mapPublicIpOnLaunch": True, "tags": NEW},
    ),
    LifecycleCase(
        "aws:ec2/internetGateway:InternetGateway",
        lambda deps: {"vpcId": deps.vpc, "tags": OLD},
        lambda deps: {"vpcId": deps.vpc, "tags": NEW},
    ),
    LifecycleCase(
        "aws:ec2/eip:Eip", lambda _deps: {"domain": "vpc", "tags": OLD}, lambda _deps: {"domain": "vpc", "tags": NEW}
    ),
    LifecycleCase(
        "aws:ec2/natGateway:NatGateway",
        lambda deps: {"subnetId": deps.subnets[0], "allocationId": deps.elastic_ip, "tags": OLD},
        lambda deps: {"subnetId": deps.subnets[0], "allocationId": deps.elastic_ip, "tags": NEW},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)
