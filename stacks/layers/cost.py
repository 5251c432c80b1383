"""What the environment may cost, who hears of it, and by what its costs are told apart."""

from components.cost.alerts import CostAlertTopic, CostAlertTopicArgs
from components.cost.allocation import Allocation, AllocationArgs
from components.cost.anomalies import Anomalies, AnomaliesArgs
from components.cost.budgets import Budgets, BudgetsArgs
from components.cost.plan import plan_budgets, plan_monitors
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.settings import EnvironmentSettings


def cost(settings: EnvironmentSettings, base: FoundationOutputs) -> None:
    """Budgets by environment, team and feature; anomaly alerts; cost allocation."""
    layer = Layer("Cost", base.context.with_feature("cost"), [base.aws])
    place, wanted, within = layer.context, settings.cost, layer.child_options()
    topic = CostAlertTopic("cost-alerts", CostAlertTopicArgs(context=place), within).topic
    budgets = plan_budgets(settings.environment, wanted.monthly_budget, wanted.teams, wanted.features)
    Budgets("budgets", BudgetsArgs(context=place, plans=budgets, notify=wanted.notify, topic=topic), within)
    Anomalies(
        "anomalies",
        AnomaliesArgs(
            context=place,
            plans=plan_monitors(wanted.teams),
            threshold=wanted.anomaly_threshold,
            notify=wanted.notify,
            topic=topic,
        ),
        within,
    )
    Allocation("allocation", AllocationArgs(context=place, activate_tags=wanted.activate_tags), within)
