"""VPCs, subnets, internet gateways, Elastic IPs and NAT gateways."""

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

CASES = [
    LifecycleCase(
        "aws:ec2/vpc:Vpc",
        lambda _deps: {"cidrBlock": "10.1.0.0/16", "tags": OLD},
        lambda _deps: {"cidrBlock": "10.1.0.0/16", "enableDnsHostnames": True, "tags": NEW},
        replacing=lambda _deps: {"cidrBlock": "10.4.0.0/16"},
    ),
    LifecycleCase(
        "aws:ec2/subnet:Subnet",
        lambda deps: {"vpcId": deps.vpc, "cidrBlock": "10.0.9.0/24", "tags": OLD},
        lambda deps: {"vpcId": deps.vpc, "cidrBlock": "10.0.9.0/24", "mapPublicIpOnLaunch": True, "tags": NEW},
        replacing=lambda _deps: {"cidrBlock": "10.0.10.0/24"},
    ),
    LifecycleCase(
        "aws:ec2/internetGateway:InternetGateway",
        lambda deps: {"vpcId": deps.vpc, "tags": OLD},
        lambda deps: {"vpcId": deps.vpc, "tags": NEW},
    ),
    LifecycleCase(
        "aws:ec2/eip:Eip",
        lambda _deps: {"domain": "vpc", "tags": OLD},
        lambda _deps: {"domain": "vpc", "tags": NEW},
        replacing=lambda _deps: {"networkBorderGroup": "us-east-1-wl1-bos-wlz-1"},
    ),
    LifecycleCase(
        "aws:ec2/eip:Eip",
        lambda deps: {"domain": "vpc", "instance": deps.instances[0]},
        drifts=lambda deps: {"instance": tuple(deps.instances)},
    ),
    LifecycleCase(
        "aws:ec2/natGateway:NatGateway",
        lambda deps: {"subnetId": deps.subnets[0], "allocationId": deps.elastic_ip, "tags": OLD},
        lambda deps: {"subnetId": deps.subnets[0], "allocationId": deps.elastic_ip, "tags": NEW},
        replacing=lambda deps: {"subnetId": deps.subnets[1], "allocationId": deps.other_elastic_ip},
    ),
]
