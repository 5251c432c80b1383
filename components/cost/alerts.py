"""The topic that spending alerts go to, for whatever is to react to them."""

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
    """The alerts of one environment."""


class CostAlertTopic(PlatformComponent):
    """An encrypted SNS topic to which AWS Budgets and Cost Anomaly Detection alone publish. Outputs: topic (ARN)."""

    def __init__(self, name: str, args: CostAlertTopicArgs, opts: ResourceOptions | None = None) -> None:
        place = args.context.with_region(BILLING_REGION)
        super().__init__("campus:cost:CostAlerts", name, place, opts)
        key = EncryptionKey("cost", EncryptionKeyArgs(context=place, purpose=Purpose.COST), self.child_options())
        topic = sns.Topic(name, name=place.resource_name(name), kms_master_key_id=key.arn, **self.child(name))
        sns.TopicPolicy(name, arn=topic.arn, policy=_who_publishes(place.account, topic.arn), **self.untagged())
        self.topic = topic.arn
        self.register_outputs({"topic": self.topic})


def _who_publishes(account: str, topic: pulumi.Output[str]) -> pulumi.Output[str]:
    """AWS Cost Management User Guide, "Creating an Amazon SNS topic" for budget and for anomaly notifications."""
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
