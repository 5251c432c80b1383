"""Route 53: hosted zones, records, health checks and query logs."""

import uuid
from collections.abc import Callable
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.table import (
    ApiCall,
    CustomUpdate,
    EmulatedType,
    OutputFunction,
    from_response,
    resource_id,
    stored_value,
)
from rehearsal.providers.aws.tags import TagsByResourceType
from rehearsal.providers.values import Properties


def _bare_zone_id(zone_id: str) -> str:
    return zone_id.removeprefix("/hostedzone/")


def _zone_args(context: OperationContext) -> Args:
    vpcs = context.inputs.get("vpcs") or []
    return {
        "Name": dns_name(context.inputs["name"]),
        "CallerReference": str(uuid.uuid4()),
        "DelegationSetId": context.inputs.get("delegationSetId"),
        "HostedZoneConfig": {"Comment": context.inputs.get("comment"), "PrivateZone": bool(vpcs)},
        "VPC": _vpc_args(context, vpcs[0]) if vpcs else None,
    }


def _vpc_args(context: OperationContext, vpc: Properties) -> Args:
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or context.region}


def _set_vpcs(context: OperationContext) -> None:
    """Associate added VPCs and disassociate removed ones.

    The first VPC is already associated when the zone is created.
    """
    vpcs = {vpc["vpcId"]: vpc for vpc in context.inputs.get("vpcs") or []}
    old_vpcs = {vpc["vpcId"]: vpc for vpc in context.old_inputs.get("vpcs") or []}
    live_ids = {vpc["VPCId"] for vpc in context.call("get_hosted_zone", {"Id": context.id}).get("VPCs", [])}
    for vpc_id in sorted(vpcs.keys() - live_ids):
        context.call(
            "associate_vpc_with_hosted_zone", {"HostedZoneId": context.id, "VPC": _vpc_args(context, vpcs[vpc_id])}
        )
    for vpc_id in sorted((old_vpcs.keys() & live_ids) - vpcs.keys()):
        context.call(
            "disassociate_vpc_from_hosted_zone",
            {"HostedZoneId": context.id, "VPC": _vpc_args(context, old_vpcs[vpc_id])},
        )


def _set_comment(context: OperationContext) -> None:
    context.call("update_hosted_zone_comment", {"Id": context.id, "Comment": context.inputs.get("comment", "")})


def _empty_zone(context: OperationContext) -> None:
    """Delete all records except NS and SOA, if the program sets `forceDestroy`."""
    if not context.get("forceDestroy"):
        return
    response = context.call("list_resource_record_sets", {"HostedZoneId": context.id}, pages=True)
    for record in response["ResourceRecordSets"]:
        if record["Type"] not in ("NS", "SOA"):
            _change_record(context, context.id, "DELETE", record)


def _change_record(context: OperationContext, zone: str, action: str, record: Args) -> None:
    context.call("change_resource_record_sets", {"HostedZoneId": zone, "ChangeBatch": _change_batch(action, record)})


def _change_batch(action: str, record: Args) -> Args:
    return {"Changes": [{"Action": action, "ResourceRecordSet": record}]}


def full_name(name: str, zone: str) -> str:
    """Return the full name of a record. The program may omit the name of the zone."""
    name, zone = dns_name(name), dns_name(zone)
    if not name:
        return zone
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}"


def dns_name(name: str) -> str:
    """Return a DNS name in lower case and without the final dot."""
    return name.rstrip(".").lower()


def _canonical_aliases(aliases: list[Properties]) -> list[Properties]:
    return [{**alias, "name": dns_name(alias["name"])} if alias.get("name") else alias for alias in aliases]


def _zone_name(context: OperationContext) -> str:
    return str(context.call("get_hosted_zone", {"Id": context.get("zoneId")})["HostedZone"]["Name"])


_GEOLOCATION = {"ContinentCode": "continent", "CountryCode": "country", "SubdivisionCode": "subdivision"}


def _geolocation(policy: Properties) -> Args:
    return {"GeoLocation": {member: policy[name] for member, name in _GEOLOCATION.items() if policy.get(name)}}


def _read_geolocation(item: Any) -> list[Properties] | None:
    location = item.get("GeoLocation") or {}
    policy = {name: location[member] for member, name in _GEOLOCATION.items() if location.get(member)}
    return [policy] if policy else None


_ROUTING_POLICIES: dict[str, Callable[[Properties], Args]] = {
    "failoverRoutingPolicies": lambda policy: {"Failover": policy["type"]},
    "geolocationRoutingPolicies": _geolocation,
    "latencyRoutingPolicies": lambda policy: {"Region": policy["region"]},
    "weightedRoutingPolicies": lambda policy: {"Weight": policy["weight"]},
}


def _record_set(values: Properties, zone: str) -> Args:
    """Build a resource record set."""
    record: Args = {
        "Name": full_name(values["name"], zone),
        "Type": values["type"],
        "TTL": values.get("ttl"),
        "SetIdentifier": values.get("setIdentifier"),
        "HealthCheckId": values.get("healthCheckId"),
        "MultiValueAnswer": values.get("multivalueAnswerRoutingPolicy"),
    }
    for target in values.get("aliases") or []:
        record["AliasTarget"] = {
            "DNSName": target["name"],
            "HostedZoneId": target["zoneId"],
            "EvaluateTargetHealth": target["evaluateTargetHealth"],
        }
    if values.get("records"):
        record["ResourceRecords"] = [{"Value": _quote_text(value, values["type"])} for value in values["records"]]
    for name, to_record in _ROUTING_POLICIES.items():
        for value in values.get(name) or []:
            record |= to_record(value)
    return {name: value for name, value in record.items() if value is not None}


def _quote_text(value: str, record_type: str) -> str:
    return f'"{value}"' if record_type in ("TXT", "SPF") and not value.startswith('"') else value


def _create_record_args(context: OperationContext) -> Args:
    action = "UPSERT" if context.inputs.get("allowOverwrite") else "CREATE"
    return {
        "HostedZoneId": context.inputs["zoneId"],
        "ChangeBatch": _change_batch(action, _record_set(context.inputs, _zone_name(context))),
    }


def _update_record(context: OperationContext) -> None:
    _change_record(context, context.inputs["zoneId"], "UPSERT", _record_set(context.inputs, _zone_name(context)))


def _list_records_args(context: OperationContext) -> Args:
    return {"HostedZoneId": context.get("zoneId")}


def _delete_record(context: OperationContext) -> None:
    """Delete the record. AWS requires its exact current content."""
    live = _find_record(context, context.call("list_resource_record_sets", _list_records_args(context), pages=True))
    if live is not None:
        _change_record(context, str(context.get("zoneId")), "DELETE", live)


def _find_record(context: OperationContext, response: Any) -> Any:
    name = full_name(str(context.get("name")), _zone_name(context))
    key = (name, context.get("type"), context.get("setIdentifier"))
    for record in response["ResourceRecordSets"]:
        record_name = dns_name(record["Name"]).replace("\\052", "*")
        if (record_name, record["Type"], record.get("SetIdentifier")) == key:
            return record
    return None


def _record_id(context: OperationContext, response: Any) -> str:  # noqa: ARG001  # an OutputFunction
    parts = [context.get("zoneId"), context.get("name"), context.get("type"), context.get("setIdentifier")]
    return "_".join(str(part) for part in parts if part)


def _import_record(resource_id: str) -> Properties:
    names = ("zoneId", "name", "type", "setIdentifier")
    return dict(zip(names, resource_id.split("_", len(names) - 1), strict=False))


def _read_records(item: Any) -> list[str] | None:
    values = [record["Value"] for record in item.get("ResourceRecords") or []]
    return [value.strip('"') if item["Type"] in ("TXT", "SPF") else value for value in values] or None


def _read_alias(context: OperationContext, item: Any) -> list[Properties] | None:
    """Return the alias as the program wrote it.

    AWS appends a dot to the name and converts it to lower case.
    """
    target = item.get("AliasTarget")
    if not target:
        return None
    live = dns_name(target["DNSName"])
    written = (context.get("aliases") or [{}])[0].get("name") or live
    name = written if dns_name(written) == live else live
    return [{"name": name, "zoneId": target["HostedZoneId"], "evaluateTargetHealth": target["EvaluateTargetHealth"]}]


def _routing_policy_output(member: str, field: str) -> OutputFunction:
    return from_response(lambda item: [{field: item[member]}] if item.get(member) is not None else None)


_RECORD_INPUTS = (
    "aliases", "failoverRoutingPolicies", "geolocationRoutingPolicies", "healthCheckId", "latencyRoutingPolicies",
    "multivalueAnswerRoutingPolicy", "records", "ttl", "weightedRoutingPolicies",
)  # fmt: skip
_HEALTH_CHECK_NAMES = {
    "childHealthThreshold": "HealthThreshold",
    "fqdn": "FullyQualifiedDomainName",
    "invertHealthcheck": "Inverted",
    "ipAddress": "IPAddress",
}


TYPES = (
    EmulatedType(
        tokens=("aws:route53/zone:Zone",),
        service="route53",
        id=from_response(lambda response: _bare_zone_id(response["HostedZone"]["Id"])),
        id_argument="Id",
        create=ApiCall(
            "create_hosted_zone", args=_zone_args, covers_inputs=("name", "comment", "delegationSetId", "vpcs")
        ),
        read=ApiCall("get_hosted_zone"),
        item="@",
        update=[
            CustomUpdate(inputs=("comment",), run=_set_comment, on_create=False),
            CustomUpdate(inputs=("vpcs",), run=_set_vpcs, always_on_create=True),
        ],
        before_delete=[_empty_zone],
        delete=ApiCall("delete_hosted_zone"),
        defaults={"comment": "Managed by Pulumi", "forceDestroy": False},
        notations={"name": dns_name},
        state_only=("forceDestroy",),
        arn="arn:{partition}:route53:::hostedzone/{id}",
        outputs={
            "name": from_response(lambda item: item["HostedZone"]["Name"].rstrip(".")),
            "comment": "HostedZone.Config.Comment",
            "zoneId": resource_id,
            "nameServers": "DelegationSet.NameServers",
            "primaryNameServer": "DelegationSet.NameServers[0]",
            "vpcs": from_response(
                lambda item: (
                    [{"vpcId": vpc["VPCId"], "vpcRegion": vpc["VPCRegion"]} for vpc in item.get("VPCs") or []] or None
                )
            ),
        },
        tagging=TagsByResourceType(
            "hostedzone", "change_tags_for_resource", "change_tags_for_resource", "list_tags_for_resource"
        ),
    ),
    EmulatedType(
        tokens=("aws:route53/record:Record",),
        service="route53",
        id=_record_id,
        create=ApiCall(
            "change_resource_record_sets",
            args=_create_record_args,
            covers_inputs=(*_RECORD_INPUTS, "name", "type", "zoneId", "setIdentifier"),
        ),
        read=ApiCall("list_resource_record_sets", args=_list_records_args),
        item=_find_record,
        update=[CustomUpdate(inputs=_RECORD_INPUTS, run=_update_record, on_create=False)],
        before_delete=[_delete_record],
        state_only=("allowOverwrite",),
        notations={"name": dns_name, "aliases": _canonical_aliases},
        outputs={
            "name": stored_value("name"),
            "fqdn": from_response(lambda item: item["Name"].rstrip(".")),
            "records": from_response(_read_records),
            "aliases": _read_alias,
            "failoverRoutingPolicies": _routing_policy_output("Failover", "type"),
            "geolocationRoutingPolicies": from_response(_read_geolocation),
            "multivalueAnswerRoutingPolicy": "MultiValueAnswer",
            "latencyRoutingPolicies": _routing_policy_output("Region", "region"),
            "weightedRoutingPolicies": _routing_policy_output("Weight", "weight"),
        },
        import_inputs=_import_record,
    ),
    EmulatedType(
        tokens=("aws:route53/healthCheck:HealthCheck",),
        service="route53",
        id=from_response(lambda response: str(response["HealthCheck"]["Id"])),
        id_argument="HealthCheckId",
        create=ApiCall(
            "create_health_check",
            nested_in="HealthCheckConfig",
            extra_args=lambda context: {"CallerReference": context.inputs.get("referenceName") or str(uuid.uuid4())},
            covers_inputs=("referenceName",),
        ),
        read=ApiCall("get_health_check"),
        item="HealthCheck.HealthCheckConfig",
        update=[ApiCall("update_health_check")],
        delete=ApiCall("delete_health_check"),
        names=_HEALTH_CHECK_NAMES,
        force_new=("type", "requestInterval", "measureLatency", "referenceName"),
        arn="arn:{partition}:route53:::healthcheck/{id}",
        tagging=TagsByResourceType(
            "healthcheck", "change_tags_for_resource", "change_tags_for_resource", "list_tags_for_resource"
        ),
    ),
    EmulatedType(
        tokens=("aws:route53/queryLog:QueryLog",),
        service="route53",
        id=from_response(lambda response: str(response["QueryLoggingConfig"]["Id"])),
        id_argument="Id",
        create=ApiCall("create_query_logging_config"),
        read=ApiCall("get_query_logging_config"),
        delete=ApiCall("delete_query_logging_config"),
        names={"zoneId": "HostedZoneId", "cloudwatchLogGroupArn": "CloudWatchLogsLogGroupArn"},
        arn="arn:{partition}:route53:::queryloggingconfig/{id}",
    ),
)
