"""Monthly budgets of a stack, from its configuration or from a rule's settings.

The stack configuration key is in the namespace of the project, or in the namespace that `configNamespace` names:

    <namespace>:cost    {monthlyBudget: <USD>, teams: {<team>: <USD>}, features: {<feature>: <USD>}}

The setting `monthlyUsd` replaces the configured amounts for the environments that it lists. A stack that is not one of
the four environments gets the lowest of all amounts in the setting and in its configuration.
"""

from collections.abc import Mapping
from decimal import Decimal

from policy_packs.kernel.context import AMOUNT, Context, Setting, Tightening, by_environment

COST_KEY = "cost"
NAMESPACE: Mapping[str, Setting] = {
    "configNamespace": Setting(
        {
            "type": "string",
            "description": "Namespace of the stack configuration. If empty, the project's name applies.",
        },
        "",
    )
}


def budget_settings(description: str) -> Mapping[str, Setting]:
    """Declare the settings of a rule about the whole stack."""
    description = f"{description}. If left out, the stack's configuration applies."
    return {**NAMESPACE, "monthlyUsd": by_environment(description, AMOUNT, {}, Tightening.LOWER)}


def share_settings(description: str) -> Mapping[str, Setting]:
    """Declare the settings of a rule about teams or features.

    If `monthlyUsd` lists an environment, its amounts replace all amounts in that environment's stack configuration.
    The two are not merged.
    """
    description = f"{description}. If left out, the stack's configuration applies."
    amounts = {"type": "object", "additionalProperties": AMOUNT}
    return {**NAMESPACE, "monthlyUsd": by_environment(description, amounts, {}, Tightening.LOWER)}


def monthly_budget(context: Context) -> Decimal | None:
    """Return the stack's budget in US dollars a month, or None if it has none."""
    overrides: Mapping[str, float] = context.settings["monthlyUsd"]
    if context.stack in overrides:
        return _exact(overrides[context.stack])
    configured = context.config(COST_KEY, context.settings["configNamespace"]).number("monthlyBudget")
    amounts = [] if configured is None else [configured]
    if not context.is_known_environment:
        amounts += overrides.values()
    return _exact(min(amounts)) if amounts else None


def monthly_shares(context: Context, group: str) -> Mapping[str, Decimal]:
    """Return the budget in US dollars a month of each team or each feature.

    `group` is `teams` or `features`.
    """
    overrides: Mapping[str, Mapping[str, float]] = context.settings["monthlyUsd"]
    if context.stack in overrides:
        return {name: _exact(amount) for name, amount in overrides[context.stack].items()}
    configured = context.config(COST_KEY, context.settings["configNamespace"]).fields(group)
    shares: list[Mapping[str, float]] = [{name: configured.number(name) or 0 for name in configured}]
    if not context.is_known_environment:
        shares += overrides.values()
    lowest: dict[str, float] = {}
    for amounts in shares:
        for name, amount in amounts.items():
            lowest[name] = min(amount, lowest.get(name, amount))
    return {name: _exact(amount) for name, amount in lowest.items()}


def budget_key(context: Context, name: str) -> str:
    """Return the place where a budget is set.

    An example is `campus-safety:cost.teams.web in Pulumi.dev.yaml`. `name` is the path below the key `cost`. If the
    setting `monthlyUsd` replaces the configured amounts, the place is the policy configuration. For a stack that is not
    one of the four environments, the lowest amount may be in either.
    """
    overrides: Mapping[str, object] = context.settings["monthlyUsd"]
    if context.stack in overrides:
        return f"monthlyUsd.{context.stack} in the policy configuration"
    key = context.config_key(COST_KEY, context.settings["configNamespace"])
    place = f"{key}.{name} in Pulumi.{context.stack}.yaml"
    if overrides and not context.is_known_environment:
        return f"{place} and monthlyUsd in the policy configuration"
    return place


def limit_key(context: Context, setting: str, file: str) -> str:
    """Return the place where a limit is set that the code declares.

    An example is `maxNodes.dev in policy_packs/cost/capacity.py`. `setting` is declared in `file` of this package. A
    stack that is not one of the four environments gets the lowest limit.
    """
    key = f"{setting}.{context.environment}" if context.is_known_environment else f"the lowest {setting}"
    return f"{key} in policy_packs/cost/{file}"


def _exact(amount: float) -> Decimal:
    return Decimal(str(amount))
