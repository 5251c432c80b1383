"""Topics, queues and images: what they carry is encrypted, and what runs in the cluster is what was tested."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.settings import setting

TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
QUEUE = "aws:sqs/queue:Queue"
REPOSITORY = "aws:ecr/repository:Repository"

scanned = setting(
    "ecr-must-scan-images",
    on=REPOSITORY,
    path="imageScanningConfiguration.scanOnPush",
    right=(True,),
    covers=["CKV_AWS_163", "CIS-EKS 5.1.1"],
    why="A library's weakness comes into the cluster with the image.",
    fix="set image_scanning_configuration.scan_on_push=True",
)


@rule("sns-must-be-encrypted", on=TOPIC, covers=["CKV_AWS_26"])
def topic(resource: Resource) -> Findings:
    """Notices name what happened and where: they lie encrypted with a customer-managed key."""
    key = resource.text("kmsMasterKeyId")
    if not key:
        yield "is not encrypted; set kms_master_key_id to the environment's key for notices"
    elif key.endswith("alias/aws/sns"):
        yield "is encrypted with AWS's own key, which lets no alarm publish; set kms_master_key_id to our key"


@rule("sns-must-deliver-over-tls", on=SUBSCRIPTION)
def delivery(subscription: Resource) -> Findings:
    """What lies encrypted must not travel in the open."""
    if subscription["protocol"] == "http":
        yield "delivers over plain HTTP; set protocol to https"


@rule("sqs-must-be-encrypted", on=QUEUE, covers=["CKV_AWS_27"])
def queue(resource: Resource) -> Findings:
    """Messages wait in a queue for days: they lie encrypted."""
    if not resource["kmsMasterKeyId"] and not resource.flag("sqsManagedSseEnabled"):
        yield "is not encrypted; set kms_master_key_id"


@rule("ecr-must-not-change-tags", on=REPOSITORY, covers=["CKV_AWS_51"])
def tags(repository: Resource) -> Findings:
    """The image that was tested and the one that runs have the same tag: they must be the same image."""
    if repository["imageTagMutability"] not in {"IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"}:
        yield "lets tags be moved; set image_tag_mutability to IMMUTABLE"


@rule("ecr-must-have-key", on=REPOSITORY, covers=["CKV_AWS_136"], severity=Severity.MEDIUM)
def images(repository: Resource) -> Findings:
    """Images hold our code: they are encrypted with a customer-managed key."""
    if not any(
        each["encryptionType"] == "KMS" and each["kmsKey"] for each in repository.each("encryptionConfigurations")
    ):
        yield "is encrypted with AWS's own key; set encryption_configurations to KMS and kms_key"
