"""Secrets Manager: secrets and their versions."""

import base64
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_id
from rehearsal.providers.aws.table import (
    ApiCall,
    AutoName,
    CustomUpdate,
    EmulatedType,
    ExtraRead,
    from_context,
    from_response,
)
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.values import Properties


def _delete_args(context: OperationContext) -> Args:
    """Build the arguments of a deletion.

    A recovery window of 0 days deletes the secret at once and releases its name.
    """
    days = context.get("recoveryWindowInDays")
    if days == 0:
        return {"SecretId": context.id, "ForceDeleteWithoutRecovery": True}
    return {"SecretId": context.id, "RecoveryWindowInDays": days or 30}


def _set_policy(context: OperationContext) -> None:
    policy = context.inputs.get("policy")
    if policy:
        context.call("put_resource_policy", {"SecretId": context.id, "ResourcePolicy": policy})
    else:
        context.call("delete_resource_policy", {"SecretId": context.id})


def _replica_args(replicas: list[Properties]) -> list[Args]:
    return [{"Region": replica["region"], "KmsKeyId": replica.get("kmsKeyId")} for replica in replicas]


def _change_replicas(context: OperationContext) -> None:
    old = {replica["region"]: replica for replica in context.old_inputs.get("replicas") or []}
    new = {replica["region"]: replica for replica in context.inputs.get("replicas") or []}
    removed = sorted(old.keys() - new.keys())
    if removed:
        context.call("remove_regions_from_replication", {"SecretId": context.id, "RemoveReplicaRegions": removed})
    added = [new[region] for region in sorted(new.keys() - old.keys())]
    if added:
        args = {
            "SecretId": context.id,
            "AddReplicaRegions": _replica_args(added),
            "ForceOverwriteReplicaSecret": context.inputs.get("forceOverwriteReplicaSecret"),
        }
        context.call("replicate_secret_to_regions", args)


def _remove_replicas(context: OperationContext) -> None:
    """Remove the replicas, because AWS does not delete a secret that has some."""
    regions = sorted(replica["region"] for replica in context.get("replicas") or [])
    if regions:
        context.call("remove_regions_from_replication", {"SecretId": context.id, "RemoveReplicaRegions": regions})


def _read_replicas(item: Any) -> list[Properties] | None:
    names = {"Region": "region", "KmsKeyId": "kmsKeyId", "Status": "status", "StatusMessage": "statusMessage"}
    replicas = [
        {name: replica[member] for member, name in names.items() if replica.get(member)}
        for replica in item.get("ReplicationStatus") or []
    ]
    return replicas or None


def _put_value_args(context: OperationContext) -> Args:
    binary = context.inputs.get("secretBinary")
    return {
        "SecretId": context.inputs["secretId"],
        "SecretString": context.inputs.get("secretString") or context.inputs.get("secretStringWo"),
        "SecretBinary": base64.b64decode(binary) if binary else None,
        "VersionStages": context.inputs.get("versionStages"),
    }


def _version_key(context: OperationContext) -> Args:
    secret, _, version = context.id.rpartition("|")
    return {"SecretId": secret, "VersionId": version}


def _retire_version(context: OperationContext) -> None:
    """Remove the staging labels of a version, so that AWS deletes the version.

    The current version stays, because AWS does not allow the removal of its label `AWSCURRENT`.
    """
    key = _version_key(context)
    for stage in context.get("versionStages") or []:
        if stage != "AWSCURRENT":
            args = {"SecretId": key["SecretId"], "VersionStage": stage, "RemoveFromVersionId": key["VersionId"]}
            context.call("update_secret_version_stage", args)


TYPES = (
    EmulatedType(
        tokens=("aws:secretsmanager/secret:Secret",),
        service="secretsmanager",
        id="ARN",
        id_argument="SecretId",
        create=ApiCall(
            "create_secret",
            extra_args=lambda context: {
                "AddReplicaRegions": _replica_args(context.inputs.get("replicas") or []) or None
            },
            covers_inputs=("replicas",),
        ),
        read=ApiCall("describe_secret"),
        item="@",
        deleted_when="DeletedDate",
        update=[
            CustomUpdate(inputs=("policy",), run=_set_policy),
            CustomUpdate(inputs=("replicas",), run=_change_replicas, on_create=False),
            ApiCall("update_secret"),
        ],
        before_delete=[_remove_replicas],
        delete=ApiCall("delete_secret", args=_delete_args),
        autoname=AutoName(max_length=512),
        defaults={"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30},
        state_only=("recoveryWindowInDays",),
        outputs={"replicas": from_response(_read_replicas)},
        extra_reads=[ExtraRead("get_resource_policy", outputs={"policy": "ResourcePolicy"})],
        tagging=TagOperations("tag_resource", "untag_resource", by_id("SecretId")),
    ),
    EmulatedType(
        tokens=("aws:secretsmanager/secretVersion:SecretVersion",),
        service="secretsmanager",
        id="{secretId}|{VersionId}",
        create=ApiCall(
            "put_secret_value",
            args=_put_value_args,
            covers_inputs=("secretId", "secretString", "secretBinary", "secretStringWo", "versionStages"),
        ),
        read=ApiCall("get_secret_value", args=_version_key),
        item="@",
        before_delete=[_retire_version],
        outputs={
            "secretId": from_context(lambda context: context.id.rpartition("|")[0]),
            "secretArn": "ARN",
            "hasSecretStringWo": from_context(lambda context: bool(context.get("secretStringWo"))),
        },
        state_only=("secretStringWoVersion",),
        force_new=("secretStringWoVersion",),
    ),
)
