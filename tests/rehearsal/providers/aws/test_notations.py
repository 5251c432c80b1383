"""Another notation of the same value is neither a change nor drift."""

import json
from typing import Any

import pytest

from rehearsal.providers.values import Properties

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def statement(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def document(*statements: dict[str, Any], indent: int | None = None, version_last: bool = False) -> str:
    version = {"Version": "2012-10-17"}
    parts = {"Statement": list(statements), **version} if version_last else {**version, "Statement": list(statements)}
    return json.dumps(parts, indent=indent)


def rule(**more: Any) -> dict[str, Any]:
    return {"fromPort": 443, "toPort": 443, **more}


EC2, EKS = "ec2.amazonaws.com", "eks.amazonaws.com"
NOTATIONS: dict[str, tuple[str, Any, Any]] = {
    "order and white space of a policy": (
        "aws:iam/role:Role",
        lambda _deps: {"assumeRolePolicy": document(statement({"Service": [EC2, EKS]}))},
        lambda _deps: {"assumeRolePolicy": document(statement({"Service": [EKS, EC2]}), indent=2, version_last=True)},
    ),
    "account of a principal": (
        "aws:iam/role:Role",
        lambda _deps: {"assumeRolePolicy": document(statement({"AWS": ACCOUNT}))},
        lambda _deps: {"assumeRolePolicy": document(statement({"AWS": ROOT}))},
    ),
    "version of a database": (
        "aws:rds/instance:Instance",
        lambda _deps: {**DATABASE, "engineVersion": "17"},
        lambda _deps: {**DATABASE, "engineVersion": "17"},
    ),
    "protocol of a rule": (
        "aws:ec2/securityGroup:SecurityGroup",
        lambda deps: {"vpcId": deps.vpc, "ingress": [rule(protocol="tcp", cidrBlocks=["10.0.0.0/16"])]},
        lambda deps: {"vpcId": deps.vpc, "ingress": [rule(protocol="6", cidrBlocks=["10.0.0.0/16"])]},
    ),
    "all protocols": (
        "aws:ec2/securityGroup:SecurityGroup",
        lambda deps: {"vpcId": deps.vpc, "egress": [{"fromPort": 0, "toPort": 0, "protocol": "-1", "self": True}]},
        lambda deps: {"vpcId": deps.vpc, "egress": [{"fromPort": 0, "toPort": 0, "protocol": "all", "self": True}]},
    ),
    "name of a zone": (
        "aws:route53/zone:Zone",
        lambda _deps: {"name": "Campus.Example."},
        lambda _deps: {"name": "campus.example"},
    ),
    "name of a record": (
        "aws:route53/record:Record",
        lambda deps: {**RECORD, "zoneId": deps.hosted_zone, "name": "WWW.campus.example."},
        lambda deps: {**RECORD, "zoneId": deps.hosted_zone, "name": "www.campus.example"},
    ),
    "target of an alias": (
        "aws:kms/alias:Alias",
        lambda deps: {"name": "alias/data", "targetKeyId": deps.key},
        lambda deps: {"name": "alias/data", "targetKeyId": deps.key.rpartition("/")[2]},
    ),
    "tags in another order": (
        "aws:ec2/vpc:Vpc",
        lambda _deps: {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "x", "name": "y"}},
        lambda _deps: {"cidrBlock": "10.0.0.0/16", "tags": {"name": "y", "Name": "x"}},
    ),
    "addresses of a target": (
        "aws:ec2/routeTable:RouteTable",
        lambda deps: {"vpcId": deps.vpc, "routes": routes(deps, "192.0.2.0/24", "198.51.100.0/24")},
        lambda deps: {"vpcId": deps.vpc, "routes": routes(deps, "198.51.100.0/24", "192.0.2.0/24")},
    ),
}
DATABASE: Properties = {
    "identifier": "notation",
    "engine": "postgres",
    "instanceClass": "db.t4g.micro",
    "allocatedStorage": 20,
    "username": "campus",
    "password": "hunter22",
    "skipFinalSnapshot": True,
}
RECORD: Properties = {"type": "A", "ttl": 60, "records": ["192.0.2.1"]}


def routes(deps: Any, *ranges: str) -> list[Properties]:
    return [{"cidrBlock": each, "gatewayId": deps.internet_gateway} for each in ranges]


@pytest.mark.parametrize(("token", "written", "other"), NOTATIONS.values(), ids=NOTATIONS)
def test_another_notation_is_no_change(token: str, written: Any, other: Any, engine: Any, deps: Any) -> None:
    created = engine.create(token, "life", **written(deps))
    assert engine.drift(created) == []
    for resource in (created, engine.refresh(created)):
        assert [change.path for change in engine.diff(resource, **other(deps)).changes] == []


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:rds/instance:Instance", {**DATABASE, "identifier": "Records"}),
        ("aws:kms/alias:Alias", {"name": "data", "targetKeyId": "x"}),
    ],
)
def test_a_notation_that_the_official_provider_refuses_fails_the_check(
    token: str, inputs: Properties, engine: Any
) -> None:
    assert engine.check(token, "life", inputs).failures
