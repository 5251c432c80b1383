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
    allowed=(True,),
    covers=["CKV_AWS_163", "CIS-EKS 5.1.1"],
    rationale="A scan finds vulnerable libraries before their image runs in the cluster.",
    fix="Set image_scanning_configuration.scan_on_push=True.",
)
private_repositories = private_policy_rule(
    "ecr-must-not-be-public",
    REPOSITORY_POLICIES,
    ["CKV_AWS_32", "CKV_AWS_283"],
    "An image reveals how the service works, and anyone who can push one runs code in the cluster.",
)


@rule("ecr-must-not-change-tags", on=REPOSITORY, covers=["CKV_AWS_51"])
def immutable_tags(repository: Resource) -> Findings:
    """A deployment names the tag that was tested, so the tag must never move to another image."""
    if repository["imageTagMutability"] not in {"IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"}:
        yield "Image tags are mutable. Set image_tag_mutability to IMMUTABLE."


@rule("ecr-must-have-key", on=REPOSITORY, covers=["CKV_AWS_136"], severity=Severity.MEDIUM)
def encrypted_images(repository: Resource) -> Findings:
    """Images contain our code, so they need a customer-managed key."""
    if not any(
        config["encryptionType"] == "KMS" and config["kmsKey"] for config in repository.each("encryptionConfigurations")
    ):
        yield (
            "Images are not encrypted with a customer-managed key. In encryption_configurations, set encryption_type "
            "to 'KMS', and set kms_key."
        )
