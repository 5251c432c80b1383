"""Lease table: the holder of each stack and the expiry of the lease."""

from typing import Any

from operations.bootstrap.cloud import AwsClients, ResourceHandler, call_or_none, managed_tags, tag_list, tags_by_key
from operations.bootstrap.plan import Attributes, Resource


def _dynamodb(clients: AwsClients, resource: Resource) -> Any:
    return clients.client("dynamodb", resource.region)


def find(clients: AwsClients, resource: Resource) -> Attributes | None:
    """Wait until the table is active, then read its attributes."""
    dynamodb = _dynamodb(clients, resource)
    if call_or_none(dynamodb.describe_table, TableName=resource.name) is None:
        return None
    dynamodb.get_waiter("table_exists").wait(TableName=resource.name)
    table = dynamodb.describe_table(TableName=resource.name)["Table"]
    backups = dynamodb.describe_continuous_backups(TableName=resource.name)["ContinuousBackupsDescription"]
    expiry = dynamodb.describe_time_to_live(TableName=resource.name)["TimeToLiveDescription"]
    enabled = expiry["TimeToLiveStatus"] in {"ENABLED", "ENABLING"}
    return {
        "key": "+".join(part["AttributeName"] for part in table["KeySchema"]),
        "encryption": _alias_of(clients, resource, table.get("SSEDescription", {}).get("KMSMasterKeyArn")),
        "deletion protection": table.get("DeletionProtectionEnabled", False),
        "point-in-time recovery": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED",
        "time to live": expiry.get("AttributeName") if enabled else None,
        "tags": managed_tags(
            resource, tags_by_key(dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"])
        ),
    }


def _alias_of(clients: AwsClients, resource: Resource, key_arn: str | None) -> str | None:
    """Return our alias if it refers to this key, else the key's ARN.

    DynamoDB returns a key ARN even if the encryption was set with an alias.
    """
    wanted = str(resource.attributes["encryption"])
    found = call_or_none(clients.client("kms", resource.region).describe_key, KeyId=wanted)
    ours = found and {found["KeyMetadata"]["Arn"], found["KeyMetadata"]["KeyId"], wanted}
    return wanted if ours and key_arn in ours else key_arn


def _create(clients: AwsClients, resource: Resource) -> None:
    """Create the table with encryption and deletion protection."""
    dynamodb, key = _dynamodb(clients, resource), resource.attributes["key"]
    dynamodb.create_table(
        TableName=resource.name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification=_sse(resource),
        DeletionProtectionEnabled=resource.attributes["deletion protection"],
        Tags=tag_list(resource),
    )
    dynamodb.get_waiter("table_exists").wait(TableName=resource.name)


def _sse(resource: Resource) -> dict[str, Any]:
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": resource.attributes["encryption"]}


def _encryption(clients: AwsClients, resource: Resource) -> None:
    _change(clients, resource, SSESpecification=_sse(resource))


def _protection(clients: AwsClients, resource: Resource) -> None:
    _change(clients, resource, DeletionProtectionEnabled=resource.attributes["deletion protection"])


def _change(clients: AwsClients, resource: Resource, **more: Any) -> None:
    """Update the table and wait until it accepts the next change."""
    dynamodb = _dynamodb(clients, resource)
    dynamodb.update_table(TableName=resource.name, **more)
    dynamodb.get_waiter("table_exists").wait(TableName=resource.name)


def _recovery(clients: AwsClients, resource: Resource) -> None:
    wanted = {"PointInTimeRecoveryEnabled": resource.attributes["point-in-time recovery"]}
    _dynamodb(clients, resource).update_continuous_backups(
        TableName=resource.name, PointInTimeRecoverySpecification=wanted
    )


def _expiry(clients: AwsClients, resource: Resource) -> None:
    wanted = {"Enabled": True, "AttributeName": resource.attributes["time to live"]}
    _dynamodb(clients, resource).update_time_to_live(TableName=resource.name, TimeToLiveSpecification=wanted)


def _tags(clients: AwsClients, resource: Resource) -> None:
    dynamodb = _dynamodb(clients, resource)
    arn = dynamodb.describe_table(TableName=resource.name)["Table"]["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=tag_list(resource))


TABLE = ResourceHandler(
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
