"""KMS: keys, multi-Region replicas, aliases and key policies."""

import json
from collections.abc import Iterator
from typing import Any

from rehearsal.providers.aws.context import OperationContext, by_id, no_args
from rehearsal.providers.aws.notations import key_id
from rehearsal.providers.aws.table import ApiCall, AutoName, CustomUpdate, EmulatedType, ExtraRead, find_by_id
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.values import UNKNOWN, Properties

_TAGGING = TagOperations("tag_resource", "untag_resource", by_id("KeyId"), list="list_resource_tags")
_POLICY_READ = ExtraRead(
    "get_key_policy", args=lambda context: {"KeyId": context.id, "PolicyName": "default"}, outputs={"policy": "Policy"}
)
_ROTATION = {"enableKeyRotation": "KeyRotationEnabled", "rotationPeriodInDays": "RotationPeriodInDays"}
_PENDING_DELETION = "KeyState=='PendingDeletion' || KeyState=='PendingReplicaDeletion'"

_ALREADY_DELETED = "is pending deletion"


def _put_policy(context: OperationContext) -> None:
    args = {
        "KeyId": context.id,
        "PolicyName": "default",
        "Policy": context.inputs.get("policy") or default_policy(context),
        "BypassPolicyLockoutSafetyCheck": context.inputs.get("bypassPolicyLockoutSafetyCheck"),
    }
    context.call("put_key_policy", args)


def default_policy(context: OperationContext) -> str:
    """Return AWS's default key policy, which delegates access control to IAM."""
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": context.format("arn:{partition}:iam::{account}:root")},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


def _set_description(context: OperationContext) -> None:
    context.call("update_key_description", {"KeyId": context.id, "Description": context.inputs.get("description", "")})


def _set_rotation(context: OperationContext) -> None:
    if context.inputs.get("enableKeyRotation"):
        period = context.inputs.get("rotationPeriodInDays")
        context.call("enable_key_rotation", {"KeyId": context.id, "RotationPeriodInDays": period})
    elif context.old_inputs.get("enableKeyRotation"):
        context.call("disable_key_rotation", {"KeyId": context.id})


def _enable_by(flag: str) -> CustomUpdate:
    """Return an update that enables or disables the key according to an input."""

    def run(context: OperationContext) -> None:
        context.call("enable_key" if context.inputs.get(flag, True) else "disable_key", {"KeyId": context.id})

    return CustomUpdate(inputs=(flag,), run=run)


def _primary_region_and_key(context: OperationContext) -> list[str]:
    """Return the region and the key id from the ARN of the primary key."""
    parts = str(context.inputs["primaryKeyArn"]).split(":")
    return [parts[3], parts[5].removeprefix("key/")]


def _alias_target(context: OperationContext, item: Any) -> str:
    """Return the target as the program wrote it, because AWS returns only the key id."""
    written = str(context.get("targetKeyId", ""))
    return written if written.rsplit("/", maxsplit=1)[-1] == item["TargetKeyId"] else str(item["TargetKeyId"])


def _validate_alias(inputs: Properties) -> Iterator[tuple[str, str]]:
    name = str(inputs.get("name", "alias/"))
    if name != UNKNOWN and not name.startswith("alias/"):
        yield "name", '"name" must begin with alias/'


def _deletion_args(context: OperationContext) -> dict[str, Any]:
    return {"KeyId": context.id, "PendingWindowInDays": context.get("deletionWindowInDays") or 30}


TYPES = (
    EmulatedType(
        tokens=("aws:kms/key:Key",),
        service="kms",
        id="KeyId",
        create=ApiCall("create_key"),
        read=ApiCall("describe_key"),
        deleted_when=_PENDING_DELETION,
        update=[
            CustomUpdate(inputs=("policy",), run=_put_policy, on_create=False),
            CustomUpdate(inputs=("description",), run=_set_description, on_create=False),
            CustomUpdate(inputs=("enableKeyRotation", "rotationPeriodInDays"), run=_set_rotation),
            _enable_by("isEnabled"),
        ],
        delete=ApiCall("schedule_key_deletion", args=_deletion_args),
        not_found_message=_ALREADY_DELETED,
        names={"customerMasterKeySpec": "KeySpec", "isEnabled": "Enabled"},
        defaults={
            "isEnabled": True,
            "enableKeyRotation": False,
            "bypassPolicyLockoutSafetyCheck": False,
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "keyUsage": "ENCRYPT_DECRYPT",
        },
        state_only=("deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"),
        extra_reads=[_POLICY_READ, ExtraRead("get_key_rotation_status", outputs=_ROTATION)],
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:kms/replicaKey:ReplicaKey",),
        service="kms",
        id="KeyId",
        create=ApiCall(
            "replicate_key",
            args=lambda context: {
                "KeyId": _primary_region_and_key(context)[1],
                "ReplicaRegion": context.region,
                "Description": context.inputs.get("description"),
                "Policy": context.inputs.get("policy"),
                "BypassPolicyLockoutSafetyCheck": context.inputs.get("bypassPolicyLockoutSafetyCheck"),
            },
            covers_inputs=("primaryKeyArn", "description", "policy"),
            region=lambda context: _primary_region_and_key(context)[0],
        ),
        read=ApiCall("describe_key"),
        deleted_when=_PENDING_DELETION,
        update=[
            CustomUpdate(inputs=("policy",), run=_put_policy, on_create=False),
            CustomUpdate(inputs=("description",), run=_set_description, on_create=False),
            _enable_by("enabled"),
        ],
        delete=ApiCall("schedule_key_deletion", args=_deletion_args),
        not_found_message=_ALREADY_DELETED,
        defaults={"enabled": True, "bypassPolicyLockoutSafetyCheck": False},
        state_only=("deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"),
        outputs={"primaryKeyArn": "MultiRegionConfiguration.PrimaryKey.Arn"},
        extra_reads=[
            _POLICY_READ,
            ExtraRead("get_key_rotation_status", outputs={"keyRotationEnabled": "KeyRotationEnabled"}),
        ],
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:kms/alias:Alias",),
        service="kms",
        id="{name}",
        id_argument="AliasName",
        create=ApiCall("create_alias"),
        read=ApiCall("list_aliases", args=no_args),
        item=find_by_id("Aliases", "AliasName"),
        update=[ApiCall("update_alias")],
        delete=ApiCall("delete_alias"),
        names={"name": "AliasName", "arn": "AliasArn"},
        autoname=AutoName(prefix="alias/", max_length=256),
        notations={"targetKeyId": key_id},
        validate=_validate_alias,
        outputs={
            "targetKeyId": _alias_target,
            "targetKeyArn": lambda context, item: (
                context.format("arn:{partition}:kms:{region}:{account}:key/") + item["TargetKeyId"]
            ),
        },
    ),
    EmulatedType(
        tokens=("aws:kms/keyPolicy:KeyPolicy",),
        service="kms",
        id="{keyId}",
        id_argument="KeyId",
        create=ApiCall(
            "put_key_policy",
            args=lambda context: {
                "KeyId": context.inputs["keyId"],
                "PolicyName": "default",
                "Policy": context.inputs["policy"],
            },
            covers_inputs=("keyId", "policy"),
        ),
        read=ApiCall("get_key_policy", args=lambda context: {"KeyId": context.id, "PolicyName": "default"}),
        item="@",
        update=[CustomUpdate(inputs=("policy",), run=_put_policy, on_create=False)],
        delete=ApiCall(
            "put_key_policy",
            args=lambda context: {"KeyId": context.id, "PolicyName": "default", "Policy": default_policy(context)},
        ),
        defaults={"bypassPolicyLockoutSafetyCheck": False},
        state_only=("bypassPolicyLockoutSafetyCheck",),
    ),
)
