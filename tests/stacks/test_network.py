"""Networks of each environment."""

import json
from ipaddress import ip_network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.plan import plan_subnets, zone_names
from stacks.loading import load_file
from stacks.requirements import Environment
from tests.stacks.graph import PROJECT, Graph

ANYWHERE = "0.0.0.0/0"
SETTINGS = {environment: load_file(PROJECT, environment) for environment in Environment}


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


def test_data_subnets_have_no_internet_route(any_environment: Graph) -> None:
    tables = {
        association["routeTableId"]
        for association in any_environment.all("ec2.RouteTableAssociation")
        if "-data-" in association.name
    }
    assert tables
    routes = [route for route in any_environment.all("ec2.Route") if route["routeTableId"] in tables]
    assert all(route["vpcPeeringConnectionId"] and route["destinationCidrBlock"] != ANYWHERE for route in routes)


def test_no_subnet_assigns_public_addresses(any_environment: Graph) -> None:
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


def test_s3_and_dynamodb_are_reached_without_nat(any_environment: Graph) -> None:
    for vpc in any_environment.all("ec2.Vpc"):
        gateways = [
            endpoint
            for endpoint in any_environment.all("ec2.VpcEndpoint")
            if endpoint["vpcId"] == vpc.id and endpoint["vpcEndpointType"] == "Gateway"
        ]
        names = {endpoint["serviceName"] for endpoint in gateways}
        assert names == {f"com.amazonaws.{vpc.region}.{service}" for service in ("s3", "dynamodb")}
        zones = {
            subnet["availabilityZone"] for subnet in any_environment.all("ec2.Subnet") if subnet["vpcId"] == vpc.id
        }
        assert all(len(endpoint["routeTableIds"]) == 2 + len(zones) for endpoint in gateways)


@pytest.mark.parametrize(("environment", "services"), [("dev", 1), ("staging", 10), ("preprod", 10), ("prod", 10)])
def test_nodes_reach_aws_through_interface_endpoints(
    request: pytest.FixtureRequest, environment: str, services: int
) -> None:
    graph: Graph = request.getfixturevalue(environment)
    interfaces = [each for each in graph.all("ec2.VpcEndpoint") if each["vpcEndpointType"] == "Interface"]
    assert len(interfaces) == services * len(graph.all("ec2.Vpc"))
    for endpoint in interfaces:
        vpc = endpoint["vpcId"].removesuffix("-id")
        assert endpoint["privateDnsEnabled"] is True
        assert endpoint["securityGroupIds"] == [f"{vpc.replace('network', 'firewall')}-endpoints-id"]
        assert all("-private-" in subnet for subnet in endpoint["subnetIds"])


def test_s3_names_resolve_to_the_endpoint_inside_the_network(prod: Graph) -> None:
    for name in ("endpoints", "endpoints-dr"):
        gateway, interface = (prod.one("ec2.VpcEndpoint", f"{name}-{kind}") for kind in ("s3", "s3-interface"))
        assert gateway["serviceName"] == interface["serviceName"]
        assert gateway["policy"] == interface["policy"]
        assert interface["dnsOptions"] == {"privateDnsOnlyForInboundResolverEndpoint": False}


def test_endpoints_reject_credentials_of_other_accounts(any_environment: Graph) -> None:
    account = any_environment.exports["account"]
    for endpoint in any_environment.all("ec2.VpcEndpoint"):
        first, *more = json.loads(endpoint["policy"])["Statement"]
        assert first["Condition"]["StringEquals"]["aws:PrincipalAccount"] == account
        assert all(statement["Resource"] != ["*"] for statement in more)


def test_endpoints_accept_https_from_their_own_network_only(any_environment: Graph) -> None:
    for vpc in any_environment.all("ec2.Vpc"):
        group = vpc.name.replace("network", "firewall") + "-endpoints-id"
        rules = [
            rule for rule in any_environment.all("vpc.SecurityGroupIngressRule") if rule["securityGroupId"] == group
        ]
        assert [(rule["cidrIpv4"], rule["fromPort"], rule["toPort"]) for rule in rules] == [
            (vpc["cidrBlock"], 443, 443)
        ]


def test_default_network_acl_denies_remote_administration(any_environment: Graph) -> None:
    lists = any_environment.all("ec2.DefaultNetworkAcl")
    assert len(lists) == len(any_environment.all("ec2.Vpc"))
    for each in lists:
        first = sorted(each["ingress"], key=lambda entry: entry["ruleNo"])[:2]
        assert {(entry["action"], entry["fromPort"], entry["cidrBlock"]) for entry in first} == {
            ("deny", 22, ANYWHERE),
            ("deny", 3389, ANYWHERE),
        }
        assert each.ignoreChanges == ("subnetIds",)


def test_two_regions_are_peered(dev: Graph, prod: Graph) -> None:
    assert dev.all("ec2.VpcPeeringConnection") == []
    connection = prod.one("ec2.VpcPeeringConnection")
    assert (connection.region, connection["peerRegion"]) == ("us-east-1", "us-west-2")
    assert (connection["vpcId"], connection["peerVpcId"]) == ("network-id", "network-dr-id")
    accepter = prod.one("ec2.VpcPeeringConnectionAccepter")
    assert (accepter.region, accepter["autoAccept"]) == ("us-west-2", True)
    options = {each.region: each for each in prod.all("ec2.PeeringConnectionOptions")}
    assert options["us-east-1"]["requester"] == {"allowRemoteVpcDnsResolution": True}
    assert options["us-west-2"]["accepter"] == {"allowRemoteVpcDnsResolution": True}


def test_private_and_data_subnets_route_to_the_other_region(prod: Graph) -> None:
    routes = [route for route in prod.all("ec2.Route") if route["vpcPeeringConnectionId"]]
    ranges = {vpc.name: vpc["cidrBlock"] for vpc in prod.all("ec2.Vpc")}
    tables = ("data", "private-a", "private-b", "private-c")
    assert {(route["routeTableId"], route["destinationCidrBlock"]) for route in routes} == {
        (f"{vpc}-{table}-id", ranges[peer])
        for vpc, peer in (("network", "network-dr"), ("network-dr", "network"))
        for table in tables
    }
    assert all(prod.one("ec2.VpcPeeringConnectionAccepter").urn in route.dependencies for route in routes)


def test_subnet_outputs_depend_on_their_routes(any_environment: Graph) -> None:
    for association in any_environment.all("ec2.RouteTableAssociation"):
        if "-data-" not in association.name:
            table = association["routeTableId"].removesuffix("-id")
            assert any(urn.endswith(f"::{table}-out") for urn in association.dependencies)


def test_security_groups_reference_each_other(any_environment: Graph) -> None:
    chain = any_environment.all("vpc.SecurityGroupIngressRule")
    by_name = {rule.name: rule for rule in chain}
    assert (
        by_name["firewall-nodes-from-load-balancer-30000"]["referencedSecurityGroupId"] == "firewall-load-balancer-id"
    )
    assert by_name["firewall-database-from-nodes-5432"]["referencedSecurityGroupId"] == "firewall-nodes-id"


def test_only_the_load_balancer_is_open_to_the_internet(any_environment: Graph) -> None:
    rules = any_environment.all("vpc.SecurityGroupIngressRule")
    open_rules = [rule for rule in rules if rule["cidrIpv4"] == ANYWHERE]
    assert {(rule["securityGroupId"], rule["fromPort"]) for rule in open_rules} == {
        (vpc.name.replace("network", "firewall") + "-load-balancer-id", port)
        for vpc in any_environment.all("ec2.Vpc")
        for port in (443, 80)
    }


def test_networks_of_all_environments_do_not_overlap(dev: Graph, staging: Graph, preprod: Graph, prod: Graph) -> None:
    ranges = [ip_network(vpc["cidrBlock"]) for graph in (dev, staging, preprod, prod) for vpc in graph.all("ec2.Vpc")]
    assert len(ranges) == 6
    assert not any(a.overlaps(b) for a in ranges for b in ranges if a is not b)


def test_only_preprod_and_prod_have_a_network_in_the_dr_region(dev: Graph, staging: Graph, preprod: Graph) -> None:
    assert len(dev.all("ec2.Vpc")) == len(staging.all("ec2.Vpc")) == 1
    assert preprod.one("ec2.Vpc", "network-dr").region == "us-west-2"


def test_dr_network_has_every_resource_of_the_primary_network(prod: Graph) -> None:
    def shape(suffix: str, region: str) -> set[tuple[str, str]]:
        nodes = [node for node in prod.aws() if prod.layer(node) == "Network" and node.region == region]
        prefixes = (f"network{suffix}", f"firewall{suffix}")
        return {
            (node.type, node.name.replace(prefix, "", 1))
            for node in nodes
            for prefix in prefixes
            if node.name.startswith(prefix)
        }

    assert shape("-dr", "us-west-2") == shape("", "us-east-1")


def test_address_ranges_of_all_environments_and_regions_do_not_overlap() -> None:
    """Ranges of disabled DR regions count too, because one flag enables them."""
    ranges = [
        cidr
        for settings in SETTINGS.values()
        for cidr in (settings.network.cidr, settings.recovery.cidr, settings.vault.cidr)
    ]
    assert len(ranges) == 12
    assert not any(a.overlaps(b) for a, b in combinations(ranges, 2))


@given(st.sampled_from(list(Environment)), st.sets(st.sampled_from("abcd"), min_size=1))
def test_adding_zones_moves_no_subnet_and_overlaps_none(environment: Environment, more: set[str]) -> None:
    settings = SETTINGS[environment]
    sides = [
        (settings.region, settings.network.cidr, settings.network.zones),
        (settings.recovery.region, settings.recovery.cidr, settings.recovery.zones),
    ]
    grown = []
    for region, cidr, zones in sides:
        now = set(plan_subnets(cidr, zone_names(region, zones)))
        then = set(plan_subnets(cidr, zone_names(region, {*zones, *more})))
        assert now <= then
        grown += [subnet.cidr for subnet in then]
    assert not any(a.overlaps(b) for a, b in combinations(grown, 2))
