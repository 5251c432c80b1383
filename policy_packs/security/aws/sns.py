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
    "Anyone who may publish to a topic can page people, and anyone who may subscribe to it learns of incidents.",
)


@rule("sns-must-be-encrypted", on=TOPIC, covers=["CKV_AWS_26"])
def encrypted_topics(resource: Resource) -> Findings:
    """Notifications name incidents and places, so topics need a customer-managed key."""
    key = resource.text("kmsMasterKeyId")
    if not key:
        yield "The topic is not encrypted. Set kms_master_key_id to the environment's key for alerts."
    elif key.endswith("alias/aws/sns"):
        yield (
            "The topic is encrypted with the AWS-managed key, which alarms cannot use. Set kms_master_key_id "
            "to a customer-managed key."
        )


@rule("sns-must-deliver-over-tls", on=SUBSCRIPTION)
def tls_delivery(subscription: Resource) -> Findings:
    """Messages that are encrypted at rest must not be delivered unencrypted."""
    if subscription["protocol"] == "http":
        yield "Messages are delivered over plain HTTP. Set `protocol` to https."
