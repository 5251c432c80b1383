"""Peerings, network ACLs and the web firewall live through create, change and delete."""

import json
from typing import Any

import pytest

from rehearsal.providers.protocol import ResourceState

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}
ANYWHERE = "0.0.0.0/0"
PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
ACCEPTER = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
OPTIONS = "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ACL = "aws:wafv2/webAcl:WebAcl"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
QUERIES = "aws:route53/queryLog:QueryLog"


def western_vpc(world: Any) -> str:
    return str(world.make("aws:ec2/vpc:Vpc", "west", cidrBlock="10.1.0.0/16", region="us-west-2").id)


def peering(world: Any, ground: Any, **more: Any) -> ResourceState:
    made: ResourceState = world.make(
        PEERING, "p", vpcId=ground.vpc, peerVpcId=western_vpc(world), peerRegion="us-west-2", **more
    )
    return made


def accepted(world: Any, ground: Any) -> tuple[ResourceState, ResourceState]:
    asked = peering(world, ground)
    return asked, world.make(ACCEPTER, "a", vpcPeeringConnectionId=asked.id, autoAccept=True, region="us-west-2")


def visible(name: str) -> dict[str, Any]:
    return {"cloudwatchMetricsEnabled": True, "metricName": name, "sampledRequestsEnabled": True}


def acl(limit: int, tags: dict[str, str]) -> dict[str, Any]:
    counted = [{"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}]
    managed = {"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet", "ruleActionOverrides": counted}
    return {
        "scope": "REGIONAL",
        "description": "edge",
        "defaultAction": {"allow": {}},
        "visibilityConfig": visible("edge"),
        "rules": [
            {
                "name": "rate",
                "priority": 0,
                "action": {"block": {}},
                "statement": {
                    "rateBasedStatement": {"limit": limit, "aggregateKeyType": "IP", "evaluationWindowSec": 300}
                },
                "visibilityConfig": visible("rate"),
            },
            {
                "name": "common",
                "priority": 1,
                "overrideAction": {"none": {}},
                "statement": {"managedRuleGroupStatement": managed},
                "visibilityConfig": visible("common"),
            },
        ],
        "tags": tags,
    }


def logging(world: Any, header: str) -> dict[str, Any]:
    """Everything but what was let through, without the header's value."""
    conditions = [{"actionCondition": {"action": "BLOCK"}}]
    return {
        "resourceArn": world.made_acl,
        "logDestinationConfigs": [world.made_group],
        "redactedFields": [{"singleHeader": {"name": header}}],
        "loggingFilter": {
            "defaultBehavior": "DROP",
            "filters": [{"behavior": "KEEP", "requirement": "MEETS_ANY", "conditions": conditions}],
        },
    }


def entry(number: int, action: str, port: int = 0) -> dict[str, Any]:
    protocol = "6" if port else "-1"
    shown = {"ruleNo": number, "action": action, "protocol": protocol, "cidrBlock": ANYWHERE}
    return {**shown, "fromPort": port, "toPort": port}


def test_a_peering_across_regions_lives_and_goes(world: Any, ground: Any) -> None:
    asked = peering(world, ground, tags=OLD)
    assert asked.outputs["acceptStatus"] == "pending-acceptance"
    far = world.make(
        ACCEPTER, "a", vpcPeeringConnectionId=asked.id, autoAccept=True, region="us-west-2", tags={"Name": "far"}
    )
    assert far.outputs["acceptStatus"] == "active"
    assert far.outputs["vpcId"] != asked.outputs["vpcId"]
    assert world.drift(asked) == world.drift(far) == []
    assert world.refreshed(asked).inputs["tags"] == OLD
    assert world.refreshed(far).inputs["tags"] == {"Name": "far"}
    renamed = world.update(far, vpcPeeringConnectionId=asked.id, autoAccept=True, region="us-west-2", tags=NEW)
    assert world.refreshed(renamed).inputs["tags"] == NEW
    assert world.refreshed(asked).inputs["tags"] == OLD, "each side has tags of its own"
    world.delete(renamed)
    assert world.read(renamed) is not None, "accepting cannot be undone, only the connection can"
    world.delete(asked)
    world.delete(asked)
    assert world.read(asked) is None
    assert world.read(renamed) is None


def test_options_belong_to_a_side_each(world: Any, ground: Any) -> None:
    asked, far = accepted(world, ground)
    near_options = world.make(
        OPTIONS, "near", vpcPeeringConnectionId=asked.id, requester={"allowRemoteVpcDnsResolution": True}
    )
    far_options = world.make(
        OPTIONS,
        "far",
        vpcPeeringConnectionId=far.id,
        accepter={"allowRemoteVpcDnsResolution": True},
        region="us-west-2",
    )
    assert world.drift(near_options) == world.drift(far_options) == []
    off = world.update(near_options, vpcPeeringConnectionId=asked.id, requester={"allowRemoteVpcDnsResolution": False})
    assert world.drift(off) == []
    assert world.read(far_options).outputs["requester"] == {"allowRemoteVpcDnsResolution": False}


def test_a_route_leads_through_a_peering(world: Any, ground: Any) -> None:
    _, far = accepted(world, ground)
    route = world.make(
        "aws:ec2/route:Route",
        routeTableId=ground.tables[0],
        destinationCidrBlock="10.1.0.0/16",
        vpcPeeringConnectionId=far.id,
    )
    assert world.drift(route) == []
    assert world.refreshed(route).inputs["vpcPeeringConnectionId"] == far.id


def test_options_and_tags_changed_by_hand_are_drift(world: Any, ground: Any, client: Any) -> None:
    asked, far = accepted(world, ground)
    options = world.make(OPTIONS, vpcPeeringConnectionId=far.id, requester={"allowRemoteVpcDnsResolution": True})
    ec2 = client("ec2")
    ec2.modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=asked.id, RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": False}
    )
    assert world.drift(options) == ["requester.allowRemoteVpcDnsResolution"]
    ec2.create_tags(Resources=[asked.id], Tags=[{"Key": "owner", "Value": "nobody"}])
    assert world.drift(asked) == ["tags", "tagsAll.owner"]


def test_the_default_list_is_taken_over_and_stays_with_its_network(world: Any, client: Any) -> None:
    made = world.make("aws:ec2/vpc:Vpc", "own", cidrBlock="10.7.0.0/16").outputs["defaultNetworkAclId"]
    first = [entry(100, "deny", 22), entry(1000, "allow")]
    acl_of = world.make(DEFAULT_ACL, defaultNetworkAclId=made, ingress=first, egress=[entry(1000, "allow")], tags=OLD)
    assert world.drift(acl_of) == []
    second = {"ingress": [entry(100, "deny", 3389), entry(1000, "allow")], "egress": [entry(1000, "allow")]}
    changed = world.update(acl_of, defaultNetworkAclId=made, **second, tags=NEW)
    assert world.drift(changed) == []
    ec2 = client("ec2")
    ec2.delete_network_acl_entry(NetworkAclId=made, RuleNumber=100, Egress=False)
    assert world.drift(changed) == ["ingress"]
    world.delete(changed)
    (left,) = ec2.describe_network_acls(NetworkAclIds=[made])["NetworkAcls"]
    assert left["IsDefault"]


def test_a_list_that_says_nothing_refuses_everything(world: Any, client: Any) -> None:
    made = world.make("aws:ec2/vpc:Vpc", "own", cidrBlock="10.7.0.0/16").outputs["defaultNetworkAclId"]
    closed = world.make(DEFAULT_ACL, defaultNetworkAclId=made)
    assert world.drift(closed) == []
    (live,) = client("ec2").describe_network_acls(NetworkAclIds=[made])["NetworkAcls"]
    assert {(one["RuleNumber"], one["RuleAction"]) for one in live["Entries"]} == {(32767, "deny")}


def test_a_web_acl_lives_and_goes(live_through: Any, world: Any) -> None:
    resource = live_through(ACL, acl(1000, OLD), acl(2000, NEW))
    assert world.read(resource) is None


def test_a_rule_added_by_hand_is_drift(world: Any, client: Any) -> None:
    made = world.make(ACL, **acl(1000, OLD))
    waf = client("wafv2")
    where = {"Name": made.outputs["name"], "Scope": "REGIONAL", "Id": made.id}
    live = waf.get_web_acl(**where)
    rules = [rule for rule in live["WebACL"]["Rules"] if rule["Name"] == "rate"]
    for rule in rules:
        rule["Statement"]["RateBasedStatement"]["Limit"] = 999_999
    waf.update_web_acl(
        **where,
        LockToken=live["LockToken"],
        Rules=[{key: value for key, value in rule.items() if value is not None} for rule in rules],
        DefaultAction=live["WebACL"]["DefaultAction"],
        VisibilityConfig=live["WebACL"]["VisibilityConfig"],
    )
    assert world.drift(made) == ["rules"]


def test_a_web_acl_stands_before_a_load_balancer_until_it_is_taken_away(world: Any, ground: Any, client: Any) -> None:
    made = world.make(ACL, **acl(1000, OLD))
    association = world.make(ASSOCIATION, webAclArn=made.outputs["arn"], resourceArn=ground.balancer)
    assert world.drift(association) == []
    client("wafv2").disassociate_web_acl(ResourceArn=ground.balancer)
    assert world.read(association) is None
    world.delete(association)


def test_a_web_acl_logs_where_it_is_told(world: Any, live_through: Any) -> None:
    world.made_acl = world.make(ACL, **acl(1000, OLD)).outputs["arn"]
    world.made_group = world.make("aws:cloudwatch/logGroup:LogGroup", "waf", name="aws-waf-logs-edge").outputs["arn"]
    resource = live_through(LOGGING, logging(world, "authorization"), logging(world, "cookie"))
    assert world.read(resource) is None


def test_queries_are_logged_by_leave_of_a_policy(world: Any, ground: Any, live_through: Any) -> None:
    group = world.make("aws:cloudwatch/logGroup:LogGroup", "queries", name="/aws/route53/campus.example")

    def allow(service: str) -> str:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "logs:*", "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    first = {"policyName": "queries", "policyDocument": allow("route53.amazonaws.com")}
    live_through(POLICY, first, {**first, "policyDocument": allow("es.amazonaws.com")})
    world.make(POLICY, **first)
    resource = live_through(QUERIES, {"zoneId": ground.zone, "cloudwatchLogGroupArn": group.outputs["arn"]})
    assert world.read(resource) is None


@pytest.mark.parametrize(
    ("token", "inputs", "property_"),
    [
        (ACL, {"scope": "REGIONAL", "visibilityConfig": visible("x")}, "defaultAction"),
        (PEERING, {"vpcId": "vpc-1"}, "peerVpcId"),
        (LOGGING, {"logDestinationConfigs": []}, "resourceArn"),
    ],
)
def test_what_is_missing_is_told(world: Any, token: str, inputs: dict[str, Any], property_: str) -> None:
    assert property_ in str(world.check(token, "x", inputs).failures)
