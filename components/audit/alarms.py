"""CloudWatch alarms on CloudTrail events, and the topic that they notify."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, sns

from components.audit.plan import MetricFilterPlan, alert_topic_statements
from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import policy

PERIOD_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class SecurityAlertTopicArgs(ComponentArgs):
    """Arguments of the security alert topic."""

    key: pulumi.Input[str]
    notify: Sequence[str]
    """E-mail addresses. AWS asks each recipient once to confirm the subscription."""


class SecurityAlertTopic(PlatformComponent):
    """Encrypted SNS topic for security alerts, with e-mail subscriptions.

    Outputs: topic (ARN of the topic, which resolves only after the topic policy exists).
    """

    def __init__(self, name: str, args: SecurityAlertTopicArgs, opts: ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:audit:Notices", name, args.context, opts)
        topic = sns.Topic(
            name,
            name=args.context.resource_name("security-notices"),
            display_name=f"Security of {args.context.environment}",
            kms_master_key_id=args.key,
            **self.child("security-notices"),
        )
        topic_policy = sns.TopicPolicy(
            name, arn=topic.arn, policy=policy(*alert_topic_statements(topic.arn, args.context)), **self.untagged()
        )
        for address in args.notify:
            sns.TopicSubscription(
                f"{name}-{address}", topic=topic.arn, protocol="email", endpoint=address, **self.untagged()
            )
        self.topic: pulumi.Output[str] = topic_policy.arn
        self.register_outputs({"topic": self.topic})


@dataclass(frozen=True, kw_only=True)
class TrailAlarmsArgs(ComponentArgs):
    """Metric filters, the log group they read and the topic that the alarms notify."""

    log_group: pulumi.Input[str]
    topic: pulumi.Input[str]
    metric_filters: Sequence[MetricFilterPlan]


class TrailAlarms(PlatformComponent):
    """One metric filter and one alarm for each `MetricFilterPlan`.

    An alarm triggers if at least one event matches its filter within five minutes.
    """

    def __init__(self, name: str, args: TrailAlarmsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:TrailAlarms", name, args.context, opts)
        for plan in args.metric_filters:
            self._alarm(f"{name}-{plan.label}", plan, args)
        self.register_outputs({})

    def _alarm(self, name: str, plan: MetricFilterPlan, args: TrailAlarmsArgs) -> None:
        namespace = f"Campus/{self.context.environment}/trail"
        metric_filter = cloudwatch.LogMetricFilter(
            name,
            name=self.context.resource_name(plan.label),
            log_group_name=args.log_group,
            pattern=plan.pattern,
            metric_transformation=cloudwatch.LogMetricFilterMetricTransformationArgs(
                name=plan.label, namespace=namespace, value="1"
            ),
            **self.untagged(),
        )
        cloudwatch.MetricAlarm(
            name,
            name=self.context.resource_name(plan.label),
            alarm_description=f"CIS AWS Foundations Benchmark v3.0.0, {plan.control}",
            namespace=namespace,
            metric_name=plan.label,
            statistic="Sum",
            period=PERIOD_SECONDS,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[args.topic],
            **self.child(plan.label, ResourceOptions(depends_on=[metric_filter])),
        )
