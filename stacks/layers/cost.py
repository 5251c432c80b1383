"""Cost layer: budgets, anomaly alerts and cost allocation tags."""

from components.cost.alerts import CostAlertTopic, CostAlertTopicArgs
from components.cost.allocation import Allocation, AllocationArgs
from components.cost.anomalies import Anomalies, AnomaliesArgs
from components.cost.budgets import Budgets, BudgetsArgs
from components.cost.plan import plan_budgets, plan_monitors
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.settings import EnvironmentSettings


def cost(settings: EnvironmentSettings, base: FoundationOutputs) -> None:
    """Deploy budgets, anomaly alerts and cost allocation."""
    layer = Layer("Cost", base.context.with_feature("cost"), [base.aws])
    place, cost_settings, within = layer.context, settings.cost, layer.child_options()
    topic = CostAlertTopic("cost-alerts", CostAlertTopicArgs(context=place), within).topic
    budgets = plan_budgets(
        settings.environment, cost_settings.monthly_budget, cost_settings.teams, cost_settings.features
    )
    Budgets("budgets", BudgetsArgs(context=place, plans=budgets, notify=cost_settings.notify, topic=topic), within)
    Anomalies(
        "anomalies",
        AnomaliesArgs(
            context=place,
            plans=plan_monitors(cost_settings.teams),
            threshold=cost_settings.anomaly_threshold,
            notify=cost_settings.notify,
            topic=topic,
        ),
        within,
    )
    Allocation("allocation", AllocationArgs(context=place, activate_tags=cost_settings.activate_tags), within)
