"""Networks, routes, security groups, endpoints and launch templates live through create, change and delete."""

from typing import Any

import pytest

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}
ANYWHERE = "0.0.0.0/0"
BOTH_WAYS = {"privateDnsOnlyForInboundResolverEndpoint": False}


def rule(low: int, high: int, **sources: Any) -> dict[str, Any]:
    return {"protocol": "tcp", "fromPort": low, "toPort": high, **sources}


def endpoint(g: Any, service: str, **more: Any) -> dict[str, Any]:
    return {"vpcId": g.vpc, "serviceName": f"com.amazonaws.us-east-1.{service}", **more}


def template(g: Any, size: str) -> dict[str, Any]:
    return {
        "imageId": "ami-12345678",
        "instanceType": size,
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20, "encrypted": "true"}}],
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2},
        "tagSpecifications": [{"resourceType": "instance", "tags": {"Name": "node"}}],
        "vpcSecurityGroupIds": [g.groups[0]],
        "updateDefaultVersion": True,
    }


def own_rule(g: Any, low: int, cidr: str, text: str) -> dict[str, Any]:
    return {
        "securityGroupId": g.groups[0],
        "ipProtocol": "tcp",
        "fromPort": low,
        "toPort": low,
        "cidrIpv4": cidr,
        "description": text,
    }


CASES = [
    (
        "aws:ec2/vpc:Vpc",
        lambda _g: {"cidrBlock": "10.1.0.0/16", "tags": OLD},
        lambda _g: {"cidrBlock": "10.1.0.0/16", "enableDnsHostnames": True, "tags": NEW},
    ),
    (
        "aws:ec2/subnet:Subnet",
        lambda g: {"vpcId": g.vpc, "cidrBlock": "10.0.9.0/24", "tags": OLD},
        lambda g: {"vpcId": g.vpc, "cidrBlock": "10.0.9.0/24", "mapPublicIpOnLaunch": True, "tags": NEW},
    ),
    (
        "aws:ec2/internetGateway:InternetGateway",
        lambda g: {"vpcId": g.vpc, "tags": OLD},
        lambda g: {"vpcId": g.vpc, "tags": NEW},
    ),
    ("aws:ec2/eip:Eip", lambda _g: {"domain": "vpc", "tags": OLD}, lambda _g: {"domain": "vpc", "tags": NEW}),
    (
        "aws:ec2/natGateway:NatGateway",
        lambda g: {"subnetId": g.subnets[0], "allocationId": g.address, "tags": OLD},
        lambda g: {"subnetId": g.subnets[0], "allocationId": g.address, "tags": NEW},
    ),
    (
        "aws:ec2/routeTable:RouteTable",
        lambda g: {"vpcId": g.vpc, "routes": [{"cidrBlock": ANYWHERE, "gatewayId": g.gateway}], "tags": OLD},
        lambda g: {
            "vpcId": g.vpc,
            "routes": [
                {"cidrBlock": ANYWHERE, "natGatewayId": g.nat},
                {"cidrBlock": "10.9.0.0/16", "gatewayId": g.gateway},
            ],
            "tags": NEW,
        },
    ),
    (
        "aws:ec2/route:Route",
        lambda g: {"routeTableId": g.tables[0], "destinationCidrBlock": ANYWHERE, "gatewayId": g.gateway},
        lambda g: {"routeTableId": g.tables[0], "destinationCidrBlock": ANYWHERE, "natGatewayId": g.nat},
    ),
    (
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        lambda g: {"routeTableId": g.tables[0], "subnetId": g.subnets[0]},
        lambda g: {"routeTableId": g.tables[1], "subnetId": g.subnets[0]},
    ),
    (
        "aws:ec2/securityGroup:SecurityGroup",
        lambda g: {
            "vpcId": g.vpc,
            "ingress": [
                rule(80, 80, cidrBlocks=["10.0.0.0/8"], description="web"),
                rule(443, 443, cidrBlocks=["10.0.0.0/8"]),
                rule(443, 443, securityGroups=[g.groups[0]]),
                rule(22, 22, self=True),
            ],
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": [ANYWHERE]}],
            "tags": OLD,
        },
        lambda g: {
            "vpcId": g.vpc,
            "ingress": [rule(80, 80, cidrBlocks=["10.0.0.0/8", "11.0.0.0/8"], description="web")],
            "egress": [rule(443, 443, cidrBlocks=[ANYWHERE])],
            "tags": NEW,
        },
    ),
    (
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        lambda g: {"vpcId": g.vpc, "tags": OLD},
        lambda g: {"vpcId": g.vpc, "ingress": [rule(1, 2, self=True)], "tags": NEW},
    ),
    *(
        (
            f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule",
            lambda g: {**own_rule(g, 443, "10.0.0.0/8", "old"), "tags": OLD},
            lambda g: {**own_rule(g, 444, "10.1.0.0/16", "new"), "tags": NEW},
        )
        for way in ("Ingress", "Egress")
    ),
    (
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        lambda g: {"securityGroupId": g.groups[0], "ipProtocol": "-1", "referencedSecurityGroupId": g.groups[1]},
        None,
    ),
    (
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        lambda g: {
            **rule(443, 443, cidrBlocks=["10.5.0.0/16"]),
            "securityGroupId": g.groups[0],
            "type": "ingress",
        },
        None,
    ),
    (
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        lambda g: {
            **rule(443, 443, sourceSecurityGroupId=g.groups[1]),
            "securityGroupId": g.groups[0],
            "type": "egress",
        },
        None,
    ),
    (
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda g: endpoint(g, "s3", routeTableIds=[g.tables[0]], tags=OLD),
        lambda g: endpoint(g, "s3", routeTableIds=[g.tables[0]], policy=g.allow("s3:Get*"), tags=NEW),
    ),
    (
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda g: endpoint(g, "ecr.api", vpcEndpointType="Interface", subnetIds=g.subnets[:1]),
        lambda g: endpoint(g, "ecr.api", vpcEndpointType="Interface", subnetIds=g.subnets[:2]),
    ),
    (
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda g: endpoint(g, "s3", vpcEndpointType="Interface", dnsOptions=BOTH_WAYS),
        lambda g: endpoint(g, "s3", vpcEndpointType="Interface", dnsOptions=BOTH_WAYS, privateDnsEnabled=True),
    ),
    (
        "aws:ec2/flowLog:FlowLog",
        lambda g: {
            "vpcId": g.vpc,
            "trafficType": "ALL",
            "logDestinationType": "s3",
            "logDestination": f"arn:aws:s3:::{g.log_bucket}",
            "destinationOptions": {"fileFormat": "parquet", "perHourPartition": True},
            "tags": OLD,
        },
        None,
    ),
    (
        "aws:ec2/launchTemplate:LaunchTemplate",
        lambda g: {**template(g, "t3.micro"), "tags": OLD},
        lambda g: {**template(g, "t3.large"), "description": "second", "tags": NEW},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0].split(":")[2] for case in CASES])
def test_a_network_resource_lives_and_goes(case: Any, ground: Any, live_through: Any, world: Any) -> None:
    token, first, second = case
    resource = live_through(token, first(ground), second and second(ground))
    if token != "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":  # it stays as long as its VPC
        assert world.read(resource) is None


def test_rules_that_aws_joins_are_shown_as_the_program_wrote_them(world: Any, ground: Any) -> None:
    apart = [rule(443, 443, cidrBlocks=["10.1.0.0/16"]), rule(443, 443, cidrBlocks=["10.2.0.0/16"])]
    group = world.make("aws:ec2/securityGroup:SecurityGroup", vpcId=ground.vpc, ingress=apart)
    assert world.refreshed(group).inputs["ingress"] == apart


def test_a_new_group_lets_nothing_out_unless_the_program_says_so(world: Any, ground: Any) -> None:
    group = world.make("aws:ec2/securityGroup:SecurityGroup", vpcId=ground.vpc)
    assert group.outputs["egress"] == []


def test_a_moved_association_is_found_under_its_new_id(world: Any, ground: Any, client: Any) -> None:
    made = world.make(
        "aws:ec2/routeTableAssociation:RouteTableAssociation", routeTableId=ground.tables[0], subnetId=ground.subnets[0]
    )
    moved = world.update(made, routeTableId=ground.tables[1], subnetId=ground.subnets[0])
    world.delete(moved)
    tables = client("ec2").describe_route_tables(RouteTableIds=ground.tables)["RouteTables"]
    assert [table["Associations"] for table in tables] == [[], []]


@pytest.mark.parametrize(
    ("token", "written"),
    [
        ("aws:ec2/route:Route", lambda g: f"{g.tables[0]}_0.0.0.0/0"),
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", lambda g: f"{g.subnets[0]}/{g.tables[0]}"),
    ],
)
def test_what_terraform_imports_by_a_composed_id_is_imported_by_it(
    token: str, written: Any, world: Any, ground: Any
) -> None:
    inputs = {
        "aws:ec2/route:Route": {"destinationCidrBlock": ANYWHERE, "gatewayId": ground.gateway},
        "aws:ec2/routeTableAssociation:RouteTableAssociation": {"subnetId": ground.subnets[0]},
    }[token]
    made = world.make(token, routeTableId=ground.tables[0], **inputs)
    imported = world.imported(token, written(ground))
    assert imported.id == made.id
    assert imported.inputs["routeTableId"] == ground.tables[0]
