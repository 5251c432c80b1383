"""Encrypted SNS topic to which AWS services of this account publish alerts."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import sns

from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import Statement, deny_plain_http, policy


@dataclass(frozen=True, kw_only=True)
class AlertTopicArgs(ComponentArgs):
    """Arguments of an alert topic."""

    role: str
    """The topic's AWS name is `campus-<env>-<role>`."""
    key: pulumi.Input[str]
    """ARN of a KMS key that the publishing services may use."""
    services: Sequence[str]
    """Service principals, such as `backup.amazonaws.com`."""


class AlertTopic(PlatformComponent):
    """Encrypted topic to which the named services publish on behalf of this account.

    Outputs: arn. The ARN resolves only after the topic policy exists, because S3 sends a test message as soon as a
    bucket notification refers to the topic.
    """

    def __init__(self, name: str, args: AlertTopicArgs, opts: ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:notices:NoticeTopic", name, args.context, opts)
        topic = sns.Topic(
            name, name=args.context.resource_name(args.role), kms_master_key_id=args.key, **self.child(args.role)
        )
        allowed = sns.TopicPolicy(
            name,
            arn=topic.arn,
            policy=policy(
                Statement(
                    sid="ServicesOfThisAccount",
                    principals={"Service": list(args.services)},
                    actions=["sns:Publish"],
                    resources=[topic.arn],
                    conditions={"StringEquals": {"aws:SourceAccount": args.context.account}},
                ),
                deny_plain_http(["sns:Publish"], [topic.arn]),
            ),
            **self.untagged(),
        )
        self.arn: pulumi.Output[str] = pulumi.Output.all(topic.arn, allowed.id).apply(lambda parts: str(parts[0]))
        self.register_outputs({"arn": self.arn})
