"""Elastic Load Balancing: balancers, target groups and listeners."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import Auto, Look, ResourceType, Step, of_item, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.types.messaging import text
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties

ELB_TAGS = TagCalls(
    "add_tags",
    "remove_tags",
    lambda work: {"ResourceArns": [work.id]},
    list="describe_tags",
)

_LOGS = {"enabled": "enabled", "bucket": "bucket", "prefix": "prefix"}
Attributes = Mapping[str, str | Mapping[str, str]]
"""AWS's attribute by input; for an object, by its field."""

_BALANCER: Attributes = {
    "accessLogs": {field: f"access_logs.s3.{key}" for field, key in _LOGS.items()},
    "connectionLogs": {field: f"connection_logs.s3.{key}" for field, key in _LOGS.items()},
    "healthCheckLogs": {field: f"health_check_logs.s3.{key}" for field, key in _LOGS.items()},
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
_GROUP: Attributes = {
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "lambdaMultiValueHeadersEnabled": "lambda.multi_value_headers.enabled",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "slowStart": "slow_start.duration_seconds",
    "stickiness": {
        "enabled": "stickiness.enabled",
        "type": "stickiness.type",
        "cookieDuration": "stickiness.lb_cookie.duration_seconds",
        "cookieName": "stickiness.app_cookie.cookie_name",
    },
}


def attribute_pairs(attributes: Attributes, wanted: Properties, names: set[str]) -> list[Args]:
    """The attributes of some inputs, in AWS's form; an object that was taken out is switched off."""
    found: dict[str, Any] = {}
    for name, keys in attributes.items():
        if name not in names:
            continue
        value = wanted.get(name)
        if isinstance(keys, str):
            found[keys] = value
        else:
            fields = {"enabled": True, **value} if isinstance(value, Mapping) else {"enabled": False}
            found |= {key: fields.get(field) for field, key in keys.items()}
    return [{"Key": key, "Value": text(value)} for key, value in found.items() if value not in (None, "")]


def _set_attributes(attributes: Attributes, operation: str, key: str) -> Step:
    def run(work: Work) -> None:
        names = {name for name in attributes if work.old.get(name) != work.new.get(name)}
        pairs = attribute_pairs(attributes, work.new, names)
        if pairs:
            work.call(operation, {key: work.id, "Attributes": pairs})

    return Step(inputs=tuple(attributes), run=run)


def _show_attributes(attributes: Attributes, operation: str) -> Look:
    """All attributes as outputs; those that AWS doesn't show are left out."""

    def show(keys: str | Mapping[str, str]) -> Any:
        def read(work: Work, answer: Any) -> Any:  # noqa: ARG001  # the form of all output functions
            live = {one["Key"]: _typed(one.get("Value", "")) for one in answer["Attributes"]}
            if isinstance(keys, str):
                return live.get(keys)
            shown = {field: live[key] for field, key in keys.items() if live.get(key) not in (None, "")}
            return shown or None

        return read

    return Look(name=operation, outputs={name: show(keys) for name, keys in attributes.items()})


def _typed(value: str) -> Any:
    if value in ("true", "false"):
        return value == "true"
    return int(value) if value.isdecimal() else value


_HEALTH = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}


def _health(work: Work) -> Args:
    wanted = work.new.get("healthCheck") or {}
    matcher = {"Matcher": {"HttpCode": wanted["matcher"]}} if wanted.get("matcher") else {}
    return {member: wanted[name] for name, member in _HEALTH.items() if wanted.get(name) is not None} | matcher


def _change_health(work: Work) -> None:
    work.call("modify_target_group", {"TargetGroupArn": work.id, **_health(work)})


def _shown_health(item: Any) -> Properties:
    shown = {name: item[member] for name, member in _HEALTH.items() if item.get(member) is not None}
    matcher = (item.get("Matcher") or {}).get("HttpCode")
    return {**shown, **({"matcher": matcher} if matcher else {})}


def _scheme(work: Work) -> Args:
    return {"Scheme": "internal" if work.new.get("internal") else None, "Name": work.new["name"]}


def _certificate(work: Work) -> Args:
    arn = work.new.get("certificateArn")
    return {"Certificates": [{"CertificateArn": arn}] if arn else None}


_LISTENER = {
    "arn": "TargetGroupArn",
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
    "duration": "DurationSeconds",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "jwtValidation": "JwtValidationConfig",
    "redirect": "RedirectConfig",
    "stickiness": "TargetGroupStickinessConfig",
}

TYPES = (
    ResourceType(
        tokens=("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"),
        service="elbv2",
        id="LoadBalancerArn",
        create=op("create_load_balancer", beside=_scheme, carries=("internal", "name")),
        read=op("describe_load_balancers"),
        ready="State.Code=='active' || State.Code=='active_impaired'",
        failed="State.Code=='failed'",
        update=[
            op("set_security_groups"),
            op("set_subnets"),
            op("set_ip_address_type"),
            _set_attributes(_BALANCER, "modify_load_balancer_attributes", "LoadBalancerArn"),
        ],
        delete=op("delete_load_balancer"),
        names={
            "arn": "LoadBalancerArn",
            "dnsName": "DNSName",
            "loadBalancerType": "Type",
            "name": "LoadBalancerName",
            "zoneId": "CanonicalHostedZoneId",
        },
        auto=Auto(limit=32),
        force=("name", "internal", "loadBalancerType"),
        defaults={"loadBalancerType": "application"},
        outputs={
            "internal": of_item(lambda item: item.get("Scheme") == "internal"),
            "arnSuffix": of_item(lambda item: item["LoadBalancerArn"].split(":loadbalancer/")[-1]),
            "subnets": "AvailabilityZones[].SubnetId",
        },
        also=[_show_attributes(_BALANCER, "describe_load_balancer_attributes")],
        tagging=ELB_TAGS,
    ),
    ResourceType(
        tokens=("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"),
        service="elbv2",
        id="TargetGroupArn",
        create=op(
            "create_target_group",
            beside=lambda work: {"Name": work.new["name"], **_health(work)},
            carries=("healthCheck", "name"),
        ),
        read=op("describe_target_groups"),
        update=[
            Step(inputs=("healthCheck",), run=_change_health, on_create=False),
            _set_attributes(_GROUP, "modify_target_group_attributes", "TargetGroupArn"),
        ],
        delete=op("delete_target_group"),
        names={"arn": "TargetGroupArn", "name": "TargetGroupName"},
        auto=Auto(limit=32),
        defaults={"targetType": "instance"},
        outputs={
            "healthCheck": of_item(_shown_health),
            "arnSuffix": of_item(lambda item: item["TargetGroupArn"].split(":")[-1]),
            "loadBalancerArns": "LoadBalancerArns",
        },
        also=[_show_attributes(_GROUP, "describe_target_group_attributes")],
        tagging=ELB_TAGS,
    ),
    ResourceType(
        tokens=("aws:lb/listener:Listener", "aws:alb/listener:Listener"),
        service="elbv2",
        id="ListenerArn",
        create=op("create_listener", beside=_certificate, carries=("certificateArn",)),
        read=op("describe_listeners", lambda work: {"ListenerArns": [work.id]}),
        update=[op("modify_listener", beside=_certificate, carries=("certificateArn",))],
        delete=op("delete_listener"),
        names=_LISTENER,
        force=("loadBalancerArn",),
        outputs={"arn": "ListenerArn", "certificateArn": "Certificates[0].CertificateArn"},
        tagging=ELB_TAGS,
    ),
)
