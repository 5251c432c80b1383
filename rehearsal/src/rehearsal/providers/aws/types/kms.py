"""KMS: keys, replicas in other regions, their names and policies."""

import json
from typing import Any

from rehearsal.providers.aws.table import Auto, Look, ResourceType, Step, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work

KMS_TAGS = TagCalls("tag_resource", "untag_resource", lambda work: {"KeyId": work.id}, list="list_resource_tags")

_POLICY = Look(
    name="get_key_policy", args=lambda work: {"KeyId": work.id, "PolicyName": "default"}, outputs={"policy": "Policy"}
)
_ROTATION = {"enableKeyRotation": "KeyRotationEnabled", "rotationPeriodInDays": "RotationPeriodInDays"}
_GONE = "KeyState=='PendingDeletion' || KeyState=='PendingReplicaDeletion'"


def _put_policy(work: Work) -> None:
    wanted = {
        "KeyId": work.id,
        "PolicyName": "default",
        "Policy": work.new.get("policy") or default_policy(work),
        "BypassPolicyLockoutSafetyCheck": work.new.get("bypassPolicyLockoutSafetyCheck"),
    }
    work.call("put_key_policy", wanted)


def default_policy(work: Work) -> str:
    """The policy that AWS gives a key without one: the account decides, by IAM."""
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": work.fill("arn:{partition}:iam::{account}:root")},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


def _describe(work: Work) -> None:
    work.call("update_key_description", {"KeyId": work.id, "Description": work.new.get("description", "")})


def _rotate(work: Work) -> None:
    if work.new.get("enableKeyRotation"):
        period = work.new.get("rotationPeriodInDays")
        work.call("enable_key_rotation", {"KeyId": work.id, "RotationPeriodInDays": period})
    elif work.old.get("enableKeyRotation"):
        work.call("disable_key_rotation", {"KeyId": work.id})


def _switch(flag: str) -> Step:
    """Enable or disable the key by an input of that name."""

    def run(work: Work) -> None:
        work.call("enable_key" if work.new.get(flag, True) else "disable_key", {"KeyId": work.id})

    return Step(inputs=(flag,), run=run)


def _primary(work: Work) -> list[str]:
    """Region and key id out of the primary's ARN."""
    parts = str(work.new["primaryKeyArn"]).split(":")
    return [parts[3], parts[5].removeprefix("key/")]


def _alias_target(work: Work, item: Any) -> str:
    """The target as the program wrote it: AWS only knows the bare id."""
    written = str(work.get("targetKeyId", ""))
    return written if written.rsplit("/", maxsplit=1)[-1] == item["TargetKeyId"] else str(item["TargetKeyId"])


def _schedule(work: Work) -> dict[str, Any]:
    return {"KeyId": work.id, "PendingWindowInDays": work.get("deletionWindowInDays") or 30}


TYPES = (
    ResourceType(
        tokens=("aws:kms/key:Key",),
        service="kms",
        id="KeyId",
        create=op("create_key"),
        read=op("describe_key"),
        gone=_GONE,
        update=[
            Step(inputs=("policy",), run=_put_policy, on_create=False),
            Step(inputs=("description",), run=_describe, on_create=False),
            Step(inputs=("enableKeyRotation", "rotationPeriodInDays"), run=_rotate),
            _switch("isEnabled"),
        ],
        delete=op("schedule_key_deletion", _schedule),
        names={"customerMasterKeySpec": "KeySpec", "isEnabled": "Enabled"},
        defaults={
            "isEnabled": True,
            "enableKeyRotation": False,
            "bypassPolicyLockoutSafetyCheck": False,
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "keyUsage": "ENCRYPT_DECRYPT",
        },
        local=("deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"),
        also=[_POLICY, Look(name="get_key_rotation_status", outputs=_ROTATION)],
        tagging=KMS_TAGS,
    ),
    ResourceType(
        tokens=("aws:kms/replicaKey:ReplicaKey",),
        service="kms",
        id="KeyId",
        create=op(
            "replicate_key",
            lambda work: {
                "KeyId": _primary(work)[1],
                "ReplicaRegion": work.region,
                "Description": work.new.get("description"),
                "Policy": work.new.get("policy"),
                "BypassPolicyLockoutSafetyCheck": work.new.get("bypassPolicyLockoutSafetyCheck"),
            },
            inputs=("primaryKeyArn", "description", "policy"),
            region=lambda work: _primary(work)[0],
        ),
        read=op("describe_key"),
        gone=_GONE,
        update=[
            Step(inputs=("policy",), run=_put_policy, on_create=False),
            Step(inputs=("description",), run=_describe, on_create=False),
            _switch("enabled"),
        ],
        delete=op("schedule_key_deletion", _schedule),
        defaults={"enabled": True, "bypassPolicyLockoutSafetyCheck": False},
        local=("deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"),
        outputs={"primaryKeyArn": "MultiRegionConfiguration.PrimaryKey.Arn"},
        also=[_POLICY, Look(name="get_key_rotation_status", outputs={"keyRotationEnabled": "KeyRotationEnabled"})],
        tagging=KMS_TAGS,
    ),
    ResourceType(
        tokens=("aws:kms/alias:Alias",),
        service="kms",
        id="{name}",
        key="AliasName",
        create=op("create_alias"),
        read=op("list_aliases", lambda work: {}),  # noqa: ARG005  # AWS can't look one up
        item=lambda work, answer: next((one for one in answer["Aliases"] if one["AliasName"] == work.id), None),
        update=[op("update_alias")],
        delete=op("delete_alias"),
        names={"name": "AliasName", "arn": "AliasArn"},
        auto=Auto(prefix="alias/", limit=256),
        outputs={
            "targetKeyId": _alias_target,
            "targetKeyArn": lambda work, item: (
                work.fill("arn:{partition}:kms:{region}:{account}:key/") + item["TargetKeyId"]
            ),
        },
    ),
    ResourceType(
        tokens=("aws:kms/keyPolicy:KeyPolicy",),
        service="kms",
        id="{keyId}",
        key="KeyId",
        create=op(
            "put_key_policy",
            lambda work: {"KeyId": work.new["keyId"], "PolicyName": "default", "Policy": work.new["policy"]},
            inputs=("keyId", "policy"),
        ),
        read=op("get_key_policy", lambda work: {"KeyId": work.id, "PolicyName": "default"}),
        item="@",
        update=[Step(inputs=("policy",), run=_put_policy, on_create=False)],
        delete=op(
            "put_key_policy",
            lambda work: {"KeyId": work.id, "PolicyName": "default", "Policy": default_policy(work)},
        ),
        defaults={"bypassPolicyLockoutSafetyCheck": False},
        local=("bypassPolicyLockoutSafetyCheck",),
    ),
)
