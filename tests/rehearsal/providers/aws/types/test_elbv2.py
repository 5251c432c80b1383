"""Load balancers, target groups and listeners."""

from typing import Any

from tests.rehearsal.providers.aws.conformance.drifts.networks import load_balancer_logs
from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


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


def secure_listener(deps: Any) -> dict[str, Any]:
    answer = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "200"}}
    return {**listener(deps, answer), "port": 443, "protocol": "HTTPS", "certificateArn": deps.certificates[0]}


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
    LifecycleCase(
        "aws:lb/targetGroup:TargetGroup",
        lambda deps: {"port": 80, "protocol": "TCP", "vpcId": deps.vpc, "targetType": "ip"},
        drifts=lambda _deps: {
            "connectionTermination": (True, False),
            "preserveClientIp": ("true", "false"),
            "proxyProtocolV2": (True, False),
        },
    ),
    LifecycleCase(
        "aws:lb/targetGroup:TargetGroup",
        lambda _deps: {"targetType": "lambda"},
        drifts=lambda _deps: {"lambdaMultiValueHeadersEnabled": (True, False)},
    ),
    LifecycleCase(
        "aws:lb/loadBalancer:LoadBalancer",
        lambda deps: {"internal": True, "subnets": deps.subnets[:2]},
        drifts=lambda deps: {"connectionLogs": load_balancer_logs(deps)},
    ),
    LifecycleCase(
        "aws:lb/loadBalancer:LoadBalancer",
        lambda deps: {"internal": True, "loadBalancerType": "network", "subnets": deps.subnets[:2]},
        drifts=lambda _deps: {
            "dnsRecordClientRoutingPolicy": ("any_availability_zone", "availability_zone_affinity"),
            "enableCrossZoneLoadBalancing": (True, False),
        },
    ),
    LifecycleCase(
        "aws:lb/listener:Listener",
        lambda deps: weighted(deps, 10),
        lambda deps: weighted(deps, 50),
        replacing=lambda deps: {"loadBalancerArn": deps.other_load_balancer},
    ),
    LifecycleCase(
        "aws:lb/listener:Listener",
        secure_listener,
        lambda deps: {**secure_listener(deps), "port": 8443, "certificateArn": deps.certificates[1]},
        drifts=lambda deps: {
            "certificateArn": tuple(deps.certificates),
            "port": (443, 8443),
            "protocol": ("HTTPS", "HTTP"),
            "sslPolicy": ("ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-2-2021-06"),
        },
    ),
    LifecycleCase(
        "aws:lb/listener:Listener",
        lambda deps: listener(deps, {"type": "redirect", "redirect": {"port": "443", "statusCode": "HTTP_301"}}),
        lambda deps: listener(deps, {"type": "forward", "targetGroupArn": deps.target_groups[0]}),
    ),
]
