"""ECR repositories."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.resource_policies import REPOSITORY_POLICIES, private_policy_rule
from policy_packs.security.property_rules import value_rule

REPOSITORY = "aws:ecr/repository:Repository"
scanned_images = value_rule(
    "ecr-must-scan-images",
    on=REPOSITORY,
    path="imageScanningConfiguration.scanOnPush",
    right=(True,),
    covers=["CKV_AWS_163", "CIS-EKS 5.1.1"],
    why="A library's weakness comes into the cluster with the image.",
    fix="set image_scanning_configuration.scan_on_push=True",
)
private_repositories = private_policy_rule(
    "ecr-must-not-be-public",
    REPOSITORY_POLICIES,
    ["CKV_AWS_32", "CKV_AWS_283"],
    "An image shows how the service works, and who may push one runs code in the cluster.",
)


@rule("ecr-must-not-change-tags", on=REPOSITORY, covers=["CKV_AWS_51"])
def immutable_tags(repository: Resource) -> Findings:
    """The image that was tested and the one that runs have the same tag: they must be the same image."""
    if repository["imageTagMutability"] not in {"IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"}:
        yield "lets tags be moved; set image_tag_mutability to IMMUTABLE"


@rule("ecr-must-have-key", on=REPOSITORY, covers=["CKV_AWS_136"], severity=Severity.MEDIUM)
def encrypted_images(repository: Resource) -> Findings:
    """Images hold our code: they are encrypted with a customer-managed key."""
    if not any(
        each["encryptionType"] == "KMS" and each["kmsKey"] for each in repository.each("encryptionConfigurations")
    ):
        yield "is encrypted with AWS's own key; set encryption_configurations to KMS and kms_key"
