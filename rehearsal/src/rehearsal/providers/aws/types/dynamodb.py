"""DynamoDB tables."""

from collections.abc import Iterator
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import Auto, Look, ResourceType, Step, of_item, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties

ON_DEMAND = "PAY_PER_REQUEST"


def _keys(hash_key: str | None, range_key: str | None) -> list[Args]:
    pairs = [(hash_key, "HASH"), (range_key, "RANGE")]
    return [{"AttributeName": name, "KeyType": kind} for name, kind in pairs if name]


def _throughput(work: Work, read: Any, write: Any) -> Args:
    if work.new.get("billingMode") == ON_DEMAND:
        return {}
    return {"ProvisionedThroughput": {"ReadCapacityUnits": read or 1, "WriteCapacityUnits": write or 1}}


def _projection(index: Properties) -> Args:
    return {"ProjectionType": index["projectionType"], "NonKeyAttributes": index.get("nonKeyAttributes") or None}


def _global_index(work: Work, index: Properties) -> Args:
    return {
        "IndexName": index["name"],
        "KeySchema": _keys(index.get("hashKey"), index.get("rangeKey")),
        "Projection": _projection(index),
        **_throughput(work, index.get("readCapacity"), index.get("writeCapacity")),
    }


def _attributes(work: Work) -> list[Args]:
    return [{"AttributeName": one["name"], "AttributeType": one["type"]} for one in work.new.get("attributes") or []]


def _create(work: Work) -> Args:
    new = work.new
    local = [
        {
            "IndexName": one["name"],
            "KeySchema": _keys(new.get("hashKey"), one["rangeKey"]),
            "Projection": _projection(one),
        }
        for one in new.get("localSecondaryIndexes") or []
    ]
    return {
        "TableName": new["name"],
        "AttributeDefinitions": _attributes(work),
        "KeySchema": _keys(new.get("hashKey"), new.get("rangeKey")),
        "BillingMode": new.get("billingMode"),
        "TableClass": new.get("tableClass"),
        "DeletionProtectionEnabled": new.get("deletionProtectionEnabled"),
        "LocalSecondaryIndexes": local or None,
        "GlobalSecondaryIndexes": [_global_index(work, one) for one in new.get("globalSecondaryIndexes") or []] or None,
        "StreamSpecification": _stream(work) if new.get("streamEnabled") else None,
        "SSESpecification": _encryption(work),
        **_throughput(work, new.get("readCapacity"), new.get("writeCapacity")),
    }


def _stream(work: Work) -> Args:
    if not work.new.get("streamEnabled"):
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": work.new.get("streamViewType")}


def _encryption(work: Work) -> Args | None:
    wanted = work.new.get("serverSideEncryption")
    if wanted is None:
        return None
    kms = {"SSEType": "KMS", "KMSMasterKeyId": wanted.get("kmsKeyArn")} if wanted["enabled"] else {}
    return {"Enabled": wanted["enabled"], **kms}


def _update(work: Work, **change: Any) -> None:
    work.call("update_table", {"TableName": work.id, **change})


def _change_capacity(work: Work) -> None:
    throughput = _throughput(work, work.new.get("readCapacity"), work.new.get("writeCapacity"))
    _update(work, BillingMode=work.new.get("billingMode"), **throughput)


def _change_protection(work: Work) -> None:
    _update(work, DeletionProtectionEnabled=bool(work.new.get("deletionProtectionEnabled")))


def _change_indexes(work: Work) -> None:
    """AWS makes or removes one index in a call; a changed one is removed and made."""
    old = {one["name"]: one for one in work.old.get("globalSecondaryIndexes") or []}
    new = {one["name"]: one for one in work.new.get("globalSecondaryIndexes") or []}
    for change in _index_changes(work, old, new):
        _update(work, AttributeDefinitions=_attributes(work), GlobalSecondaryIndexUpdates=[change])


def _index_changes(work: Work, old: dict[str, Properties], new: dict[str, Properties]) -> Iterator[Args]:
    for name in sorted(old):
        if old[name] != new.get(name):
            yield {"Delete": {"IndexName": name}}
    for name in sorted(new):
        if new[name] != old.get(name):
            yield {"Create": _global_index(work, new[name])}


def _set_ttl(work: Work) -> None:
    wanted = work.new.get("ttl") or {
        "enabled": False,
        "attributeName": (work.old.get("ttl") or {}).get("attributeName"),
    }
    specification = {"Enabled": bool(wanted.get("enabled")), "AttributeName": wanted.get("attributeName")}
    work.call("update_time_to_live", {"TableName": work.id, "TimeToLiveSpecification": specification})


def _set_recovery(work: Work) -> None:
    wanted = work.new.get("pointInTimeRecovery") or {"enabled": False}
    specification = {
        "PointInTimeRecoveryEnabled": wanted["enabled"],
        "RecoveryPeriodInDays": wanted.get("recoveryPeriodInDays"),
    }
    work.call(
        "update_continuous_backups",
        {"TableName": work.id, "PointInTimeRecoverySpecification": specification},
    )


def _key(kind: str) -> str:
    return f"KeySchema[?KeyType=='{kind}'].AttributeName | [0]"


def _index(one: Any) -> Properties:
    keys = {key["KeyType"]: key["AttributeName"] for key in one["KeySchema"]}
    shown = {
        "name": one["IndexName"],
        "hashKey": keys.get("HASH"),
        "rangeKey": keys.get("RANGE"),
        "projectionType": one["Projection"].get("ProjectionType"),
        "nonKeyAttributes": one["Projection"].get("NonKeyAttributes"),
    }
    return {name: value for name, value in shown.items() if value is not None}


def _indexes(member: str) -> Any:
    return of_item(lambda item: [_index(one) for one in item.get(member) or []] or None)


def _named_attributes(item: Any) -> list[Properties]:
    return [{"name": one["AttributeName"], "type": one["AttributeType"]} for one in item["AttributeDefinitions"]]


def _shown_encryption(item: Any) -> Properties | None:
    described = item.get("SSEDescription")
    if not described:
        return None
    enabled = described.get("Status") in ("ENABLED", "ENABLING")
    key = {"kmsKeyArn": described["KMSMasterKeyArn"]} if described.get("KMSMasterKeyArn") else {}
    return {"enabled": enabled, **key}


def _shown_ttl(answer: Any) -> Properties | None:
    described = answer.get("TimeToLiveDescription") or {}
    if described.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        return None
    return {"enabled": True, "attributeName": described.get("AttributeName")}


def _shown_recovery(answer: Any) -> Properties:
    described = answer.get("ContinuousBackupsDescription", {}).get("PointInTimeRecoveryDescription", {})
    period = described.get("RecoveryPeriodInDays")
    enabled = described.get("PointInTimeRecoveryStatus") == "ENABLED"
    return {"enabled": enabled, **({"recoveryPeriodInDays": period} if period else {})}


_CREATED = (
    "attributes", "billingMode", "deletionProtectionEnabled", "globalSecondaryIndexes", "hashKey",
    "localSecondaryIndexes", "name", "rangeKey", "readCapacity", "serverSideEncryption", "streamEnabled",
    "streamViewType", "tableClass", "writeCapacity",
)  # fmt: skip

TYPES = (
    ResourceType(
        tokens=("aws:dynamodb/table:Table",),
        service="dynamodb",
        id="{name}",
        key="TableName",
        create=op("create_table", _create, inputs=_CREATED),
        read=op("describe_table"),
        ready="TableStatus=='ACTIVE'",
        gone="TableStatus=='DELETING'",
        update=[
            Step(inputs=("billingMode", "readCapacity", "writeCapacity"), run=_change_capacity, on_create=False),
            Step(inputs=("deletionProtectionEnabled",), run=_change_protection, on_create=False),
            Step(inputs=("globalSecondaryIndexes", "attributes"), run=_change_indexes, on_create=False),
            Step(
                inputs=("streamEnabled", "streamViewType"),
                run=lambda work: _update(work, StreamSpecification=_stream(work)),
                on_create=False,
            ),
            Step(
                inputs=("serverSideEncryption",),
                run=lambda work: _update(work, SSESpecification=_encryption(work) or {"Enabled": False}),
                on_create=False,
            ),
            Step(
                inputs=("tableClass",),
                run=lambda work: _update(work, TableClass=work.new.get("tableClass", "STANDARD")),
                on_create=False,
            ),
            Step(inputs=("ttl",), run=_set_ttl),
            Step(inputs=("pointInTimeRecovery",), run=_set_recovery),
        ],
        delete=op("delete_table"),
        names={
            "name": "TableName",
            "arn": "TableArn",
            "streamArn": "LatestStreamArn",
            "streamLabel": "LatestStreamLabel",
        },
        auto=Auto(limit=255),
        defaults={"billingMode": "PROVISIONED"},
        outputs={
            "attributes": of_item(_named_attributes),
            "billingMode": of_item(lambda item: item.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")),
            "hashKey": _key("HASH"),
            "rangeKey": _key("RANGE"),
            "readCapacity": "ProvisionedThroughput.ReadCapacityUnits",
            "writeCapacity": "ProvisionedThroughput.WriteCapacityUnits",
            "globalSecondaryIndexes": _indexes("GlobalSecondaryIndexes"),
            "localSecondaryIndexes": _indexes("LocalSecondaryIndexes"),
            "serverSideEncryption": of_item(_shown_encryption),
            "streamEnabled": of_item(lambda item: bool(item.get("StreamSpecification", {}).get("StreamEnabled"))),
            "streamViewType": "StreamSpecification.StreamViewType",
            "tableClass": "TableClassSummary.TableClass",
        },
        also=[
            Look(name="describe_time_to_live", outputs={"ttl": of_item(_shown_ttl)}),
            Look(name="describe_continuous_backups", outputs={"pointInTimeRecovery": of_item(_shown_recovery)}),
        ],
        tagging=TagCalls(
            "tag_resource",
            "untag_resource",
            lambda work: {"ResourceArn": work.get("arn")},
            list="list_tags_of_resource",
        ),
    ),
)
