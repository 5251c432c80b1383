"""Cost anomaly alerts, which report unusual spending before a budget is exceeded."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import costexplorer

from components.base import ComponentArgs, PlatformComponent
from components.cost.plan import MonitorPlan

EMAIL, TOPIC = "EMAIL", "SNS"
DAILY, AT_ONCE = "DAILY", "IMMEDIATE"


@dataclass(frozen=True, kw_only=True)
class AnomaliesArgs(ComponentArgs):
    """Monitors, threshold and recipients of anomaly alerts."""

    plans: Sequence[MonitorPlan]
    threshold: int
    """Minimum impact of a reported anomaly, in US dollars above the expected spend."""
    notify: Sequence[str]
    topic: pulumi.Input[str]


class Anomalies(PlatformComponent):
    """Anomaly monitors with e-mail and SNS subscriptions.

    E-mail subscriptions support only digests, and SNS subscriptions support only individual alerts.

    An account can have only one monitor for AWS services. AWS creates this monitor when Cost Explorer is first opened
    in the console. Delete or import it before the first update.
    """

    def __init__(self, name: str, args: AnomaliesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:cost:Anomalies", name, args.context, opts)
        monitors = [
            costexplorer.AnomalyMonitor(
                plan.role,
                name=args.context.resource_name(plan.role),
                **plan.inputs,
                **self.global_child(f"{plan.role}-monitor"),
            )
            for plan in args.plans
        ]
        self._subscription("digest", args, monitors, DAILY, [(EMAIL, address) for address in args.notify])
        self._subscription("alert", args, monitors, AT_ONCE, [(TOPIC, args.topic)])
        self.register_outputs({})

    def _subscription(
        self,
        role: str,
        args: AnomaliesArgs,
        monitors: Sequence[costexplorer.AnomalyMonitor],
        frequency: str,
        subscribers: Sequence[tuple[str, pulumi.Input[str]]],
    ) -> None:
        costexplorer.AnomalySubscription(
            f"anomaly-{role}",
            name=args.context.resource_name(f"anomaly-{role}"),
            frequency=frequency,
            monitor_arn_lists=[monitor.arn for monitor in monitors],
            subscribers=[
                costexplorer.AnomalySubscriptionSubscriberArgs(type=subscriber_type, address=address)
                for subscriber_type, address in subscribers
            ],
            threshold_expression=costexplorer.AnomalySubscriptionThresholdExpressionArgs(
                dimension=costexplorer.AnomalySubscriptionThresholdExpressionDimensionArgs(
                    key="ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    match_options=["GREATER_THAN_OR_EQUAL"],
                    values=[str(args.threshold)],
                )
            ),
            **self.global_child(f"anomaly-{role}"),
        )
