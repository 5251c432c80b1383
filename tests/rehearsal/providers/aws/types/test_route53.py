"""Hosted zones, records, health checks and query logs."""

import json
from typing import Any

import pytest

from rehearsal.providers.protocol import ProviderError
from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase


def record(deps: Any, **more: Any) -> dict[str, Any]:
    return {"zoneId": deps.hosted_zone, "name": "www", "type": "A", **more}


RECORD = "aws:route53/record:Record"
POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
QUERY_LOG = "aws:route53/queryLog:QueryLog"


CASES = [
    LifecycleCase(
        "aws:route53/zone:Zone",
        lambda _deps: {"name": "campus.example", "tags": OLD},
        lambda _deps: {"name": "campus.example", "comment": "new", "tags": NEW},
    ),
    LifecycleCase(
        "aws:route53/zone:Zone", lambda deps: {"name": "internal.campus.example", "vpcs": [{"vpcId": deps.vpc}]}, None
    ),
    LifecycleCase(
        "aws:route53/record:Record",
        lambda deps: record(deps, ttl=60, records=["192.0.2.1"]),
        lambda deps: record(deps, ttl=30, records=["192.0.2.2"]),
    ),
    LifecycleCase(
        "aws:route53/record:Record",
        lambda deps: record(
            deps, aliases=[{"name": "Lb.example", "zoneId": "Z35SXDOTRQ7X7K", "evaluateTargetHealth": True}]
        ),
        None,
    ),
    LifecycleCase(
        "aws:route53/record:Record",
        lambda deps: record(
            deps, ttl=5, records=["192.0.2.1"], setIdentifier="first", failoverRoutingPolicies=[{"type": "PRIMARY"}]
        ),
        None,
    ),
    LifecycleCase(
        "aws:route53/healthCheck:HealthCheck",
        lambda _deps: {"type": "HTTPS", "fqdn": "campus.example", "port": 443, "resourcePath": "/old", "tags": OLD},
        lambda _deps: {"type": "HTTPS", "fqdn": "campus.example", "port": 443, "resourcePath": "/new", "tags": NEW},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)


def test_query_log_and_its_resource_policy_lifecycle(engine: Any, deps: Any, check_lifecycle: CheckLifecycle) -> None:
    group = engine.create("aws:cloudwatch/logGroup:LogGroup", "queries", name="/aws/route53/campus.example")

    def allow(service: str) -> str:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "logs:*", "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    first = {"policyName": "queries", "policyDocument": allow("route53.amazonaws.com")}
    check_lifecycle(LifecycleCase.fixed(POLICY, first, {**first, "policyDocument": allow("es.amazonaws.com")}))
    engine.create(POLICY, **first)
    query_log = {"zoneId": deps.hosted_zone, "cloudwatchLogGroupArn": group.outputs["arn"]}
    check_lifecycle(LifecycleCase.fixed(QUERY_LOG, query_log))


ALIAS = {"name": "lb.example", "zoneId": "Z35SXDOTRQ7X7K", "evaluateTargetHealth": True}


@pytest.mark.parametrize("written", ["Campus.Example.", "campus.example.", "CAMPUS.EXAMPLE"])
def test_notation_of_a_zone_name_is_no_change(engine: Any, written: str) -> None:
    zone = engine.create("aws:route53/zone:Zone", name="campus.example")
    assert engine.diff(zone, name=written).changes == ()
    created = engine.create("aws:route53/zone:Zone", name=written)
    assert created.outputs["name"] == "campus.example"
    assert engine.drift(created) == []
    assert engine.refresh(created).inputs["name"] == written
    assert engine.diff(engine.refresh(created), name="campus.example").changes == ()
    changed = engine.update(created, name="campus.example", comment="new")
    assert engine.drift(changed) == []
    assert [change.replace for change in engine.diff(zone, name="other.example").changes] == [True]


def test_notation_of_a_record_is_no_change(engine: Any, deps: Any) -> None:
    created = engine.create(RECORD, **record(deps, name="App", aliases=[ALIAS]))
    other = record(deps, name="app.", aliases=[{**ALIAS, "name": "LB.example."}])
    assert engine.diff(created, **other).changes == ()
    assert engine.diff(engine.refresh(created), **other).changes == ()
    moved = engine.diff(created, **record(deps, name="App", aliases=[{**ALIAS, "name": "other.example"}])).changes
    assert [(change.path, change.replace) for change in moved] == [("aliases[0].name", False)]


def test_deleted_record_can_be_created_again(engine: Any, client: Any) -> None:
    zone = engine.create("aws:route53/zone:Zone", name="dev.example.com")
    values = ['0 issue "amazon.com"', '0 issuewild ";"']
    inputs = {"zoneId": zone.id, "name": "dev.example.com", "type": "CAA", "ttl": 300, "records": values}
    created = engine.create(RECORD, **inputs)
    assert created.outputs["records"] == values
    live = client("route53").list_resource_record_sets(HostedZoneId=zone.id)["ResourceRecordSets"]
    (caa,) = [each for each in live if each["Type"] == "CAA"]
    change = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": caa}]}
    client("route53").change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch=change)
    assert engine.read(created) is None
    again = engine.create(RECORD, **inputs)
    assert engine.drift(again) == []


def test_record_that_exists_is_not_created(engine: Any, deps: Any) -> None:
    engine.create(RECORD, **record(deps, ttl=60, records=["192.0.2.1"]))
    with pytest.raises(ProviderError, match="already exists"):
        engine.create(RECORD, "other", **record(deps, ttl=60, records=["192.0.2.9"]))
