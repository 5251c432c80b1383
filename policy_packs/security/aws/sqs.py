"""SQS queues."""

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.resource_policies import QUEUE_POLICIES, private_policy_rule

QUEUE = "aws:sqs/queue:Queue"

private_queues = private_policy_rule(
    "sqs-must-not-be-public",
    QUEUE_POLICIES,
    ["CKV_AWS_168", "CKV_AWS_283"],
    "Anyone who can send to a public queue decides what our workers do.",
)


@rule("sqs-must-be-encrypted", on=QUEUE, covers=["CKV_AWS_27"])
def encrypted_queues(resource: Resource) -> Findings:
    """Messages wait in a queue for days, so they must be encrypted."""
    if not resource["kmsMasterKeyId"] and not resource.flag("sqsManagedSseEnabled"):
        yield "The queue is not encrypted. Set kms_master_key_id."
