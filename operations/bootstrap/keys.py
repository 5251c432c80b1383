"""The key that encrypts state and secrets, and its copy in the DR region."""

from typing import Any

from operations.bootstrap.cloud import BootstrapError, Cloud, Handler, ask, parsed, text, wanted_tags
from operations.bootstrap.plan import Aspects, Kind, Piece


def _kms(cloud: Cloud, piece: Piece) -> Any:
    return cloud.client("kms", piece.region)


def _metadata(cloud: Cloud, piece: Piece) -> Any:
    """The key behind the alias; while it has none yet, the one that an interrupted run left behind."""
    kms = _kms(cloud, piece)
    found = ask(kms.describe_key, KeyId=piece.name)
    if found is not None:
        return found["KeyMetadata"]
    return _copy_without_alias(cloud, piece) if piece.kind is Kind.KEY_COPY else _key_without_alias(cloud, piece)


def _copy_without_alias(cloud: Cloud, piece: Piece) -> Any:
    primary = _primary(cloud, piece)
    if primary is None:
        return None
    found = ask(_kms(cloud, piece).describe_key, KeyId=primary["KeyId"])
    return found and found["KeyMetadata"]


def _key_without_alias(cloud: Cloud, piece: Piece) -> Any:
    """A key that carries our name as a tag, is usable, and has no alias at all."""
    kms = _kms(cloud, piece)
    aliased = {
        alias.get("TargetKeyId") for page in kms.get_paginator("list_aliases").paginate() for alias in page["Aliases"]
    }
    for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            if key["KeyId"] in aliased:
                continue
            metadata = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            if metadata["KeyManager"] != "CUSTOMER" or metadata["KeyState"] != "Enabled":
                continue
            if _tags(kms, key["KeyId"]).get("Name") == piece.aspects["tags"]["Name"]:
                return metadata
    return None


def _primary(cloud: Cloud, piece: Piece) -> Any:
    """The multi-region key of which a copy is one, in whichever region of the account has it."""
    found = ask(cloud.client("kms", piece.aspects["primary region"]).describe_key, KeyId=piece.name)
    return found and found["KeyMetadata"]


def _tags(kms: Any, key_id: str) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=key_id)["Tags"]}


def find(cloud: Cloud, piece: Piece) -> Aspects | None:
    """The key as it is."""
    metadata = _metadata(cloud, piece)
    if metadata is None:
        return None
    if metadata["KeyState"] == "PendingDeletion":
        raise BootstrapError(
            f"{piece.label} in {piece.region} is going to be deleted; state could never be read again. "
            f"Stop that first: aws kms cancel-key-deletion --region {piece.region} --key-id {metadata['KeyId']}"
        )
    kms, key_id = _kms(cloud, piece), metadata["KeyId"]
    aliases = kms.list_aliases(KeyId=key_id)["Aliases"]
    found: dict[str, Any] = {
        "policy": parsed(kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]),
        "tags": wanted_tags(piece, _tags(kms, key_id)),
        "alias": piece.name if piece.name in {alias["AliasName"] for alias in aliases} else None,
    }
    if piece.kind is Kind.KEY:
        found["multi-region"] = metadata.get("MultiRegion", False)
        found["rotation"] = kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    else:
        found["primary region"] = metadata["MultiRegionConfiguration"]["PrimaryKey"]["Region"]
    return found


def _create(cloud: Cloud, piece: Piece) -> None:
    """With tags and policy at once: a key without them could not be found again after an interruption."""
    tags = [{"TagKey": key, "TagValue": value} for key, value in piece.aspects["tags"].items()]
    common = {"Policy": text(piece.aspects["policy"]), "Tags": tags, "Description": "Pulumi state and secrets"}
    if piece.kind is Kind.KEY:
        _kms(cloud, piece).create_key(MultiRegion=True, **common)
        return
    primary = _primary(cloud, piece)
    if primary is None:
        raise BootstrapError(f"{piece.name} has no primary key in {piece.aspects['primary region']} to be copied")
    home = cloud.client("kms", piece.aspects["primary region"])
    home.replicate_key(KeyId=primary["KeyId"], ReplicaRegion=piece.region, **common)


def _key_id(cloud: Cloud, piece: Piece) -> str:
    return str(_metadata(cloud, piece)["KeyId"])


def _alias(cloud: Cloud, piece: Piece) -> None:
    _kms(cloud, piece).create_alias(AliasName=piece.name, TargetKeyId=_key_id(cloud, piece))


def _rotation(cloud: Cloud, piece: Piece) -> None:
    _kms(cloud, piece).enable_key_rotation(KeyId=_key_id(cloud, piece))


def _policy(cloud: Cloud, piece: Piece) -> None:
    document = text(piece.aspects["policy"])
    _kms(cloud, piece).put_key_policy(KeyId=_key_id(cloud, piece), PolicyName="default", Policy=document)


def _set_tags(cloud: Cloud, piece: Piece) -> None:
    tags = [{"TagKey": key, "TagValue": value} for key, value in piece.aspects["tags"].items()]
    _kms(cloud, piece).tag_resource(KeyId=_key_id(cloud, piece), Tags=tags)


_SETTERS = {"policy": _policy, "tags": _set_tags, "alias": _alias}
KEY = Handler(find, _create, {**_SETTERS, "rotation": _rotation})
KEY_COPY = Handler(find, _create, _SETTERS)
