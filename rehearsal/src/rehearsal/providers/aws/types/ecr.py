"""ECR: repositories and their lifecycle policies."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_arn
from rehearsal.providers.aws.table import ApiCall, AutoName, CustomUpdate, EmulatedType
from rehearsal.providers.aws.tags import TagOperations


def _encryption_args(context: OperationContext) -> Args:
    for inputs in context.inputs.get("encryptionConfigurations") or []:
        configuration = {"encryptionType": inputs.get("encryptionType", "AES256"), "kmsKey": inputs.get("kmsKey")}
        return {"encryptionConfiguration": configuration}
    return {}


def _set_scanning(context: OperationContext) -> None:
    inputs = context.inputs.get("imageScanningConfiguration") or {"scanOnPush": False}
    args = {"repositoryName": context.id, "imageScanningConfiguration": {"scanOnPush": inputs["scanOnPush"]}}
    context.call("put_image_scanning_configuration", args)


def _set_mutability(context: OperationContext) -> None:
    mutability = context.inputs.get("imageTagMutability", "MUTABLE")
    context.call("put_image_tag_mutability", {"repositoryName": context.id, "imageTagMutability": mutability})


def _policy_args(context: OperationContext) -> Args:
    return {"repositoryName": context.inputs["repository"], "lifecyclePolicyText": context.inputs["policy"]}


TYPES = (
    EmulatedType(
        tokens=("aws:ecr/repository:Repository",),
        service="ecr",
        id="{name}",
        id_argument="repositoryName",
        create=ApiCall("create_repository", extra_args=_encryption_args, covers_inputs=("encryptionConfigurations",)),
        read=ApiCall("describe_repositories"),
        update=[
            CustomUpdate(inputs=("imageScanningConfiguration",), run=_set_scanning, on_create=False),
            CustomUpdate(inputs=("imageTagMutability",), run=_set_mutability, on_create=False),
        ],
        delete=ApiCall(
            "delete_repository",
            args=lambda context: {"repositoryName": context.id, "force": context.get("forceDelete")},
        ),
        names={"name": "repositoryName", "arn": "repositoryArn", "repositoryUrl": "repositoryUri"},
        autoname=AutoName(max_length=256, lowercase=True),
        defaults={"imageTagMutability": "MUTABLE"},
        state_only=("forceDelete",),
        outputs={"encryptionConfigurations": "[encryptionConfiguration]"},
        tagging=TagOperations(
            "tag_resource",
            "untag_resource",
            by_arn("resourceArn"),
            list="list_tags_for_resource",
        ),
    ),
    EmulatedType(
        tokens=("aws:ecr/lifecyclePolicy:LifecyclePolicy",),
        service="ecr",
        id="{repository}",
        id_argument="repositoryName",
        create=ApiCall("put_lifecycle_policy", args=_policy_args, covers_inputs=("repository", "policy")),
        read=ApiCall("get_lifecycle_policy"),
        item="@",
        update=[ApiCall("put_lifecycle_policy", args=_policy_args, covers_inputs=("policy",))],
        delete=ApiCall("delete_lifecycle_policy"),
        names={"repository": "repositoryName", "policy": "lifecyclePolicyText"},
    ),
)
