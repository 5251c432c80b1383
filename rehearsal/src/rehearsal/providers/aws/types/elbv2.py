"""Elastic Load Balancing: load balancers, target groups and listeners."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.attributes import to_text
from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_ids
from rehearsal.providers.aws.table import (
    ApiCall,
    AutoName,
    CustomUpdate,
    EmulatedType,
    ExtraRead,
    OutputFunction,
    from_response,
)
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.values import Properties

_TAGGING = TagOperations(
    "add_tags",
    "remove_tags",
    by_ids("ResourceArns"),
    list="describe_tags",
)
_LOG_FIELDS = {"enabled": "enabled", "bucket": "bucket", "prefix": "prefix"}


Attributes = Mapping[str, str | Mapping[str, str]]
"""Input → AWS attribute or, for an object input, field → AWS attribute."""


_LOAD_BALANCER_ATTRIBUTES: Attributes = {
    "accessLogs": {field: f"access_logs.s3.{key}" for field, key in _LOG_FIELDS.items()},
    "connectionLogs": {field: f"connection_logs.s3.{key}" for field, key in _LOG_FIELDS.items()},
    "healthCheckLogs": {field: f"health_check_logs.s3.{key}" for field, key in _LOG_FIELDS.items()},
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
_TARGET_GROUP_ATTRIBUTES: Attributes = {
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


def attribute_args(attributes: Attributes, inputs: Properties, names: set[str]) -> list[Args]:
    """Build the attributes of the named inputs.

    For a removed object input, `enabled` becomes false.
    """
    values: dict[str, Any] = {}
    for name, keys in attributes.items():
        if name not in names:
            continue
        value = inputs.get(name)
        if isinstance(keys, str):
            values[keys] = value
        else:
            fields = {"enabled": True, **value} if isinstance(value, Mapping) else {"enabled": False}
            values |= {key: fields.get(field) for field, key in keys.items()}
    return [{"Key": key, "Value": to_text(value)} for key, value in values.items() if value not in (None, "")]


def _attributes_update(attributes: Attributes, operation: str, key: str) -> CustomUpdate:
    def run(context: OperationContext) -> None:
        names = {name for name in attributes if context.old_inputs.get(name) != context.inputs.get(name)}
        pairs = attribute_args(attributes, context.inputs, names)
        if pairs:
            context.call(operation, {key: context.id, "Attributes": pairs})

    return CustomUpdate(inputs=tuple(attributes), run=run)


def _attributes_read(attributes: Attributes, operation: str) -> ExtraRead:
    """Return an ExtraRead for all attributes.

    Outputs that AWS does not return stay unset.
    """

    def output(keys: str | Mapping[str, str]) -> OutputFunction:
        def read(context: OperationContext, response: Any) -> Any:  # noqa: ARG001  # an OutputFunction
            live = {pair["Key"]: _parse_value(pair.get("Value", "")) for pair in response["Attributes"]}
            if isinstance(keys, str):
                return live.get(keys)
            outputs = {field: live[key] for field, key in keys.items() if live.get(key) not in (None, "")}
            return outputs or None

        return read

    return ExtraRead(operation, outputs={name: output(keys) for name, keys in attributes.items()})


def _parse_value(value: str) -> Any:
    if value in ("true", "false"):
        return value == "true"
    return int(value) if value.isdecimal() else value


_HEALTH_CHECK_MEMBERS = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}


def _health_check_args(context: OperationContext) -> Args:
    inputs = context.inputs.get("healthCheck") or {}
    matcher = {"Matcher": {"HttpCode": inputs["matcher"]}} if inputs.get("matcher") else {}
    return {
        member: inputs[name] for name, member in _HEALTH_CHECK_MEMBERS.items() if inputs.get(name) is not None
    } | matcher


def _change_health_check(context: OperationContext) -> None:
    context.call("modify_target_group", {"TargetGroupArn": context.id, **_health_check_args(context)})


def _read_health_check(item: Any) -> Properties:
    outputs = {name: item[member] for name, member in _HEALTH_CHECK_MEMBERS.items() if item.get(member) is not None}
    matcher = (item.get("Matcher") or {}).get("HttpCode")
    return {**outputs, **({"matcher": matcher} if matcher else {})}


def _load_balancer_args(context: OperationContext) -> Args:
    return {"Scheme": "internal" if context.inputs.get("internal") else None, "Name": context.inputs["name"]}


def _certificate_args(context: OperationContext) -> Args:
    arn = context.inputs.get("certificateArn")
    return {"Certificates": [{"CertificateArn": arn}] if arn else None}


_LISTENER_NAMES = {
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
    EmulatedType(
        tokens=("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"),
        service="elbv2",
        id="LoadBalancerArn",
        create=ApiCall("create_load_balancer", extra_args=_load_balancer_args, covers_inputs=("internal", "name")),
        read=ApiCall("describe_load_balancers"),
        ready_when="State.Code=='active' || State.Code=='active_impaired'",
        failed_when="State.Code=='failed'",
        update=[
            ApiCall("set_security_groups"),
            ApiCall("set_ip_address_type"),  # before SetSubnets, which requires subnets
            ApiCall("set_subnets"),
            _attributes_update(_LOAD_BALANCER_ATTRIBUTES, "modify_load_balancer_attributes", "LoadBalancerArn"),
        ],
        delete=ApiCall("delete_load_balancer"),
        names={
            "arn": "LoadBalancerArn",
            "dnsName": "DNSName",
            "loadBalancerType": "Type",
            "name": "LoadBalancerName",
            "zoneId": "CanonicalHostedZoneId",
        },
        autoname=AutoName(max_length=32),
        force_new=("name", "internal", "loadBalancerType"),
        defaults={"loadBalancerType": "application"},
        outputs={
            "internal": from_response(lambda item: item.get("Scheme") == "internal"),
            "arnSuffix": from_response(lambda item: item["LoadBalancerArn"].split(":loadbalancer/")[-1]),
            "subnets": "AvailabilityZones[].SubnetId",
        },
        extra_reads=[_attributes_read(_LOAD_BALANCER_ATTRIBUTES, "describe_load_balancer_attributes")],
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"),
        service="elbv2",
        id="TargetGroupArn",
        create=ApiCall(
            "create_target_group",
            extra_args=lambda context: {"Name": context.inputs["name"], **_health_check_args(context)},
            covers_inputs=("healthCheck", "name"),
        ),
        read=ApiCall("describe_target_groups"),
        update=[
            CustomUpdate(inputs=("healthCheck",), run=_change_health_check, on_create=False),
            _attributes_update(_TARGET_GROUP_ATTRIBUTES, "modify_target_group_attributes", "TargetGroupArn"),
        ],
        delete=ApiCall("delete_target_group"),
        names={"arn": "TargetGroupArn", "name": "TargetGroupName"},
        autoname=AutoName(max_length=32),
        defaults={"targetType": "instance"},
        outputs={
            "healthCheck": from_response(_read_health_check),
            "arnSuffix": from_response(lambda item: item["TargetGroupArn"].split(":")[-1]),
            "loadBalancerArns": "LoadBalancerArns",
        },
        extra_reads=[_attributes_read(_TARGET_GROUP_ATTRIBUTES, "describe_target_group_attributes")],
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:lb/listener:Listener", "aws:alb/listener:Listener"),
        service="elbv2",
        id="ListenerArn",
        create=ApiCall("create_listener", extra_args=_certificate_args, covers_inputs=("certificateArn",)),
        read=ApiCall("describe_listeners", args=by_ids("ListenerArns")),
        update=[ApiCall("modify_listener", extra_args=_certificate_args, covers_inputs=("certificateArn",))],
        delete=ApiCall("delete_listener"),
        names=_LISTENER_NAMES,
        force_new=("loadBalancerArn",),
        outputs={"arn": "ListenerArn", "certificateArn": "Certificates[0].CertificateArn"},
        tagging=_TAGGING,
    ),
)
