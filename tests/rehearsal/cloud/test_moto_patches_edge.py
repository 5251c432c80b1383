"""Network and edge services with and without patches."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import ACCOUNT, EAST, WEST, aws, cloud, network

VISIBLE = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "edge"}
DNS_ON = {"AllowDnsResolutionFromRemoteVpc": True}


def peering() -> str:
    near, far = network(EAST)[0], network(WEST)[0]
    settings = {"VpcId": near, "PeerVpcId": far, "PeerRegion": WEST}
    connection = aws("ec2").create_vpc_peering_connection(**settings)["VpcPeeringConnection"]
    return str(connection["VpcPeeringConnectionId"])


def test_ec2_peering_options() -> None:
    with cloud(patched=False):
        peering_id = peering()
        aws("ec2").modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=peering_id, AccepterPeeringConnectionOptions=DNS_ON
        )
    with cloud(patched=True):
        peering_id = peering()
        near, far = aws("ec2"), aws("ec2", WEST)
        with pytest.raises(ClientError, match="is not active"):
            near.modify_vpc_peering_connection_options(
                VpcPeeringConnectionId=peering_id, RequesterPeeringConnectionOptions=DNS_ON
            )
        far.accept_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
        with pytest.raises(ClientError, match="OperationNotPermitted"):
            near.modify_vpc_peering_connection_options(
                VpcPeeringConnectionId=peering_id, AccepterPeeringConnectionOptions=DNS_ON
            )
        near.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=peering_id, RequesterPeeringConnectionOptions=DNS_ON
        )
        far.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=peering_id, AccepterPeeringConnectionOptions=DNS_ON
        )
        (shown,) = near.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering_id])["VpcPeeringConnections"]
        sides = [shown[side]["PeeringOptions"] for side in ("RequesterVpcInfo", "AccepterVpcInfo")]
        assert all(side["AllowDnsResolutionFromRemoteVpc"] for side in sides)


def endpoint(vpc: str, service: str, **more: Any) -> str:
    settings = {"VpcId": vpc, "ServiceName": f"com.amazonaws.{EAST}.{service}", **more}
    return str(aws("ec2").create_vpc_endpoint(**settings)["VpcEndpoint"]["VpcEndpointId"])


def shown(endpoint_id: str) -> Any:
    (described,) = aws("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"]
    return described


def prefix_routes(table: str) -> list[Any]:
    routes = aws("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    return [route for route in routes if route.get("DestinationPrefixListId")]


def changed_endpoints() -> tuple[Any, list[Any]]:
    """Move an interface endpoint and a gateway endpoint within their VPC.

    The first moves to another subnet, the second to another route table. Returns the interface endpoint, and the number
    of routes to the gateway endpoint in each of the two route tables.
    """
    vpc, subnets = network()
    ec2 = aws("ec2")
    interface = endpoint(vpc, "kms", VpcEndpointType="Interface", SubnetIds=subnets[:1])
    ec2.modify_vpc_endpoint(
        VpcEndpointId=interface, AddSubnetIds=subnets[1:], RemoveSubnetIds=subnets[:1], PrivateDnsEnabled=False
    )
    tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
    gateway = endpoint(vpc, "s3", VpcEndpointType="Gateway", RouteTableIds=tables[:1])
    for _ in range(2):  # the second call must not add the route again
        ec2.modify_vpc_endpoint(VpcEndpointId=gateway, AddRouteTableIds=tables[1:])
    ec2.modify_vpc_endpoint(VpcEndpointId=gateway, RemoveRouteTableIds=tables[:1])
    return shown(interface), [len(prefix_routes(table)) for table in tables]


def test_ec2_endpoint_changes() -> None:
    with cloud(patched=False):
        interface, routes = changed_endpoints()
        assert interface["PrivateDnsEnabled"]
        assert routes == [1, 0]
    with cloud(patched=True):
        interface, routes = changed_endpoints()
        assert not interface["PrivateDnsEnabled"]
        assert routes == [0, 1]
        interfaces = aws("ec2").describe_network_interfaces(NetworkInterfaceIds=interface["NetworkInterfaceIds"])
        assert [one["SubnetId"] for one in interfaces["NetworkInterfaces"]] == interface["SubnetIds"]


def test_ec2_private_dns() -> None:
    interface = {"VpcEndpointType": "Interface", "PrivateDnsEnabled": True}
    with cloud(patched=False):
        vpc = network()[0]
        for _ in range(2):
            endpoint(vpc, "kms", **interface)
        assert shown(endpoint(vpc, "s3", VpcEndpointType="Gateway"))["PrivateDnsEnabled"]
    with cloud(patched=True):
        vpc = network()[0]
        endpoint_id = endpoint(vpc, "kms", **interface)
        with pytest.raises(ClientError, match="conflicting DNS domain"):
            endpoint(vpc, "kms", **interface)
        aws("ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
        assert shown(endpoint(vpc, "kms", **interface))["PrivateDnsEnabled"]
        assert not shown(endpoint(vpc, "s3", VpcEndpointType="Gateway"))["PrivateDnsEnabled"]


def web_acl(name: str) -> Any:
    return aws("wafv2").create_web_acl(
        Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=VISIBLE, Rules=[]
    )["Summary"]


def associate_twice() -> tuple[Any, Any, str]:
    first, second = web_acl("first"), web_acl("second")
    balancer = f"arn:aws:elasticloadbalancing:{EAST}:{ACCOUNT}:loadbalancer/app/edge/1"
    for acl in (first, second):
        aws("wafv2").associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=balancer)
    return first, second, balancer


def drop(acl: Any) -> None:
    aws("wafv2").delete_web_acl(Name=acl["Name"], Scope="REGIONAL", Id=acl["Id"], LockToken=acl["LockToken"])


def test_wafv2_associations() -> None:
    with cloud(patched=False):
        first, second, balancer = associate_twice()
        assert aws("wafv2").get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]["ARN"] == first["ARN"]
        drop(second)
    with cloud(patched=True):
        first, second, balancer = associate_twice()
        assert aws("wafv2").get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]["ARN"] == second["ARN"]
        with pytest.raises(ClientError, match="WAFAssociatedItemException"):
            drop(second)
        drop(first)
        with pytest.raises(ClientError, match="WAFNonexistentItemException"):
            aws("wafv2").associate_web_acl(WebACLArn=first["ARN"], ResourceArn=balancer)
        assert aws("wafv2").get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]["ARN"] == second["ARN"]


def log_to(group: str) -> None:
    arn = f"arn:aws:logs:{EAST}:{ACCOUNT}:log-group:{group}"
    configuration = {"ResourceArn": web_acl("edge")["ARN"], "LogDestinationConfigs": [arn]}
    aws("wafv2").put_logging_configuration(LoggingConfiguration=configuration)


def test_wafv2_log_destination() -> None:
    with cloud(patched=False):
        log_to("anywhere")
    with cloud(patched=True), pytest.raises(ClientError, match="WAFInvalidParameterException"):
        log_to("anywhere")
    with cloud(patched=True):
        log_to("aws-waf-logs-edge")


def protected_balancer() -> str:
    elb = aws("elbv2")
    balancer = elb.create_load_balancer(Name="edge", Subnets=network()[1], Scheme="internal")["LoadBalancers"][0]
    protection = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    elb.modify_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=protection)
    return str(balancer["LoadBalancerArn"])


def test_elbv2_deletion_protection() -> None:
    with cloud(patched=False):
        aws("elbv2").delete_load_balancer(LoadBalancerArn=protected_balancer())
    with cloud(patched=True):
        balancer_arn = protected_balancer()
        with pytest.raises(ClientError, match="deletion protection is enabled"):
            aws("elbv2").delete_load_balancer(LoadBalancerArn=balancer_arn)
        off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
        aws("elbv2").modify_load_balancer_attributes(LoadBalancerArn=balancer_arn, Attributes=off)
        aws("elbv2").delete_load_balancer(LoadBalancerArn=balancer_arn)
        assert aws("elbv2").describe_load_balancers()["LoadBalancers"] == []


def zone_and_group() -> tuple[str, str]:
    aws("logs").create_log_group(logGroupName="/aws/route53/campus.example")
    zone = aws("route53").create_hosted_zone(Name="campus.example", CallerReference="1")["HostedZone"]["Id"]
    return str(zone), f"arn:aws:logs:{EAST}:{ACCOUNT}:log-group:/aws/route53/campus.example"


def allow(service: str, resource: str) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "logs:*", "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    aws("logs").put_resource_policy(policyName="queries", policyDocument=document)


def test_route53_query_log_group() -> None:
    with cloud(patched=False):
        zone, group = zone_and_group()
        with pytest.raises(ClientError, match="NoSuchCloudWatchLogsLogGroup"):
            aws("route53").create_query_logging_config(HostedZoneId=zone, CloudWatchLogsLogGroupArn=group)
        aws("route53").create_query_logging_config(HostedZoneId=zone, CloudWatchLogsLogGroupArn=f"{group}:*")
    with cloud(patched=True):
        zone, group = zone_and_group()
        for service, resource in (("es.amazonaws.com", "*"), ("route53.amazonaws.com", "arn:aws:logs:*:*:other:*")):
            allow(service, resource)
            with pytest.raises(ClientError, match="InsufficientCloudWatchLogsResourcePolicy"):
                aws("route53").create_query_logging_config(HostedZoneId=zone, CloudWatchLogsLogGroupArn=group)
        allow("route53.amazonaws.com", f"{group}:*")
        response = aws("route53").create_query_logging_config(HostedZoneId=zone, CloudWatchLogsLogGroupArn=group)
        assert response["QueryLoggingConfig"]["CloudWatchLogsLogGroupArn"] == group
