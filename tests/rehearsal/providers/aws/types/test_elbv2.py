"""Load balancers, target groups and listeners."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase


def targets(deps: Any, path: str, delay: int) -> dict[str, Any]:
    return {
        "port": 8080,
        "protocol": "HTTP",
        "vpcId": deps.vpc,
        "targetType": "ip",
        "healthCheck": {"path": path, "interval": 15, "matcher": "200-299"},
        "deregistrationDelay": delay,
        "stickiness": {"type": "lb_cookie", "enabled": True, "cookieDuration": 100},
    }


def listener(deps: Any, action: dict[str, Any]) -> dict[str, Any]:
    return {"loadBalancerArn": deps.load_balancer, "port": 80, "protocol": "HTTP", "defaultActions": [action]}


def weighted(deps: Any, weight: int) -> dict[str, Any]:
    groups = [{"arn": deps.target_groups[0], "weight": 100 - weight}, {"arn": deps.target_groups[1], "weight": weight}]
    forward = {"targetGroups": groups, "stickiness": {"enabled": True, "duration": 60}}
    return listener(deps, {"type": "forward", "forward": forward})


CASES = [
    LifecycleCase(
        "aws:lb/loadBalancer:LoadBalancer",
        lambda deps: {
            "internal": True,
            "subnets": deps.subnets[:2],
            "securityGroups": deps.security_groups[:1],
            "tags": OLD,
        },
        lambda deps: {
            "internal": True,
            "subnets": deps.subnets[1:],
            "securityGroups": deps.security_groups[1:],
            "idleTimeout": 90,
            "dropInvalidHeaderFields": True,
            "tags": NEW,
        },
    ),
    LifecycleCase(
        "aws:lb/targetGroup:TargetGroup",
        lambda deps: {**targets(deps, "/old", 30), "tags": OLD},
        lambda deps: {**targets(deps, "/new", 60), "tags": NEW},
    ),
    LifecycleCase("aws:lb/listener:Listener", lambda deps: weighted(deps, 10), lambda deps: weighted(deps, 50)),
    LifecycleCase(
        "aws:lb/listener:Listener",
        lambda deps: listener(deps, {"type": "redirect", "redirect": {"port": "443", "statusCode": "HTTP_301"}}),
        lambda deps: listener(deps, {"type": "forward", "targetGroupArn": deps.target_groups[0]}),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)
