"""SNS topics and subscriptions."""

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.resource_policies import TOPIC_POLICIES, private_policy_rule

TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
private_topics = private_policy_rule(
    "sns-must-not-be-public",
    TOPIC_POLICIES,
    ["CKV_AWS_169", "CKV_AWS_283"],
    "A topic that everybody may publish to wakes people at night for nothing; one that all may read tells all.",
)


@rule("sns-must-be-encrypted", on=TOPIC, covers=["CKV_AWS_26"])
def encrypted_topics(resource: Resource) -> Findings:
    """Notices name what happened and where: they lie encrypted with a customer-managed key."""
    key = resource.text("kmsMasterKeyId")
    if not key:
        yield "is not encrypted; set kms_master_key_id to the environment's key for notices"
    elif key.endswith("alias/aws/sns"):
        yield "is encrypted with AWS's own key, which lets no alarm publish; set kms_master_key_id to our key"


@rule("sns-must-deliver-over-tls", on=SUBSCRIPTION)
def tls_delivery(subscription: Resource) -> Findings:
    """What lies encrypted must not travel in the open."""
    if subscription["protocol"] == "http":
        yield "delivers over plain HTTP; set protocol to https"
