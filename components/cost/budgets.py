"""Monthly budgets of one environment."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import budgets

from components.base import ComponentArgs, PlatformComponent
from components.cost.plan import BUDGET_NOTIFICATIONS, BudgetPlan


@dataclass(frozen=True, kw_only=True)
class BudgetsArgs(ComponentArgs):
    """Budgets and recipients of their notifications."""

    plans: Sequence[BudgetPlan]
    notify: Sequence[str]
    """E-mail addresses, at most ten per notification (AWS Budgets, CreateBudget)."""
    topic: pulumi.Input[str]


class Budgets(PlatformComponent):
    """Monthly cost budgets, each for the resources with one tag value.

    Notifications are sent by e-mail and SNS.
    """

    def __init__(self, name: str, args: BudgetsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:cost:Budgets", name, args.context, opts)
        for plan in args.plans:
            budgets.Budget(
                plan.role,
                name=args.context.resource_name(plan.role),
                budget_type="COST",
                time_unit="MONTHLY",
                limit_amount=str(plan.limit),
                limit_unit="USD",
                cost_filters=[budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[plan.cost_filter])],
                notifications=[
                    budgets.BudgetNotificationArgs(
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                        notification_type=notification_type,
                        subscriber_email_addresses=list(args.notify),
                        subscriber_sns_topic_arns=[args.topic],
                    )
                    for percent, notification_type in BUDGET_NOTIFICATIONS
                ],
                **self.global_child(f"{plan.role}-budget"),
            )
        self.register_outputs({})
