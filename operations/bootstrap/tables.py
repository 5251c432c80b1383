"""The table of leases: who changes which stack, and until when."""

from typing import Any

from operations.bootstrap.cloud import Cloud, Handler, ask, pairs, tag_list, wanted_tags
from operations.bootstrap.plan import Aspects, Piece


def _dynamodb(cloud: Cloud, piece: Piece) -> Any:
    return cloud.client("dynamodb", piece.region)


def find(cloud: Cloud, piece: Piece) -> Aspects | None:
    """The table as it is, once it is usable."""
    dynamodb = _dynamodb(cloud, piece)
    if ask(dynamodb.describe_table, TableName=piece.name) is None:
        return None
    dynamodb.get_waiter("table_exists").wait(TableName=piece.name)
    table = dynamodb.describe_table(TableName=piece.name)["Table"]
    backups = dynamodb.describe_continuous_backups(TableName=piece.name)["ContinuousBackupsDescription"]
    expiry = dynamodb.describe_time_to_live(TableName=piece.name)["TimeToLiveDescription"]
    enabled = expiry["TimeToLiveStatus"] in {"ENABLED", "ENABLING"}
    return {
        "key": "+".join(part["AttributeName"] for part in table["KeySchema"]),
        "encryption": _alias_of(cloud, piece, table.get("SSEDescription", {}).get("KMSMasterKeyArn")),
        "deletion protection": table.get("DeletionProtectionEnabled", False),
        "point-in-time recovery": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED",
        "time to live": expiry.get("AttributeName") if enabled else None,
        "tags": wanted_tags(piece, pairs(dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"])),
    }


def _alias_of(cloud: Cloud, piece: Piece, key_arn: str | None) -> str | None:
    """Our alias when it stands for this key: DynamoDB shows what an alias stood for when it was told."""
    wanted = str(piece.aspects["encryption"])
    found = ask(cloud.client("kms", piece.region).describe_key, KeyId=wanted)
    ours = found and {found["KeyMetadata"]["Arn"], found["KeyMetadata"]["KeyId"], wanted}
    return wanted if ours and key_arn in ours else key_arn


def _create(cloud: Cloud, piece: Piece) -> None:
    """With its key at once, and protected from the first moment on."""
    dynamodb, key = _dynamodb(cloud, piece), piece.aspects["key"]
    dynamodb.create_table(
        TableName=piece.name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification=_sse(piece),
        DeletionProtectionEnabled=piece.aspects["deletion protection"],
        Tags=tag_list(piece),
    )
    dynamodb.get_waiter("table_exists").wait(TableName=piece.name)


def _sse(piece: Piece) -> dict[str, Any]:
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": piece.aspects["encryption"]}


def _encryption(cloud: Cloud, piece: Piece) -> None:
    _change(cloud, piece, SSESpecification=_sse(piece))


def _protection(cloud: Cloud, piece: Piece) -> None:
    _change(cloud, piece, DeletionProtectionEnabled=piece.aspects["deletion protection"])


def _change(cloud: Cloud, piece: Piece, **more: Any) -> None:
    """Change the table and wait until it may be changed again."""
    dynamodb = _dynamodb(cloud, piece)
    dynamodb.update_table(TableName=piece.name, **more)
    dynamodb.get_waiter("table_exists").wait(TableName=piece.name)


def _recovery(cloud: Cloud, piece: Piece) -> None:
    wanted = {"PointInTimeRecoveryEnabled": piece.aspects["point-in-time recovery"]}
    _dynamodb(cloud, piece).update_continuous_backups(TableName=piece.name, PointInTimeRecoverySpecification=wanted)


def _expiry(cloud: Cloud, piece: Piece) -> None:
    wanted = {"Enabled": True, "AttributeName": piece.aspects["time to live"]}
    _dynamodb(cloud, piece).update_time_to_live(TableName=piece.name, TimeToLiveSpecification=wanted)


def _tags(cloud: Cloud, piece: Piece) -> None:
    dynamodb = _dynamodb(cloud, piece)
    arn = dynamodb.describe_table(TableName=piece.name)["Table"]["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=tag_list(piece))


TABLE = Handler(
    find,
    _create,
    {
        "encryption": _encryption,
        "deletion protection": _protection,
        "point-in-time recovery": _recovery,
        "time to live": _expiry,
        "tags": _tags,
    },
)
