"""DynamoDB: tables."""

from collections.abc import Iterator
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_arn
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

ON_DEMAND = "PAY_PER_REQUEST"


def _key_schema(hash_key: str | None, range_key: str | None) -> list[Args]:
    pairs = [(hash_key, "HASH"), (range_key, "RANGE")]
    return [{"AttributeName": name, "KeyType": key_type} for name, key_type in pairs if name]


def _throughput(context: OperationContext, read: Any, write: Any) -> Args:
    if context.inputs.get("billingMode") == ON_DEMAND:
        return {}
    return {"ProvisionedThroughput": {"ReadCapacityUnits": read or 1, "WriteCapacityUnits": write or 1}}


def _projection(index: Properties) -> Args:
    return {"ProjectionType": index["projectionType"], "NonKeyAttributes": index.get("nonKeyAttributes") or None}


def _global_index(context: OperationContext, index: Properties) -> Args:
    return {
        "IndexName": index["name"],
        "KeySchema": _key_schema(index.get("hashKey"), index.get("rangeKey")),
        "Projection": _projection(index),
        **_throughput(context, index.get("readCapacity"), index.get("writeCapacity")),
    }


def _attributes(context: OperationContext) -> list[Args]:
    return [
        {"AttributeName": attribute["name"], "AttributeType": attribute["type"]}
        for attribute in context.inputs.get("attributes") or []
    ]


def _create_args(context: OperationContext) -> Args:
    inputs = context.inputs
    local_indexes = [
        {
            "IndexName": index["name"],
            "KeySchema": _key_schema(inputs.get("hashKey"), index["rangeKey"]),
            "Projection": _projection(index),
        }
        for index in inputs.get("localSecondaryIndexes") or []
    ]
    return {
        "TableName": inputs["name"],
        "AttributeDefinitions": _attributes(context),
        "KeySchema": _key_schema(inputs.get("hashKey"), inputs.get("rangeKey")),
        "BillingMode": inputs.get("billingMode"),
        "TableClass": inputs.get("tableClass"),
        "DeletionProtectionEnabled": inputs.get("deletionProtectionEnabled"),
        "LocalSecondaryIndexes": local_indexes or None,
        "GlobalSecondaryIndexes": [
            _global_index(context, index) for index in inputs.get("globalSecondaryIndexes") or []
        ]
        or None,
        "StreamSpecification": _stream_specification(context) if inputs.get("streamEnabled") else None,
        "SSESpecification": _sse_specification(context),
        **_throughput(context, inputs.get("readCapacity"), inputs.get("writeCapacity")),
    }


def _stream_specification(context: OperationContext) -> Args:
    if not context.inputs.get("streamEnabled"):
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": context.inputs.get("streamViewType")}


def _sse_specification(context: OperationContext) -> Args | None:
    inputs = context.inputs.get("serverSideEncryption")
    if inputs is None:
        return None
    kms = {"SSEType": "KMS", "KMSMasterKeyId": inputs.get("kmsKeyArn")} if inputs["enabled"] else {}
    return {"Enabled": inputs["enabled"], **kms}


def _update_table(context: OperationContext, **change: Any) -> None:
    context.call("update_table", {"TableName": context.id, **change})


def _change_capacity(context: OperationContext) -> None:
    throughput = _throughput(context, context.inputs.get("readCapacity"), context.inputs.get("writeCapacity"))
    _update_table(context, BillingMode=context.inputs.get("billingMode"), **throughput)


def _change_protection(context: OperationContext) -> None:
    _update_table(context, DeletionProtectionEnabled=bool(context.inputs.get("deletionProtectionEnabled")))


def _change_indexes(context: OperationContext) -> None:
    """Create, delete and replace global secondary indexes.

    AWS accepts one index change per call.
    """
    old = {index["name"]: index for index in context.old_inputs.get("globalSecondaryIndexes") or []}
    new = {index["name"]: index for index in context.inputs.get("globalSecondaryIndexes") or []}
    for change in _index_changes(context, old, new):
        _update_table(context, AttributeDefinitions=_attributes(context), GlobalSecondaryIndexUpdates=[change])


def _index_changes(context: OperationContext, old: dict[str, Properties], new: dict[str, Properties]) -> Iterator[Args]:
    for name in sorted(old):
        if old[name] != new.get(name):
            yield {"Delete": {"IndexName": name}}
    for name in sorted(new):
        if new[name] != old.get(name):
            yield {"Create": _global_index(context, new[name])}


def _set_ttl(context: OperationContext) -> None:
    ttl = context.inputs.get("ttl") or {
        "enabled": False,
        "attributeName": (context.old_inputs.get("ttl") or {}).get("attributeName"),
    }
    specification = {"Enabled": bool(ttl.get("enabled")), "AttributeName": ttl.get("attributeName")}
    context.call("update_time_to_live", {"TableName": context.id, "TimeToLiveSpecification": specification})


def _set_recovery(context: OperationContext) -> None:
    recovery = context.inputs.get("pointInTimeRecovery") or {"enabled": False}
    specification = {
        "PointInTimeRecoveryEnabled": recovery["enabled"],
        "RecoveryPeriodInDays": recovery.get("recoveryPeriodInDays"),
    }
    context.call(
        "update_continuous_backups",
        {"TableName": context.id, "PointInTimeRecoverySpecification": specification},
    )


def _key_output(key_type: str) -> str:
    return f"KeySchema[?KeyType=='{key_type}'].AttributeName | [0]"


def _read_index(index: Any) -> Properties:
    keys = {key["KeyType"]: key["AttributeName"] for key in index["KeySchema"]}
    outputs = {
        "name": index["IndexName"],
        "hashKey": keys.get("HASH"),
        "rangeKey": keys.get("RANGE"),
        "projectionType": index["Projection"].get("ProjectionType"),
        "nonKeyAttributes": index["Projection"].get("NonKeyAttributes"),
    }
    return {name: value for name, value in outputs.items() if value is not None}


def _indexes_output(member: str) -> OutputFunction:
    return from_response(lambda item: [_read_index(index) for index in item.get(member) or []] or None)


def _read_attributes(item: Any) -> list[Properties]:
    return [
        {"name": attribute["AttributeName"], "type": attribute["AttributeType"]}
        for attribute in item["AttributeDefinitions"]
    ]


def _read_encryption(item: Any) -> Properties | None:
    described = item.get("SSEDescription")
    if not described:
        return None
    enabled = described.get("Status") in ("ENABLED", "ENABLING")
    key = {"kmsKeyArn": described["KMSMasterKeyArn"]} if described.get("KMSMasterKeyArn") else {}
    return {"enabled": enabled, **key}


def _read_ttl(response: Any) -> Properties | None:
    described = response.get("TimeToLiveDescription") or {}
    if described.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        return None
    return {"enabled": True, "attributeName": described.get("AttributeName")}


def _read_recovery(response: Any) -> Properties:
    described = response.get("ContinuousBackupsDescription", {}).get("PointInTimeRecoveryDescription", {})
    period = described.get("RecoveryPeriodInDays")
    enabled = described.get("PointInTimeRecoveryStatus") == "ENABLED"
    return {"enabled": enabled, **({"recoveryPeriodInDays": period} if period else {})}


_CREATE_INPUTS = (
    "attributes", "billingMode", "deletionProtectionEnabled", "globalSecondaryIndexes", "hashKey",
    "localSecondaryIndexes", "name", "rangeKey", "readCapacity", "serverSideEncryption", "streamEnabled",
    "streamViewType", "tableClass", "writeCapacity",
)  # fmt: skip


TYPES = (
    EmulatedType(
        tokens=("aws:dynamodb/table:Table",),
        service="dynamodb",
        id="{name}",
        id_argument="TableName",
        create=ApiCall("create_table", args=_create_args, covers_inputs=_CREATE_INPUTS),
        read=ApiCall("describe_table"),
        ready_when="TableStatus=='ACTIVE'",
        deleted_when="TableStatus=='DELETING'",
        update=[
            CustomUpdate(
                inputs=("billingMode", "readCapacity", "writeCapacity"), run=_change_capacity, on_create=False
            ),
            CustomUpdate(inputs=("deletionProtectionEnabled",), run=_change_protection, on_create=False),
            CustomUpdate(inputs=("globalSecondaryIndexes", "attributes"), run=_change_indexes, on_create=False),
            CustomUpdate(
                inputs=("streamEnabled", "streamViewType"),
                run=lambda context: _update_table(context, StreamSpecification=_stream_specification(context)),
                on_create=False,
            ),
            CustomUpdate(
                inputs=("serverSideEncryption",),
                run=lambda context: _update_table(
                    context, SSESpecification=_sse_specification(context) or {"Enabled": False}
                ),
                on_create=False,
            ),
            CustomUpdate(
                inputs=("tableClass",),
                run=lambda context: _update_table(context, TableClass=context.inputs.get("tableClass", "STANDARD")),
                on_create=False,
            ),
            CustomUpdate(inputs=("ttl",), run=_set_ttl),
            CustomUpdate(inputs=("pointInTimeRecovery",), run=_set_recovery),
        ],
        delete=ApiCall("delete_table"),
        names={
            "name": "TableName",
            "arn": "TableArn",
            "streamArn": "LatestStreamArn",
            "streamLabel": "LatestStreamLabel",
        },
        autoname=AutoName(max_length=255),
        defaults={"billingMode": "PROVISIONED"},
        outputs={
            "attributes": from_response(_read_attributes),
            "billingMode": from_response(
                lambda item: item.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
            ),
            "hashKey": _key_output("HASH"),
            "rangeKey": _key_output("RANGE"),
            "readCapacity": "ProvisionedThroughput.ReadCapacityUnits",
            "writeCapacity": "ProvisionedThroughput.WriteCapacityUnits",
            "globalSecondaryIndexes": _indexes_output("GlobalSecondaryIndexes"),
            "localSecondaryIndexes": _indexes_output("LocalSecondaryIndexes"),
            "serverSideEncryption": from_response(_read_encryption),
            "streamEnabled": from_response(lambda item: bool(item.get("StreamSpecification", {}).get("StreamEnabled"))),
            "streamViewType": "StreamSpecification.StreamViewType",
            "tableClass": "TableClassSummary.TableClass",
        },
        extra_reads=[
            ExtraRead("describe_time_to_live", outputs={"ttl": from_response(_read_ttl)}),
            ExtraRead("describe_continuous_backups", outputs={"pointInTimeRecovery": from_response(_read_recovery)}),
        ],
        tagging=TagOperations(
            "tag_resource",
            "untag_resource",
            by_arn("ResourceArn"),
            list="list_tags_of_resource",
        ),
    ),
)
