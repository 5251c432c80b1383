"""KMS key for state and secrets, and its replica in the DR region."""

from typing import Any

from operations.bootstrap.cloud import (
    AwsClients,
    BootstrapError,
    ResourceHandler,
    call_or_none,
    compact_json,
    managed_tags,
    parse_document,
)
from operations.bootstrap.plan import Attributes, Resource, ResourceKind


def _kms(clients: AwsClients, resource: Resource) -> Any:
    return clients.client("kms", resource.region)


def _metadata(clients: AwsClients, resource: Resource) -> Any:
    """Return the metadata of the key behind the alias.

    If the alias is missing, return the key that an interrupted run left, or None.
    """
    kms = _kms(clients, resource)
    found = call_or_none(kms.describe_key, KeyId=resource.name)
    if found is not None:
        return found["KeyMetadata"]
    return (
        _copy_without_alias(clients, resource)
        if resource.kind is ResourceKind.KEY_COPY
        else _key_without_alias(clients, resource)
    )


def _copy_without_alias(clients: AwsClients, resource: Resource) -> Any:
    primary = _primary(clients, resource)
    if primary is None:
        return None
    found = call_or_none(_kms(clients, resource).describe_key, KeyId=primary["KeyId"])
    return found and found["KeyMetadata"]


def _key_without_alias(clients: AwsClients, resource: Resource) -> Any:
    """Return the metadata of an enabled multi-Region key without an alias, or None.

    The key must have our Name tag. A single-Region key with this tag is an earlier key that lost its alias.
    """
    kms = _kms(clients, resource)
    aliased = {
        alias.get("TargetKeyId") for page in kms.get_paginator("list_aliases").paginate() for alias in page["Aliases"]
    }
    for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            if key["KeyId"] in aliased:
                continue
            metadata = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            ours = metadata["KeyManager"] == "CUSTOMER" and metadata["KeyState"] == "Enabled"
            if not ours or not metadata.get("MultiRegion", False):
                continue
            if _tags(kms, key["KeyId"]).get("Name") == resource.attributes["tags"]["Name"]:
                return metadata
    return None


def _primary(clients: AwsClients, resource: Resource) -> Any:
    """Return the metadata of a replica's primary key, or None."""
    found = call_or_none(clients.client("kms", resource.attributes["primary region"]).describe_key, KeyId=resource.name)
    return found and found["KeyMetadata"]


def _tags(kms: Any, key_id: str) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=key_id)["Tags"]}


def find(clients: AwsClients, resource: Resource) -> Attributes | None:
    """Read the key. Raises BootstrapError when the key is scheduled for deletion."""
    metadata = _metadata(clients, resource)
    if metadata is None:
        return None
    if metadata["KeyState"] == "PendingDeletion":
        raise BootstrapError(
            f"{resource.label} in {resource.region} is scheduled for deletion, which would make the state unreadable. "
            "Cancel the deletion first: "
            f"aws kms cancel-key-deletion --region {resource.region} --key-id {metadata['KeyId']}"
        )
    kms, key_id = _kms(clients, resource), metadata["KeyId"]
    aliases = kms.list_aliases(KeyId=key_id)["Aliases"]
    found: dict[str, Any] = {
        "policy": parse_document(kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]),
        "tags": managed_tags(resource, _tags(kms, key_id)),
        "alias": resource.name if resource.name in {alias["AliasName"] for alias in aliases} else None,
    }
    if resource.kind is ResourceKind.KEY:
        found["multi-region"] = metadata.get("MultiRegion", False)
        found["rotation"] = kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    else:
        replicated = metadata.get("MultiRegionConfiguration") or {"PrimaryKey": {}}
        found["primary region"] = replicated["PrimaryKey"].get("Region")
    return found


def _create(clients: AwsClients, resource: Resource) -> None:
    """Create the key together with its tags and policy.

    After an interrupted run, the next run finds the key by its tags.
    """
    tags = [{"TagKey": key, "TagValue": value} for key, value in resource.attributes["tags"].items()]
    common = {
        "Policy": compact_json(resource.attributes["policy"]),
        "Tags": tags,
        "Description": "Pulumi state and secrets",
    }
    if resource.kind is ResourceKind.KEY:
        _kms(clients, resource).create_key(MultiRegion=True, **common)
        return
    primary = _primary(clients, resource)
    if primary is None:
        raise BootstrapError(
            f"{resource.name} has no primary key in {resource.attributes['primary region']} to replicate. "
            "Run the command again; it creates the primary key first."
        )
    home = clients.client("kms", resource.attributes["primary region"])
    home.replicate_key(KeyId=primary["KeyId"], ReplicaRegion=resource.region, **common)


def _key_id(clients: AwsClients, resource: Resource) -> str:
    return str(_metadata(clients, resource)["KeyId"])


def _alias(clients: AwsClients, resource: Resource) -> None:
    _kms(clients, resource).create_alias(AliasName=resource.name, TargetKeyId=_key_id(clients, resource))


def _rotation(clients: AwsClients, resource: Resource) -> None:
    _kms(clients, resource).enable_key_rotation(KeyId=_key_id(clients, resource))


def _policy(clients: AwsClients, resource: Resource) -> None:
    document = compact_json(resource.attributes["policy"])
    _kms(clients, resource).put_key_policy(KeyId=_key_id(clients, resource), PolicyName="default", Policy=document)


def _set_tags(clients: AwsClients, resource: Resource) -> None:
    tags = [{"TagKey": key, "TagValue": value} for key, value in resource.attributes["tags"].items()]
    _kms(clients, resource).tag_resource(KeyId=_key_id(clients, resource), Tags=tags)


_SETTERS = {"policy": _policy, "tags": _set_tags, "alias": _alias}
KEY = ResourceHandler(find, _create, {**_SETTERS, "rotation": _rotation})
KEY_COPY = ResourceHandler(find, _create, _SETTERS)
