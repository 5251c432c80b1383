"""Removing a computed property from the program does not change it in AWS.

The conformance cycle checks the opposite: adding a value that AWS chose to the program changes nothing.
"""

from typing import Any

import pytest

from rehearsal.cloud.comparison import ALIASES
from rehearsal.providers.aws.compiled import COMMON_INPUTS, is_computed
from rehearsal.providers.protocol import ResourceState
from rehearsal.providers.values import Properties
from tests.rehearsal.providers.aws.cases import ALL_CASES
from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

TAGS = {"tags": {"changed": "yes"}}


def accepted(engine: Any, resource: ResourceState, inputs: Properties) -> bool:
    """Return True if all inputs are implemented and none of them conflict."""
    return not engine.check(resource.urn.type, resource.urn.name, inputs, resource.inputs).failures


def changed_paths(engine: Any, resource: ResourceState, inputs: Properties) -> list[str]:
    return [change.path for change in engine.diff(resource, **inputs).changes]


@pytest.mark.parametrize("case", [case for case in ALL_CASES if case.token not in ALIASES], ids=str)
def test_dropping_a_computed_value_keeps_it(case: LifecycleCase, engine: Any, deps: Any, aws_provider: Any) -> None:
    inputs = case.inputs(deps)
    resource = engine.create(case.token, "life", **inputs)
    compiled = aws_provider.compiled(case.token)
    names = {*compiled.declaration.defaults, *COMMON_INPUTS}
    if compiled.declaration.autoname:
        names |= {compiled.declaration.autoname.input, f"{compiled.declaration.autoname.input}Prefix"}
    for name in sorted(inputs.keys() - names):
        fewer = {key: value for key, value in inputs.items() if key != name}
        if not is_computed(compiled.schema, name) or not accepted(engine, resource, fewer):
            continue
        before = resource.outputs.get(name)
        assert changed_paths(engine, resource, fewer) == [], name
        for program in (fewer | TAGS if "tags" in compiled.schema.inputs else fewer, fewer):
            resource = engine.update(resource, **program)
            assert resource.outputs.get(name) == before, name
            assert engine.drift(resource) == []
        resource = engine.update(resource, **inputs)
        assert resource.outputs.get(name) == before


def test_zone_that_aws_chose_for_a_subnet_is_no_change(engine: Any, deps: Any) -> None:
    inputs = {"vpcId": deps.vpc, "cidrBlock": "10.0.200.0/24"}
    subnet = engine.create("aws:ec2/subnet:Subnet", **inputs)
    chosen = subnet.outputs["availabilityZone"]
    assert changed_paths(engine, subnet, {**inputs, "availabilityZone": chosen}) == []
    other = "us-east-1a" if chosen != "us-east-1a" else "us-east-1b"
    moved = engine.diff(subnet, **inputs, availabilityZone=other).changes
    assert [(change.path, change.replace) for change in moved] == [("availabilityZone", True)]


def test_dropped_rules_of_a_security_group_stay_and_an_empty_list_removes_them(engine: Any, deps: Any) -> None:
    rule = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/16"]}
    rules = {"ingress": [rule], "egress": [rule]}
    check_dropped_list(engine, "aws:ec2/securityGroup:SecurityGroup", {"vpcId": deps.vpc}, rules)


def test_dropped_routes_stay_and_an_empty_list_removes_them(engine: Any, deps: Any) -> None:
    routes = {"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": deps.internet_gateway}]}
    check_dropped_list(engine, "aws:ec2/routeTable:RouteTable", {"vpcId": deps.vpc}, routes)


def test_dropped_rules_of_a_network_acl_stay_and_an_empty_list_removes_them(engine: Any, deps: Any) -> None:
    rule = {
        "protocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrBlock": "10.0.0.0/16",
        "action": "allow",
        "ruleNo": 9,
    }
    check_dropped_list(engine, "aws:ec2/networkAcl:NetworkAcl", {"vpcId": deps.vpc}, {"ingress": [rule]})


def check_dropped_list(engine: Any, token: str, inputs: Properties, lists: Properties) -> None:
    """Check that lists stay if the program drops them, and are emptied by `[]`."""
    empty: Properties = {name: [] for name in lists}
    created = engine.create(token, **inputs, **lists)
    assert changed_paths(engine, created, inputs) == []
    dropped = engine.update(created, **inputs, **TAGS)
    for resource in (dropped, engine.refresh(dropped)):
        assert {name: resource.outputs[name] for name in lists} == lists
        assert engine.drift(ResourceState(resource.urn, resource.id, dropped.inputs, resource.outputs)) == []
        assert changed_paths(engine, resource, {**inputs, **TAGS, **lists}) == []
        assert set(changed_paths(engine, resource, {**inputs, **TAGS, **empty})) == set(lists)
    emptied = engine.update(engine.refresh(dropped), **inputs, **empty)
    assert {name: emptied.outputs[name] for name in lists} == empty
    assert engine.drift(emptied) == []
