"""The monthly budget of one environment."""

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import ResourceOptions
from pulumi_aws import budgets

from components.base import PlacedArgs, PlatformComponent

NOTICES = ((80, "ACTUAL"), (100, "ACTUAL"), (100, "FORECASTED"), (120, "ACTUAL"))
"""Percent of the budget, spent or forecast; 120 is the document's 20 % variance."""


@dataclass(frozen=True, kw_only=True)
class MonthlyBudgetArgs(PlacedArgs):
    """How much, and who hears of it."""

    limit: int
    """US dollars a month."""
    notify: Sequence[str]
    """E-mail addresses, ten at most."""


class MonthlyBudget(PlatformComponent):
    """A cost budget over everything tagged with the environment.

    The tag `environment` must be activated as a cost allocation tag once, in the paying account.
    """

    def __init__(self, name: str, args: MonthlyBudgetArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:cost:MonthlyBudget", name, args.placement, opts)
        budgets.Budget(
            name,
            name=args.placement.named("monthly"),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.limit),
            limit_unit="USD",
            cost_filters=[
                budgets.BudgetCostFilterArgs(
                    name="TagKeyValue", values=[f"user:environment${args.placement.environment}"]
                )
            ],
            notifications=[
                budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    notification_type=kind,
                    subscriber_email_addresses=list(args.notify),
                )
                for percent, kind in NOTICES
            ],
            **self.worldwide("monthly-budget"),
        )
        self.register_outputs({})
