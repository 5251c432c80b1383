"""ECR: repositories of container images and what is kept in them."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import Auto, ResourceType, Step, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work


def _encryption(work: Work) -> Args:
    for wanted in work.new.get("encryptionConfigurations") or []:
        configuration = {"encryptionType": wanted.get("encryptionType", "AES256"), "kmsKey": wanted.get("kmsKey")}
        return {"encryptionConfiguration": configuration}
    return {}


def _scanning(work: Work) -> None:
    wanted = work.new.get("imageScanningConfiguration") or {"scanOnPush": False}
    change = {"repositoryName": work.id, "imageScanningConfiguration": {"scanOnPush": wanted["scanOnPush"]}}
    work.call("put_image_scanning_configuration", change)


def _mutability(work: Work) -> None:
    wanted = work.new.get("imageTagMutability", "MUTABLE")
    work.call("put_image_tag_mutability", {"repositoryName": work.id, "imageTagMutability": wanted})


def _put_policy(work: Work) -> Args:
    return {"repositoryName": work.new["repository"], "lifecyclePolicyText": work.new["policy"]}


TYPES = (
    ResourceType(
        tokens=("aws:ecr/repository:Repository",),
        service="ecr",
        id="{name}",
        key="repositoryName",
        create=op("create_repository", beside=_encryption, carries=("encryptionConfigurations",)),
        read=op("describe_repositories"),
        update=[
            Step(inputs=("imageScanningConfiguration",), run=_scanning, on_create=False),
            Step(inputs=("imageTagMutability",), run=_mutability, on_create=False),
        ],
        delete=op("delete_repository", lambda work: {"repositoryName": work.id, "force": work.get("forceDelete")}),
        names={"name": "repositoryName", "arn": "repositoryArn", "repositoryUrl": "repositoryUri"},
        auto=Auto(limit=256, lower=True),
        defaults={"imageTagMutability": "MUTABLE"},
        local=("forceDelete",),
        outputs={"encryptionConfigurations": "[encryptionConfiguration]"},
        tagging=TagCalls(
            "tag_resource",
            "untag_resource",
            lambda work: {"resourceArn": work.get("arn")},
            list="list_tags_for_resource",
        ),
    ),
    ResourceType(
        tokens=("aws:ecr/lifecyclePolicy:LifecyclePolicy",),
        service="ecr",
        id="{repository}",
        key="repositoryName",
        create=op("put_lifecycle_policy", _put_policy, inputs=("repository", "policy")),
        read=op("get_lifecycle_policy"),
        item="@",
        update=[op("put_lifecycle_policy", _put_policy, inputs=("policy",))],
        delete=op("delete_lifecycle_policy"),
        names={"repository": "repositoryName", "policy": "lifecyclePolicyText"},
    ),
)
