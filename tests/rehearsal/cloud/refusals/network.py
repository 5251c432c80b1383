"""Scenarios of EC2 and Elastic Load Balancing."""

from functools import partial
from typing import Any

from tests.rehearsal.cloud.clients import aws, cluster, database, network, role
from tests.rehearsal.cloud.refusals.registry import Call, scenario, twice


def vpc() -> tuple[Any, str]:
    ec2 = aws("ec2")
    return ec2, ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


def gateway(vpc_id: str) -> str:
    ec2 = aws("ec2")
    identifier = str(ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
    ec2.attach_internet_gateway(InternetGatewayId=identifier, VpcId=vpc_id)
    return identifier


def security_group(vpc_id: str, name: str = "web") -> str:
    return str(aws("ec2").create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"])


def nat_gateway(subnet: str) -> str:
    address = str(aws("ec2").allocate_address(Domain="vpc")["AllocationId"])
    aws("ec2").create_nat_gateway(SubnetId=subnet, AllocationId=address)
    return address


def load_balancer(subnets: list[str], **more: Any) -> str:
    settings = {"Name": "edge", "Subnets": subnets, "Scheme": "internal", **more}
    return str(aws("elbv2").create_load_balancer(**settings)["LoadBalancers"][0]["LoadBalancerArn"])


def target_group(vpc_id: str) -> str:
    settings = {"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": vpc_id}
    return str(aws("elbv2").create_target_group(**settings)["TargetGroups"][0]["TargetGroupArn"])


def subnet_group(subnets: list[str]) -> None:
    aws("rds").create_db_subnet_group(DBSubnetGroupName="data", DBSubnetGroupDescription="data", SubnetIds=subnets)


def endpoint(vpc_id: str, service: str, kind: str, **more: Any) -> None:
    name = f"com.amazonaws.us-east-1.{service}"
    aws("ec2").create_vpc_endpoint(VpcId=vpc_id, ServiceName=name, VpcEndpointType=kind, **more)


def subnet_call(subnet: str) -> Call:
    return partial(aws("ec2").delete_subnet, SubnetId=subnet)


def group_call(group: str) -> Call:
    return partial(aws("ec2").delete_security_group, GroupId=group)


@scenario
def vpc_with_a_subnet() -> Call:
    return partial(aws("ec2").delete_vpc, VpcId=network()[0])


@scenario
def vpc_with_a_route_table() -> Call:
    ec2, vpc_id = vpc()
    ec2.create_route_table(VpcId=vpc_id)
    return partial(ec2.delete_vpc, VpcId=vpc_id)


@scenario
def vpc_with_a_gateway() -> Call:
    ec2, vpc_id = vpc()
    gateway(vpc_id)
    return partial(ec2.delete_vpc, VpcId=vpc_id)


@scenario
def vpc_with_an_endpoint() -> Call:
    ec2, vpc_id = vpc()
    endpoint(vpc_id, "s3", "Gateway")
    return partial(ec2.delete_vpc, VpcId=vpc_id)


@scenario
def vpc_with_a_group() -> Call:
    ec2, vpc_id = vpc()
    security_group(vpc_id)
    return partial(ec2.delete_vpc, VpcId=vpc_id)


@scenario
def subnet_with_an_interface() -> Call:
    subnet = network()[1][0]
    aws("ec2").create_network_interface(SubnetId=subnet)
    return subnet_call(subnet)


@scenario
def subnet_with_a_nat_gateway() -> Call:
    subnet = network()[1][0]
    nat_gateway(subnet)
    return subnet_call(subnet)


@scenario
def subnet_with_an_endpoint() -> Call:
    vpc_id, subnets = network()
    endpoint(vpc_id, "sts", "Interface", SubnetIds=subnets)
    return subnet_call(subnets[0])


@scenario
def subnet_with_a_load_balancer() -> Call:
    subnets = network()[1]
    load_balancer(subnets)
    return subnet_call(subnets[0])


@scenario
def subnet_with_a_cluster() -> Call:
    return subnet_call(cluster()["resourcesVpcConfig"]["subnetIds"][0])


@scenario
def subnet_with_a_database() -> Call:
    subnets = network()[1]
    subnet_group(subnets)
    database(DBSubnetGroupName="data")
    return subnet_call(subnets[0])


@scenario
def group_that_another_refers_to() -> Call:
    ec2, vpc_id = vpc()
    used, user = security_group(vpc_id), security_group(vpc_id, "user")
    ec2.authorize_security_group_ingress(
        GroupId=user,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": used}]}],
    )
    return group_call(used)


@scenario
def group_with_an_interface() -> Call:
    vpc_id, subnets = network()
    group = security_group(vpc_id)
    aws("ec2").create_network_interface(SubnetId=subnets[0], Groups=[group])
    return group_call(group)


@scenario
def group_with_a_database() -> Call:
    group = security_group(network()[0])
    database(VpcSecurityGroupIds=[group])
    return group_call(group)


@scenario
def group_with_a_load_balancer() -> Call:
    vpc_id, subnets = network()
    group = security_group(vpc_id)
    load_balancer(subnets, SecurityGroups=[group])
    return group_call(group)


@scenario
def default_group() -> Call:
    ec2, vpc_id = vpc()
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["SecurityGroups"]
    return group_call(groups[0]["GroupId"])


@scenario
def attached_gateway() -> Call:
    ec2, vpc_id = vpc()
    return partial(ec2.delete_internet_gateway, InternetGatewayId=gateway(vpc_id))


@scenario
def gateway_with_mapped_addresses() -> Call:
    vpc_id, subnets = network()
    identifier = gateway(vpc_id)
    nat_gateway(subnets[0])
    return partial(aws("ec2").detach_internet_gateway, InternetGatewayId=identifier, VpcId=vpc_id)


@scenario
def associated_address() -> Call:
    return partial(aws("ec2").release_address, AllocationId=nat_gateway(network()[1][0]))


@scenario
def associated_route_table() -> Call:
    vpc_id, subnets = network()
    table = aws("ec2").create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    aws("ec2").associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    return partial(aws("ec2").delete_route_table, RouteTableId=table)


@scenario
def target_group_of_a_listener() -> Call:
    vpc_id, subnets = network()
    group = target_group(vpc_id)
    action = {"Type": "forward", "TargetGroupArn": group}
    aws("elbv2").create_listener(
        LoadBalancerArn=load_balancer(subnets), Protocol="HTTP", Port=80, DefaultActions=[action]
    )
    return partial(aws("elbv2").delete_target_group, TargetGroupArn=group)


@scenario
def protected_load_balancer() -> Call:
    arn = load_balancer(network()[1])
    attribute = {"Key": "deletion_protection.enabled", "Value": "true"}
    aws("elbv2").modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[attribute])
    return partial(aws("elbv2").delete_load_balancer, LoadBalancerArn=arn)


@scenario
def certificate_of_a_listener() -> Call:
    certificate = aws("acm").request_certificate(DomainName="campus.example")["CertificateArn"]
    aws("elbv2").create_listener(
        LoadBalancerArn=load_balancer(network()[1]),
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )
    return partial(aws("acm").delete_certificate, CertificateArn=certificate)


@scenario
def second_default_vpc() -> Call:
    return partial(aws("ec2").create_default_vpc)


@scenario
def second_gateway_of_a_vpc() -> Call:
    ec2, vpc_id = vpc()
    gateway(vpc_id)
    other = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    return partial(ec2.attach_internet_gateway, InternetGatewayId=other, VpcId=vpc_id)


@scenario
def gateway_of_another_vpc() -> Call:
    ec2, vpc_id = vpc()
    return partial(ec2.attach_internet_gateway, InternetGatewayId=gateway(vpc_id), VpcId=vpc()[1])


@scenario
def overlapping_subnet() -> Call:
    return partial(aws("ec2").create_subnet, VpcId=network()[0], CidrBlock="10.0.0.0/25")


@scenario
def second_route() -> Call:
    ec2, vpc_id = vpc()
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway(vpc_id)}
    return twice(partial(ec2.create_route, **route))


@scenario
def second_rule() -> Call:
    ec2, vpc_id = vpc()
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    group = security_group(vpc_id)
    return twice(partial(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[rule]))


@scenario
def second_group() -> Call:
    return twice(partial(security_group, vpc()[1]))


@scenario
def second_private_dns() -> Call:
    vpc_id, subnets = network()
    return twice(partial(endpoint, vpc_id, "sts", "Interface", SubnetIds=subnets, PrivateDnsEnabled=True))


@scenario
def second_launch_template() -> Call:
    data = {"InstanceType": "t3.micro"}
    return twice(partial(aws("ec2").create_launch_template, LaunchTemplateName="nodes", LaunchTemplateData=data))


@scenario
def second_load_balancer() -> Call:
    subnets = network()[1]
    load_balancer(subnets)
    return partial(load_balancer, subnets, Scheme="internet-facing")


@scenario
def second_target_group() -> Call:
    vpc_id = network()[0]
    target_group(vpc_id)
    settings = {"Name": "web", "Protocol": "HTTP", "Port": 81, "VpcId": vpc_id}
    return partial(aws("elbv2").create_target_group, **settings)


@scenario
def associated_web_acl() -> Call:
    waf = aws("wafv2")
    acl = web_acl()
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=load_balancer(network()[1]))
    return partial(waf.delete_web_acl, Name="edge", Scope="REGIONAL", Id=acl["Id"], LockToken=acl["LockToken"])


def web_acl() -> Any:
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "edge"}
    settings = {"Name": "edge", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": visibility}
    return aws("wafv2").create_web_acl(**settings)["Summary"]


@scenario
def second_web_acl() -> Call:
    return twice(web_acl)


@scenario
def second_cluster() -> Call:
    existing = cluster()["resourcesVpcConfig"]["subnetIds"]
    settings = {"name": "main", "roleArn": role("eks", "cluster"), "resourcesVpcConfig": {"subnetIds": existing}}
    return partial(aws("eks").create_cluster, **settings)
