"""Secrets Manager and SSM Parameter Store."""

import base64
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import Auto, Look, ResourceType, Step, of_item, of_work, op
from rehearsal.providers.aws.tags import TagCalls, TypedTags
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties


def _delete_secret(work: Work) -> Args:
    """A window of 0 days deletes at once, as in the real provider; the name is free again only then."""
    days = work.get("recoveryWindowInDays")
    if days == 0:
        return {"SecretId": work.id, "ForceDeleteWithoutRecovery": True}
    return {"SecretId": work.id, "RecoveryWindowInDays": days or 30}


def _secret_policy(work: Work) -> None:
    policy = work.new.get("policy")
    if policy:
        work.call("put_resource_policy", {"SecretId": work.id, "ResourcePolicy": policy})
    else:
        work.call("delete_resource_policy", {"SecretId": work.id})


def _replica_args(replicas: list[Properties]) -> list[Args]:
    return [{"Region": one["region"], "KmsKeyId": one.get("kmsKeyId")} for one in replicas]


def _replicate_secret(work: Work) -> None:
    old = {one["region"]: one for one in work.old.get("replicas") or []}
    new = {one["region"]: one for one in work.new.get("replicas") or []}
    gone = sorted(old.keys() - new.keys())
    if gone:
        work.call("remove_regions_from_replication", {"SecretId": work.id, "RemoveReplicaRegions": gone})
    added = [new[region] for region in sorted(new.keys() - old.keys())]
    if added:
        wanted = {
            "SecretId": work.id,
            "AddReplicaRegions": _replica_args(added),
            "ForceOverwriteReplicaSecret": work.new.get("forceOverwriteReplicaSecret"),
        }
        work.call("replicate_secret_to_regions", wanted)


def _replicas(item: Any) -> list[Properties] | None:
    names = {"Region": "region", "KmsKeyId": "kmsKeyId", "Status": "status", "StatusMessage": "statusMessage"}
    found = [
        {name: one[member] for member, name in names.items() if one.get(member)}
        for one in item.get("ReplicationStatus") or []
    ]
    return found or None


def _put_value(work: Work) -> Args:
    binary = work.new.get("secretBinary")
    return {
        "SecretId": work.new["secretId"],
        "SecretString": work.new.get("secretString") or work.new.get("secretStringWo"),
        "SecretBinary": base64.b64decode(binary) if binary else None,
        "VersionStages": work.new.get("versionStages"),
    }


def _version_args(work: Work) -> Args:
    secret, _, version = work.id.rpartition("|")
    return {"SecretId": secret, "VersionId": version}


def _retire_version(work: Work) -> None:
    """A version goes when no stage names it; the current one stays, as AWS insists."""
    args = _version_args(work)
    for stage in work.get("versionStages") or []:
        if stage != "AWSCURRENT":
            wanted = {"SecretId": args["SecretId"], "VersionStage": stage, "RemoveFromVersionId": args["VersionId"]}
            work.call("update_secret_version_stage", wanted)


def _put_parameter(work: Work) -> Args:
    value = next((work.new[name] for name in ("value", "insecureValue", "valueWo") if work.new.get(name)), None)
    new = not work.id
    return {
        "Name": work.new["name"],
        "Value": value,
        "Type": work.new["type"],
        "Description": work.new.get("description"),
        "KeyId": work.new.get("keyId"),
        "AllowedPattern": work.new.get("allowedPattern"),
        "Tier": work.new.get("tier"),
        "DataType": work.new.get("dataType"),
        "Overwrite": bool(work.new.get("overwrite")) if new else True,
    }


_PARAMETER_INPUTS = (
    "allowedPattern", "dataType", "description", "insecureValue", "keyId", "tier", "type", "value", "valueWo",
)  # fmt: skip


def _described(work: Work) -> Args:
    return {"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": [work.id]}]}


def _shown_value(name: str) -> Any:
    """A value goes back under the input by which it came."""
    return lambda work, item: item["Value"] if work.get(name) is not None or name == "value" else None


TYPES = (
    ResourceType(
        tokens=("aws:secretsmanager/secret:Secret",),
        service="secretsmanager",
        id="ARN",
        key="SecretId",
        create=op(
            "create_secret",
            beside=lambda work: {"AddReplicaRegions": _replica_args(work.new.get("replicas") or []) or None},
            carries=("replicas",),
        ),
        read=op("describe_secret"),
        item="@",
        gone="DeletedDate",
        update=[
            Step(inputs=("policy",), run=_secret_policy),
            Step(inputs=("replicas",), run=_replicate_secret, on_create=False),
            op("update_secret"),
        ],
        delete=op("delete_secret", _delete_secret),
        auto=Auto(limit=512),
        defaults={"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30},
        local=("recoveryWindowInDays",),
        outputs={"replicas": of_item(_replicas)},
        also=[Look(name="get_resource_policy", outputs={"policy": "ResourcePolicy"})],
        tagging=TagCalls("tag_resource", "untag_resource", lambda work: {"SecretId": work.id}),
    ),
    ResourceType(
        tokens=("aws:secretsmanager/secretVersion:SecretVersion",),
        service="secretsmanager",
        id="{secretId}|{VersionId}",
        create=op(
            "put_secret_value",
            _put_value,
            inputs=("secretId", "secretString", "secretBinary", "secretStringWo", "versionStages"),
        ),
        read=op("get_secret_value", _version_args),
        item="@",
        before_delete=[_retire_version],
        outputs={
            "secretId": of_work(lambda work: work.id.rpartition("|")[0]),
            "secretArn": "ARN",
            "hasSecretStringWo": of_work(lambda work: bool(work.get("secretStringWo"))),
        },
        local=("secretStringWoVersion",),
        force=("secretStringWoVersion",),
    ),
    ResourceType(
        tokens=("aws:ssm/parameter:Parameter",),
        service="ssm",
        id="{name}",
        create=op("put_parameter", _put_parameter, inputs=("name", *_PARAMETER_INPUTS)),
        read=op("get_parameter", lambda work: {"Name": work.id, "WithDecryption": True}),
        update=[op("put_parameter", _put_parameter, inputs=_PARAMETER_INPUTS)],
        delete=op("delete_parameter", lambda work: {"Name": work.id}),
        auto=Auto(limit=2048),
        local=("overwrite", "valueWoVersion"),
        force=("type", "dataType"),
        outputs={
            "value": _shown_value("value"),
            "insecureValue": _shown_value("insecureValue"),
            "hasValueWo": of_work(lambda work: bool(work.get("valueWo"))),
        },
        also=[
            Look(
                name="describe_parameters",
                args=_described,
                outputs={
                    "description": "Parameters[0].Description",
                    "tier": "Parameters[0].Tier",
                    "keyId": "Parameters[0].KeyId",
                    "allowedPattern": "Parameters[0].AllowedPattern",
                },
            ),
        ],
        tagging=TypedTags("Parameter", "add_tags_to_resource", "remove_tags_from_resource", "list_tags_for_resource"),
    ),
)
