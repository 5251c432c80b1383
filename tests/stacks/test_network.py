"""Facts about the networks of each environment."""

from ipaddress import ip_network

import pytest

from tests.stacks.graph import Graph


@pytest.mark.parametrize(
    ("environment", "zones", "gateways"), [("dev", 2, 1), ("staging", 2, 1), ("preprod", 3, 6), ("prod", 3, 6)]
)
def test_each_environment_has_its_zones_and_gateways(
    request: pytest.FixtureRequest, environment: str, zones: int, gateways: int
) -> None:
    graph: Graph = request.getfixturevalue(environment)
    primary = [subnet for subnet in graph.all("ec2.Subnet") if subnet.region == "us-east-1"]
    assert len({subnet["availabilityZone"] for subnet in primary}) == zones
    assert len(primary) == 3 * zones
    assert len(graph.all("ec2.NatGateway")) == gateways


def test_private_subnets_leave_through_their_own_zone_in_prod(prod: Graph) -> None:
    for vpc in ("network", "network-dr"):
        for zone in "abc":
            assert prod.one("ec2.Route", f"{vpc}-private-{zone}-out")["natGatewayId"] == f"{vpc}-nat-{zone}-id"


def test_data_subnets_have_no_way_out(any_environment: Graph) -> None:
    tables = {
        association["routeTableId"]
        for association in any_environment.all("ec2.RouteTableAssociation")
        if "-data-" in association.name
    }
    assert tables
    assert not tables & {route["routeTableId"] for route in any_environment.all("ec2.Route")}


def test_no_subnet_hands_out_public_addresses(any_environment: Graph) -> None:
    assert {subnet["mapPublicIpOnLaunch"] for subnet in any_environment.all("ec2.Subnet")} == {False}


def test_the_default_security_group_is_empty_in_every_vpc(any_environment: Graph) -> None:
    emptied = any_environment.all("ec2.DefaultSecurityGroup")
    assert [(group["ingress"], group["egress"]) for group in emptied] == [([], [])] * len(
        any_environment.all("ec2.Vpc")
    )


def test_flow_logs_are_encrypted_with_their_regions_key(prod: Graph) -> None:
    for vpc, key in (("network", "logs"), ("network-dr", "logs-dr")):
        group = prod.one("cloudwatch.LogGroup", f"{vpc}-flow")
        assert group["kmsKeyId"] == prod.one("kms.Key", key).arn
        assert prod.one("ec2.FlowLog", f"{vpc}-flow")["logDestination"] == group.arn


def test_s3_is_reached_without_nat(any_environment: Graph) -> None:
    for endpoint in any_environment.all("ec2.VpcEndpoint"):
        assert endpoint["vpcEndpointType"] == "Gateway"
        assert endpoint["serviceName"] == f"com.amazonaws.{endpoint.region}.s3"


def test_security_groups_reference_each_other(any_environment: Graph) -> None:
    chain = any_environment.all("vpc.SecurityGroupIngressRule")
    by_name = {rule.name: rule for rule in chain}
    assert (
        by_name["firewall-nodes-from-load-balancer-30000"]["referencedSecurityGroupId"] == "firewall-load-balancer-id"
    )
    assert by_name["firewall-database-from-nodes-5432"]["referencedSecurityGroupId"] == "firewall-nodes-id"


def test_only_the_load_balancer_is_open_to_the_internet(any_environment: Graph) -> None:
    rules = any_environment.all("vpc.SecurityGroupIngressRule")
    open_rules = [rule for rule in rules if rule["cidrIpv4"] == "0.0.0.0/0"]
    assert {(rule["securityGroupId"], rule["fromPort"]) for rule in open_rules} == {
        (vpc.name.replace("network", "firewall") + "-load-balancer-id", port)
        for vpc in any_environment.all("ec2.Vpc")
        for port in (443, 80)
    }


def test_networks_of_all_environments_are_apart(dev: Graph, staging: Graph, preprod: Graph, prod: Graph) -> None:
    ranges = [ip_network(vpc["cidrBlock"]) for graph in (dev, staging, preprod, prod) for vpc in graph.all("ec2.Vpc")]
    assert len(ranges) == 6
    assert not any(a.overlaps(b) for a in ranges for b in ranges if a is not b)


def test_only_preprod_and_prod_have_a_network_in_the_dr_region(dev: Graph, staging: Graph, preprod: Graph) -> None:
    assert len(dev.all("ec2.Vpc")) == len(staging.all("ec2.Vpc")) == 1
    assert preprod.one("ec2.Vpc", "network-dr").region == "us-west-2"


def test_the_dr_network_has_everything_the_primary_one_has(prod: Graph) -> None:
    def shape(suffix: str, region: str) -> set[tuple[str, str]]:
        mine = [node for node in prod.aws() if prod.layer(node) == "Network" and node.region == region]
        prefixes = (f"network{suffix}", f"firewall{suffix}")
        return {
            (node.type, node.name.replace(prefix, "", 1))
            for node in mine
            for prefix in prefixes
            if node.name.startswith(prefix)
        }

    assert shape("-dr", "us-west-2") == shape("", "us-east-1")
