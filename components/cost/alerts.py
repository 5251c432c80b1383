"""SNS topic for spending alerts."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import sns

from components.base import ComponentArgs, PlatformComponent
from components.cost.plan import BILLING_REGION
from components.identity.documents import Statement, deny_plain_http, policy
from components.keys.key import EncryptionKey, EncryptionKeyArgs
from components.keys.plan import BILLING_SERVICES, Purpose


@dataclass(frozen=True, kw_only=True)
class CostAlertTopicArgs(ComponentArgs):
    """No arguments besides the context, because an environment has one topic."""


class CostAlertTopic(PlatformComponent):
    """Encrypted SNS topic for AWS Budgets and Cost Anomaly Detection.

    Only these services may publish to the topic. Outputs: topic (ARN).
    """

    def __init__(self, name: str, args: CostAlertTopicArgs, opts: ResourceOptions | None = None) -> None:
        context = args.context.with_region(BILLING_REGION)
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:cost:CostAlerts", name, context, opts)
        key = EncryptionKey("cost", EncryptionKeyArgs(context=context, purpose=Purpose.COST), self.child_options())
        topic = sns.Topic(name, name=context.resource_name(name), kms_master_key_id=key.arn, **self.child(name))
        sns.TopicPolicy(name, arn=topic.arn, policy=_publish_policy(context.account, topic.arn), **self.untagged())
        self.topic = topic.arn
        self.register_outputs({"topic": self.topic})


def _publish_policy(account: str, topic: pulumi.Output[str]) -> pulumi.Output[str]:
    """Return the topic policy.

    Source: AWS Cost Management User Guide, "Creating an Amazon SNS topic" for budget and for anomaly notifications.
    """
    return policy(
        Statement(
            sid="BillingServicesPublish",
            principals={"Service": list(BILLING_SERVICES)},
            actions=["sns:Publish"],
            resources=[topic],
            conditions={"StringEquals": {"aws:SourceAccount": account}},
        ),
        deny_plain_http(["sns:Publish"], [topic], "NothingInPlainText"),
    )
