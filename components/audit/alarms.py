"""Alarms over the trail: somebody hears of an event minutes after it happened."""

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
    """Who is told."""

    key: pulumi.Input[str]
    notify: Sequence[str]
    """E-mail addresses; each is asked once by AWS to confirm."""


class SecurityAlertTopic(PlatformComponent):
    """An encrypted topic that mails people. Outputs: topic, its ARN, known once it may be published to."""

    def __init__(self, name: str, args: SecurityAlertTopicArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:Notices", name, args.context, opts)
        topic = sns.Topic(
            name,
            name=args.context.resource_name("security-notices"),
            display_name=f"Security of {args.context.environment}",
            kms_master_key_id=args.key,
            **self.child("security-notices"),
        )
        granted = sns.TopicPolicy(
            name, arn=topic.arn, policy=policy(*alert_topic_statements(topic.arn, args.context)), **self.untagged()
        )
        for address in args.notify:
            sns.TopicSubscription(
                f"{name}-{address}", topic=topic.arn, protocol="email", endpoint=address, **self.untagged()
            )
        self.topic: pulumi.Output[str] = granted.arn
        self.register_outputs({"topic": self.topic})


@dataclass(frozen=True, kw_only=True)
class TrailAlarmsArgs(ComponentArgs):
    """What is watched, where, and who is told."""

    log_group: pulumi.Input[str]
    topic: pulumi.Input[str]
    metric_filters: Sequence[MetricFilterPlan]


class TrailAlarms(PlatformComponent):
    """A metric filter and an alarm for each kind of event; one event within five minutes is enough."""

    def __init__(self, name: str, args: TrailAlarmsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:TrailAlarms", name, args.context, opts)
        for watch in args.metric_filters:
            self._watch(f"{name}-{watch.label}", watch, args)
        self.register_outputs({})

    def _watch(self, name: str, watch: MetricFilterPlan, args: TrailAlarmsArgs) -> None:
        namespace = f"Campus/{self.context.environment}/trail"
        counted = cloudwatch.LogMetricFilter(
            name,
            name=self.context.resource_name(watch.label),
            log_group_name=args.log_group,
            pattern=watch.pattern,
            metric_transformation=cloudwatch.LogMetricFilterMetricTransformationArgs(
                name=watch.label, namespace=namespace, value="1"
            ),
            **self.untagged(),
        )
        cloudwatch.MetricAlarm(
            name,
            name=self.context.resource_name(watch.label),
            alarm_description=f"CIS AWS Foundations Benchmark v3.0.0, {watch.control}",
            namespace=namespace,
            metric_name=watch.label,
            statistic="Sum",
            period=PERIOD_SECONDS,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[args.topic],
            **self.child(watch.label, ResourceOptions(depends_on=[counted])),
        )
