"""The default network ACL of a VPC."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

ANYWHERE = "0.0.0.0/0"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"


def entry(number: int, action: str, port: int = 0) -> dict[str, Any]:
    protocol = "6" if port else "-1"
    rule = {"ruleNo": number, "action": action, "protocol": protocol, "cidrBlock": ANYWHERE}
    return {**rule, "fromPort": port, "toPort": port}


def default_acl(deps: Any, *ports: int, tags: dict[str, str]) -> dict[str, Any]:
    denied = [entry(100 + index, "deny", port) for index, port in enumerate(ports)]
    rules = [*denied, entry(1000, "allow")]
    return {"defaultNetworkAclId": deps.default_network_acl, "ingress": rules, "egress": rules[-1:], "tags": tags}


CASES = [
    LifecycleCase(
        DEFAULT_ACL,
        lambda deps: default_acl(deps, 22, tags=OLD),
        lambda deps: default_acl(deps, 22, 3389, tags=NEW),
        drifts=lambda _deps: {"egress": ([entry(1000, "allow")], [entry(1000, "allow"), entry(900, "deny", 25)])},
        replacing=lambda deps: {"defaultNetworkAclId": deps.other_default_network_acl},
        remains=True,
    ),
]


def test_default_acl_is_adopted_and_outlives_the_resource(engine: Any, client: Any) -> None:
    acl_id = engine.create("aws:ec2/vpc:Vpc", "own", cidrBlock="10.7.0.0/16").outputs["defaultNetworkAclId"]
    first = [entry(100, "deny", 22), entry(1000, "allow")]
    adopted = engine.create(
        DEFAULT_ACL, defaultNetworkAclId=acl_id, ingress=first, egress=[entry(1000, "allow")], tags=OLD
    )
    assert engine.drift(adopted) == []
    second = {"ingress": [entry(100, "deny", 3389), entry(1000, "allow")], "egress": [entry(1000, "allow")]}
    changed = engine.update(adopted, defaultNetworkAclId=acl_id, **second, tags=NEW)
    assert engine.drift(changed) == []
    ec2 = client("ec2")
    ec2.delete_network_acl_entry(NetworkAclId=acl_id, RuleNumber=100, Egress=False)
    assert engine.drift(changed) == ["ingress"]
    engine.delete(changed)
    (acl,) = ec2.describe_network_acls(NetworkAclIds=[acl_id])["NetworkAcls"]
    assert acl["IsDefault"]


def test_acl_without_rules_denies_everything(engine: Any, client: Any) -> None:
    acl_id = engine.create("aws:ec2/vpc:Vpc", "own", cidrBlock="10.7.0.0/16").outputs["defaultNetworkAclId"]
    closed = engine.create(DEFAULT_ACL, defaultNetworkAclId=acl_id)
    assert engine.drift(closed) == []
    (acl,) = client("ec2").describe_network_acls(NetworkAclIds=[acl_id])["NetworkAcls"]
    assert {(rule["RuleNumber"], rule["RuleAction"]) for rule in acl["Entries"]} == {(32767, "deny")}
