"""The component `Vpc`, without the rest of the program."""

from pathlib import Path

import pytest

from tests.stacks.graph import Graph, record

PROGRAM = """
from ipaddress import IPv4Network

import pulumi_aws as aws
from pulumi import ResourceOptions

from components.base import DeploymentContext, Tags
from components.network.args import VpcArgs
from components.network.plan import NatMode, Tier
from components.network.vpc import Vpc

tags = Tags("campus-safety", "dev", "team", "network", "owner", "cc-1", "synthetic")
Vpc(
    "lone",
    VpcArgs(
        context=DeploymentContext("dev", "111122223333", "eu-west-1", tags),
        role="lone",
        cidr=IPv4Network("10.9.0.0/16"),
        zones=["eu-west-1a", "eu-west-1c"],
        nat=NatMode.SINGLE,
        logs_key="arn:logs",
        log_retention_days=7,
        subnet_tags={Tier.PUBLIC: {"kubernetes.io/role/elb": "1"}},
    ),
    ResourceOptions(providers=[aws.Provider("mine", region="eu-west-1")]),
)
"""


@pytest.fixture(scope="module")
def lone(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    program: Path = tmp_path_factory.mktemp("vpc") / "__main__.py"
    program.write_text(PROGRAM, encoding="utf-8")
    return record("dev", program)


def test_children_are_in_the_components_region_under_its_provider(lone: Graph) -> None:
    children = [node for node in lone.aws() if not node.type.startswith("aws:iam")]
    assert {node.region for node in children} == {"eu-west-1"}
    assert all("::mine::" in node.provider for node in lone.aws())


def test_children_have_the_component_as_ancestor(lone: Graph) -> None:
    component = lone.one("campus:network:Vpc", "lone")
    assert all(component in lone.ancestors(node) for node in lone.aws())


def test_both_private_subnets_use_the_single_nat_gateway(lone: Graph) -> None:
    assert [gateway.name for gateway in lone.all("ec2.NatGateway")] == ["lone-nat-a"]
    outs = [route for route in lone.all("ec2.Route") if "private" in route.name]
    assert [route["natGatewayId"] for route in outs] == ["lone-nat-a-id"] * 2


def test_load_balancers_find_public_subnets_by_tag(lone: Graph) -> None:
    tagged = {s.name for s in lone.all("ec2.Subnet") if s.tags.get("kubernetes.io/role/elb") == "1"}
    assert tagged == {"lone-public-a", "lone-public-c"}


def test_name_tags_describe_the_resources(lone: Graph) -> None:
    assert lone.one("ec2.Vpc").tags["Name"] == "campus-dev-lone"
    assert lone.one("ec2.Subnet", "lone-data-c").tags["Name"] == "campus-dev-lone-data-c"
