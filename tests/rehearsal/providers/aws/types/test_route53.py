"""Hosted zones, records, health checks and query logs."""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.providers.protocol import ProviderError
from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase, Values


def record(deps: Any, **more: Any) -> dict[str, Any]:
    return {"zoneId": deps.hosted_zone, "name": "www", "type": "A", **more}


RECORD = "aws:route53/record:Record"
QUERY_LOG = "aws:route53/queryLog:QueryLog"


APEX = {"name": "campus.example", "type": "CAA", "ttl": 300}
NO_WILDCARDS = '0 issuewild ";"'

ALIAS = {"name": "lb.example", "zoneId": "Z35SXDOTRQ7X7K", "evaluateTargetHealth": True}
ROUTING: dict[str, tuple[Any, Any]] = {
    "geolocationRoutingPolicies": ([{"country": "US"}], [{"country": "CA"}]),
    "latencyRoutingPolicies": ([{"region": "us-east-1"}], [{"region": "us-west-2"}]),
    "weightedRoutingPolicies": ([{"weight": 10}], [{"weight": 20}]),
}
"""Routing policy of a record → two values."""


def routed_by(name: str) -> Callable[[Any], dict[str, Any]]:
    inputs = {"ttl": 5, "records": ["192.0.2.1"], "setIdentifier": "a", name: ROUTING[name][0]}
    return lambda deps: record(deps, **inputs)


def policies_of(name: str) -> Callable[[Any], Values]:
    return lambda _deps: {name: ROUTING[name]}


CASES = [
    LifecycleCase(
        "aws:route53/zone:Zone",
        lambda _deps: {"name": "campus.example", "tags": OLD},
        lambda _deps: {"name": "campus.example", "comment": "new", "tags": NEW},
    ),
    LifecycleCase(
        "aws:route53/zone:Zone",
        lambda deps: {"name": "internal.campus.example", "vpcs": [{"vpcId": deps.vpc}]},
        drifts=lambda deps: {"vpcs": ([{"vpcId": deps.vpc}], [{"vpcId": deps.vpc}, {"vpcId": deps.other_vpc}])},
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
        drifts=lambda _deps: {
            "aliases": tuple([{**ALIAS, "evaluateTargetHealth": healthy}] for healthy in (True, False))
        },
    ),
    LifecycleCase(
        "aws:route53/record:Record",
        lambda deps: record(
            deps, ttl=5, records=["192.0.2.1"], setIdentifier="first", failoverRoutingPolicies=[{"type": "PRIMARY"}]
        ),
        drifts=lambda deps: {
            "failoverRoutingPolicies": ([{"type": "PRIMARY"}], [{"type": "SECONDARY"}]),
            "healthCheckId": tuple(deps.health_checks),
        },
    ),
    *(LifecycleCase(RECORD, routed_by(name), drifts=policies_of(name)) for name in ROUTING),
    LifecycleCase(
        "aws:route53/healthCheck:HealthCheck",
        lambda _deps: {"type": "HTTPS", "fqdn": "campus.example", "port": 443, "resourcePath": "/old", "tags": OLD},
        lambda _deps: {"type": "HTTPS", "fqdn": "campus.example", "port": 443, "resourcePath": "/new", "tags": NEW},
        replacing=lambda _deps: {"type": "HTTP"},
    ),
    LifecycleCase(
        "aws:route53/healthCheck:HealthCheck",
        lambda deps: {"type": "CALCULATED", "childHealthThreshold": 1, "childHealthchecks": deps.health_checks[:1]},
        drifts=lambda deps: {
            "childHealthThreshold": (1, 2),
            "childHealthchecks": (deps.health_checks[:1], deps.health_checks),
        },
    ),
    LifecycleCase(
        "aws:route53/healthCheck:HealthCheck",
        lambda _deps: {"type": "HTTP_STR_MATCH", "ipAddress": "192.0.2.1", "port": 80, "searchString": "ok"},
        drifts=lambda _deps: {"ipAddress": ("192.0.2.1", "192.0.2.2"), "searchString": ("ok", "healthy")},
    ),
    LifecycleCase(
        RECORD,
        lambda deps: {**APEX, "zoneId": deps.hosted_zone, "records": ['0 issue "amazon.com"', NO_WILDCARDS]},
        lambda deps: {**APEX, "zoneId": deps.hosted_zone, "records": ['0 issue "letsencrypt.org"', NO_WILDCARDS]},
    ),
    LifecycleCase(
        QUERY_LOG,
        lambda deps: {"zoneId": deps.hosted_zone, "cloudwatchLogGroupArn": deps.query_log_groups[0]},
        replacing=lambda deps: {"cloudwatchLogGroupArn": deps.query_log_groups[1]},
        delete_first=True,
    ),
]


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
