"""Hosted zones, records, health checks and query logs."""

import json
from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase


def record(deps: Any, **more: Any) -> dict[str, Any]:
    return {"zoneId": deps.hosted_zone, "name": "www", "type": "A", **more}


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
