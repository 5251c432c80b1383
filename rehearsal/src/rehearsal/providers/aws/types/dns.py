"""Route 53: zones, records and health checks; ACM: certificates that are proven in them."""

import uuid
from collections.abc import Callable
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import ResourceType, Step, of_item, of_work, op
from rehearsal.providers.aws.tags import TagCalls, TypedTags
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties


def _bare(zone_id: str) -> str:
    return zone_id.removeprefix("/hostedzone/")


def _zone(work: Work) -> Args:
    vpcs = work.new.get("vpcs") or []
    return {
        "Name": work.new["name"],
        "CallerReference": str(uuid.uuid4()),
        "DelegationSetId": work.new.get("delegationSetId"),
        "HostedZoneConfig": {"Comment": work.new.get("comment"), "PrivateZone": bool(vpcs)},
        "VPC": _vpc(work, vpcs[0]) if vpcs else None,
    }


def _vpc(work: Work, one: Properties) -> Args:
    return {"VPCId": one["vpcId"], "VPCRegion": one.get("vpcRegion") or work.region}


def _zone_vpcs(work: Work) -> None:
    """Associate what is new and let go of what isn't wanted; creation took the first along."""
    wanted = {one["vpcId"]: one for one in work.new.get("vpcs") or []}
    old = {one["vpcId"]: one for one in work.old.get("vpcs") or []}
    live = {one["VPCId"] for one in work.call("get_hosted_zone", {"Id": work.id}).get("VPCs", [])}
    for vpc_id in sorted(wanted.keys() - live):
        work.call("associate_vpc_with_hosted_zone", {"HostedZoneId": work.id, "VPC": _vpc(work, wanted[vpc_id])})
    for vpc_id in sorted((old.keys() & live) - wanted.keys()):
        work.call("disassociate_vpc_from_hosted_zone", {"HostedZoneId": work.id, "VPC": _vpc(work, old[vpc_id])})


def _comment(work: Work) -> None:
    work.call("update_hosted_zone_comment", {"Id": work.id, "Comment": work.new.get("comment", "")})


def _empty_zone(work: Work) -> None:
    """Delete all records but the zone's own, when the program said that they may be."""
    if not work.get("forceDestroy"):
        return
    answer = work.call("list_resource_record_sets", {"HostedZoneId": work.id}, pages=True)
    for record in answer["ResourceRecordSets"]:
        if record["Type"] not in ("NS", "SOA"):
            _change(work, work.id, "DELETE", record)


def _change(work: Work, zone: str, action: str, record: Args) -> None:
    work.call("change_resource_record_sets", {"HostedZoneId": zone, "ChangeBatch": _batch(action, record)})


def _batch(action: str, record: Args) -> Args:
    return {"Changes": [{"Action": action, "ResourceRecordSet": record}]}


def full_name(name: str, zone: str) -> str:
    """A record's full name; a program may leave out the zone's."""
    bare, zone = name.rstrip(".").lower(), zone.rstrip(".").lower()
    if not bare:
        return zone
    return bare if bare == zone or bare.endswith(f".{zone}") else f"{bare}.{zone}"


def _zone_name(work: Work) -> str:
    return str(work.call("get_hosted_zone", {"Id": work.get("zoneId")})["HostedZone"]["Name"])


def _location(one: Properties) -> Args:
    members = {"ContinentCode": "continent", "CountryCode": "country", "SubdivisionCode": "subdivision"}
    return {"GeoLocation": {member: one[name] for member, name in members.items() if one.get(name)}}


_POLICIES: dict[str, Callable[[Properties], Args]] = {
    "failoverRoutingPolicies": lambda one: {"Failover": one["type"]},
    "geolocationRoutingPolicies": _location,
    "latencyRoutingPolicies": lambda one: {"Region": one["region"]},
    "weightedRoutingPolicies": lambda one: {"Weight": one["weight"]},
}


def _record(values: Properties, zone: str) -> Args:
    """A record set in AWS's form."""
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
        record["ResourceRecords"] = [{"Value": _quoted(one, values["type"])} for one in values["records"]]
    for name, form in _POLICIES.items():
        for one in values.get(name) or []:
            record |= form(one)
    return {name: value for name, value in record.items() if value is not None}


def _quoted(value: str, kind: str) -> str:
    return f'"{value}"' if kind in ("TXT", "SPF") and not value.startswith('"') else value


def _create_record(work: Work) -> Args:
    action = "UPSERT" if work.new.get("allowOverwrite") else "CREATE"
    return {
        "HostedZoneId": work.new["zoneId"],
        "ChangeBatch": _batch(action, _record(work.new, _zone_name(work))),
    }


def _update_record(work: Work) -> None:
    _change(work, work.new["zoneId"], "UPSERT", _record(work.new, _zone_name(work)))


def _records(work: Work) -> Args:
    return {"HostedZoneId": work.get("zoneId")}


def _delete_record(work: Work) -> None:
    """AWS wants the record exactly as it is."""
    live = _find_record(work, work.call("list_resource_record_sets", _records(work), pages=True))
    if live is not None:
        _change(work, str(work.get("zoneId")), "DELETE", live)


def _find_record(work: Work, answer: Any) -> Any:
    name = full_name(str(work.get("name")), _zone_name(work))
    wanted = (name, work.get("type"), work.get("setIdentifier"))
    for record in answer["ResourceRecordSets"]:
        found = record["Name"].rstrip(".").lower().replace("\\052", "*")
        if (found, record["Type"], record.get("SetIdentifier")) == wanted:
            return record
    return None


def _record_id(work: Work, answer: Any) -> str:  # noqa: ARG001  # the form of all id functions
    parts = [work.get("zoneId"), work.get("name"), work.get("type"), work.get("setIdentifier")]
    return "_".join(str(part) for part in parts if part)


def _import_record(resource_id: str) -> Properties:
    names = ("zoneId", "name", "type", "setIdentifier")
    return dict(zip(names, resource_id.split("_", len(names) - 1), strict=False))


def _shown_records(item: Any) -> list[str] | None:
    values = [one["Value"] for one in item.get("ResourceRecords") or []]
    return [value.strip('"') if item["Type"] in ("TXT", "SPF") else value for value in values] or None


def _shown_alias(work: Work, item: Any) -> list[Properties] | None:
    """The alias, its name as the program wrote it: AWS adds a dot and makes it small."""
    target = item.get("AliasTarget")
    if not target:
        return None
    live = target["DNSName"].rstrip(".")
    written = (work.get("aliases") or [{}])[0].get("name") or live
    name = written if written.rstrip(".").lower() == live.lower() else live
    return [{"name": name, "zoneId": target["HostedZoneId"], "evaluateTargetHealth": target["EvaluateTargetHealth"]}]


def _shown_policy(member: str, field: str) -> Callable[[Work, Any], Any]:
    return of_item(lambda item: [{field: item[member]}] if item.get(member) is not None else None)


_RECORD_INPUTS = (
    "aliases", "failoverRoutingPolicies", "geolocationRoutingPolicies", "healthCheckId", "latencyRoutingPolicies",
    "multivalueAnswerRoutingPolicy", "records", "ttl", "weightedRoutingPolicies",
)  # fmt: skip

_HEALTH = {
    "childHealthThreshold": "HealthThreshold",
    "fqdn": "FullyQualifiedDomainName",
    "invertHealthcheck": "Inverted",
    "ipAddress": "IPAddress",
}


def _certificate(work: Work) -> Args:
    imported = {
        "Certificate": work.new.get("certificateBody"),
        "CertificateChain": work.new.get("certificateChain"),
        "PrivateKey": work.new.get("privateKey") or work.new.get("privateKeyWo"),
    }
    return {name: value.encode() for name, value in imported.items() if value}


def _validations(item: Any) -> list[Properties]:
    return [
        {
            "domainName": one["DomainName"],
            "resourceRecordName": one["ResourceRecord"]["Name"],
            "resourceRecordType": one["ResourceRecord"]["Type"],
            "resourceRecordValue": one["ResourceRecord"]["Value"],
        }
        for one in item.get("DomainValidationOptions") or []
        if one.get("ResourceRecord")
    ]


def _alternative_names(item: Any) -> list[str]:
    """Without the domain itself, which AWS puts first."""
    return [name for name in item.get("SubjectAlternativeNames") or [] if name != item["DomainName"]]


TYPES = (
    ResourceType(
        tokens=("aws:route53/zone:Zone",),
        service="route53",
        id=lambda work, answer: _bare(answer["HostedZone"]["Id"]),  # noqa: ARG005  # the form of all id functions
        key="Id",
        create=op("create_hosted_zone", _zone, inputs=("name", "comment", "delegationSetId", "vpcs")),
        read=op("get_hosted_zone"),
        item="@",
        update=[
            Step(inputs=("comment",), run=_comment, on_create=False),
            Step(inputs=("vpcs",), run=_zone_vpcs, always=True),
        ],
        before_delete=[_empty_zone],
        delete=op("delete_hosted_zone"),
        defaults={"comment": "Managed by Pulumi", "forceDestroy": False},
        local=("forceDestroy",),
        arn="arn:{partition}:route53:::hostedzone/{id}",
        outputs={
            "name": of_item(lambda item: item["HostedZone"]["Name"].rstrip(".")),
            "comment": "HostedZone.Config.Comment",
            "zoneId": of_work(lambda work: work.id),
            "nameServers": "DelegationSet.NameServers",
            "primaryNameServer": "DelegationSet.NameServers[0]",
            "vpcs": of_item(
                lambda item: (
                    [{"vpcId": one["VPCId"], "vpcRegion": one["VPCRegion"]} for one in item.get("VPCs") or []] or None
                )
            ),
        },
        tagging=TypedTags(
            "hostedzone", "change_tags_for_resource", "change_tags_for_resource", "list_tags_for_resource"
        ),
    ),
    ResourceType(
        tokens=("aws:route53/record:Record",),
        service="route53",
        id=_record_id,
        create=op(
            "change_resource_record_sets",
            _create_record,
            inputs=(*_RECORD_INPUTS, "name", "type", "zoneId", "setIdentifier"),
        ),
        read=op("list_resource_record_sets", _records),
        item=_find_record,
        update=[Step(inputs=_RECORD_INPUTS, run=_update_record, on_create=False)],
        before_delete=[_delete_record],
        local=("allowOverwrite",),
        outputs={
            "name": of_work(lambda work: work.get("name")),
            "fqdn": of_item(lambda item: item["Name"].rstrip(".")),
            "records": of_item(_shown_records),
            "aliases": _shown_alias,
            "failoverRoutingPolicies": _shown_policy("Failover", "type"),
            "latencyRoutingPolicies": _shown_policy("Region", "region"),
            "weightedRoutingPolicies": _shown_policy("Weight", "weight"),
        },
        import_inputs=_import_record,
    ),
    ResourceType(
        tokens=("aws:route53/healthCheck:HealthCheck",),
        service="route53",
        id=lambda work, answer: str(answer["HealthCheck"]["Id"]),  # noqa: ARG005  # the form of all id functions
        key="HealthCheckId",
        create=op(
            "create_health_check",
            wrap="HealthCheckConfig",
            beside=lambda work: {"CallerReference": work.new.get("referenceName") or str(uuid.uuid4())},
            carries=("referenceName",),
        ),
        read=op("get_health_check"),
        item="HealthCheck.HealthCheckConfig",
        update=[op("update_health_check")],
        delete=op("delete_health_check"),
        names=_HEALTH,
        force=("type", "requestInterval", "measureLatency", "referenceName"),
        arn="arn:{partition}:route53:::healthcheck/{id}",
        tagging=TypedTags(
            "healthcheck", "change_tags_for_resource", "change_tags_for_resource", "list_tags_for_resource"
        ),
    ),
    ResourceType(
        tokens=("aws:acm/certificate:Certificate",),
        service="acm",
        id="CertificateArn",
        create=op("request_certificate"),
        variants=(
            (
                lambda work: bool(work.new.get("certificateBody")),
                op(
                    "import_certificate",
                    _certificate,
                    inputs=("certificateBody", "certificateChain", "privateKey", "privateKeyWo"),
                ),
            ),
        ),
        read=op("describe_certificate"),
        delete=op("delete_certificate"),
        names={"validationOptions": "DomainValidationOptions", "arn": "CertificateArn"},
        outputs={
            "domainValidationOptions": of_item(_validations),
            "subjectAlternativeNames": of_item(_alternative_names),
            "validationOptions": of_work(lambda work: work.new.get("validationOptions")),
            "validationMethod": "DomainValidationOptions[0].ValidationMethod",
        },
        tagging=TagCalls(
            "add_tags_to_certificate",
            "remove_tags_from_certificate",
            lambda work: {"CertificateArn": work.id},
            list="list_tags_for_certificate",
        ),
    ),
    ResourceType(
        tokens=("aws:acm/certificateValidation:CertificateValidation",),
        service="acm",
        id="{certificateArn}",
        key="CertificateArn",
        create=op(
            "describe_certificate",
            lambda work: {"CertificateArn": work.new["certificateArn"]},
            inputs=("certificateArn", "validationRecordFqdns"),
        ),
        read=op("describe_certificate", lambda work: {"CertificateArn": work.id}),
        ready="Status=='ISSUED'",
        failed="Status=='FAILED'",
        outputs={"validationRecordFqdns": of_work(lambda work: work.get("validationRecordFqdns"))},
    ),
)
