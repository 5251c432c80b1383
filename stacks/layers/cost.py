"""What the environment may cost."""

from components.cost.budget import MonthlyBudget, MonthlyBudgetArgs
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.settings import EnvironmentSettings


def cost(settings: EnvironmentSettings, base: FoundationOutputs) -> None:
    """The monthly budget and who hears of it."""
    layer = Layer("Cost", base.placement.feature("cost"), [base.aws])
    MonthlyBudget(
        "monthly",
        MonthlyBudgetArgs(placement=layer.placement, limit=settings.cost.monthly_budget, notify=settings.cost.notify),
        layer.inside(),
    )
