"""SQS queues."""

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.resource_policies import QUEUE_POLICIES, private_policy_rule

QUEUE = "aws:sqs/queue:Queue"
private_queues = private_policy_rule(
    "sqs-must-not-be-public",
    QUEUE_POLICIES,
    ["CKV_AWS_168", "CKV_AWS_283"],
    "What everybody may put into a queue, a worker of ours will do.",
)


@rule("sqs-must-be-encrypted", on=QUEUE, covers=["CKV_AWS_27"])
def encrypted_queues(resource: Resource) -> Findings:
    """Messages wait in a queue for days: they lie encrypted."""
    if not resource["kmsMasterKeyId"] and not resource.flag("sqsManagedSseEnabled"):
        yield "is not encrypted; set kms_master_key_id"
