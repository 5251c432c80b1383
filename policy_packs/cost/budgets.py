"""Rules that compare a stack's monthly cost with its budgets.

Budgets apply to the high estimate: the bill if everything that scales ran at its maximum all month.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from policy_packs.cost import configured_budgets
from policy_packs.cost.estimate import CostLine, Estimate, estimate
from policy_packs.cost.offers import OFFERS, price
from policy_packs.cost.pricing import Cost, Unpriced, dollars
from policy_packs.cost.table import BASELINE, TYPES
from policy_packs.kernel.context import AMOUNT, Context, Tightening, by_environment, per_environment
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource

AWS = "aws:"
MAX_SHOWN = 5
"""Maximum number of entries that a finding lists, most expensive first."""


@rule(
    "cost-must-cap-every-resource",
    on=OFFERS,
    severity=Severity.MEDIUM,
    settings={
        "monthlyUsd": per_environment(
            "Maximum US dollars a month for one resource at its largest size",
            dev=150,
            staging=1500,
            preprod=9000,
            prod=9000,
        )
    },
)
def resource_cap(resource: Resource, context: Context) -> Findings:
    """A resource that may use a large part of the budget needs an explicit decision, not only a code review."""
    ceiling = Decimal(str(context.limit("monthlyUsd")))
    try:
        items = price(resource)
    except Unpriced as reason:
        yield str(reason)
        return
    if (most := Cost.of(items).high) > ceiling:
        yield (
            f"The resource may cost {dollars(most)} a month ({' + '.join(map(str, items))}). The ceiling for one "
            f"resource in {_where(context)} is {dollars(ceiling)}. Make the resource smaller, or raise "
            f"{_limit(context, 'monthlyUsd')}."
        )


@stack_rule("cost-must-know-every-type", severity=Severity.MEDIUM)
def known_types(stack: Stack) -> StackFindings:
    """A resource type that the cost pack doesn't know would count as free in every estimate."""
    for resource in stack.resources:
        is_known = resource.type in OFFERS or resource.type in TYPES.free or resource.type in TYPES.usage
        if resource.type.startswith(AWS) and not is_known:
            finding = (
                f"The cost of {resource.type} is unknown. Price the type in cost/offers.py, or list it in "
                "cost/types.yaml as free or billed by use."
            )
            yield resource, finding


@stack_rule("cost-must-know-every-price", severity=Severity.MEDIUM)
def known_prices(stack: Stack) -> StackFindings:
    """An estimate that leaves out a resource without a known price would be lower than the bill."""
    estimated = estimate(stack)
    for resource, reason in estimated.unpriced:
        yield resource, f"{resource.name} cannot be priced. {reason}"
    _defer_unknown(estimated)


@stack_rule(
    "cost-must-stay-under-the-environments-cap",
    severity=Severity.HIGH,
    settings=configured_budgets.budget_settings("Maximum US dollars a month for the stack"),
)
def environment_cap(stack: Stack, context: Context) -> StackFindings:
    """The school has been promised each environment's monthly budget, so no change may exceed it."""
    cap = configured_budgets.monthly_budget(context)
    if cap is None:
        yield None, f"Stack {context.stack!r} has no monthly budget. Set {_budget(context, 'monthlyBudget')}."
        return
    estimated = estimate(stack)
    if estimated.total.high > cap:
        over = _over(estimated.total, cap, context, _budget(context, "monthlyBudget"))
        yield None, f"The stack may cost {over} {_arithmetic(estimated)}"
    if estimated.unpriced:
        names = ", ".join(resource.name for resource, _ in estimated.unpriced)
        yield None, f"The stack's cost is unknown, because {names} cannot be priced. See cost-must-know-every-price."
    _defer_unknown(estimated)


@stack_rule(
    "cost-must-stay-under-the-teams-caps",
    severity=Severity.MEDIUM,
    settings=configured_budgets.share_settings("Maximum US dollars a month per team (value of the tag `team`)"),
)
def team_caps(stack: Stack, context: Context) -> StackFindings:
    """Teams share an environment's budget, so a team that exceeds its share takes money from the other teams."""
    estimated = estimate(stack)
    budgets = configured_budgets.monthly_shares(context, "teams")
    for team, cost in estimated.by(lambda line: line.team).items():
        if team not in budgets:
            may_cost = f"Team {team} has no budget, but may cost {dollars(cost.high)} a month."
            yield None, f"{may_cost} Use a team with a budget, or set {_budget(context, f'teams.{team}')}."
        elif cost.high > budgets[team]:
            lines = _most_expensive(line for line in estimated.lines if line.team == team)
            over = _over(cost, budgets[team], context, _budget(context, f"teams.{team}"))
            yield None, f"Team {team} may cost {over} {lines}"
    _defer_unknown(estimated)


@stack_rule(
    "cost-must-stay-under-the-features-caps",
    severity=Severity.MEDIUM,
    settings={
        **configured_budgets.share_settings("Maximum US dollars a month by value of the tag feature"),
        "othersUsd": per_environment(
            "Maximum US dollars a month for all features without a budget, in total",
            dev=300,
            staging=450,
            preprod=3000,
            prod=3000,
        ),
    },
)
def feature_caps(stack: Stack, context: Context) -> StackFindings:
    """A feature must be worth its cost, so every feature has a budget of its own or a share of a common budget."""
    estimated = estimate(stack)
    budgets = configured_budgets.monthly_shares(context, "features")
    without_budget: dict[str, Cost] = {}
    for feature, cost in estimated.by(lambda line: line.feature).items():
        if feature not in budgets:
            without_budget[feature] = cost
        elif cost.high > budgets[feature]:
            lines = _most_expensive(line for line in estimated.lines if line.feature == feature)
            over = _over(cost, budgets[feature], context, _budget(context, f"features.{feature}"))
            yield None, f"Feature {feature} may cost {over} {lines}"
    shared_budget = Decimal(str(context.limit("othersUsd")))
    total = sum(without_budget.values(), Cost())
    if total.high > shared_budget:
        over = _over(total, shared_budget, context, _limit(context, "othersUsd"), "Their shared budget")
        yield None, f"Features without a budget may cost {over} {_sums('feature', without_budget)}"
    _defer_unknown(estimated)


@stack_rule(
    "cost-must-not-grow-past-the-baseline",
    severity=Severity.MEDIUM,
    settings={
        "percent": per_environment(
            "Maximum growth over the baseline in percent", dev=30, staging=20, preprod=10, prod=10
        ),
        "baselineUsd": by_environment(
            "Expected US dollars a month by type in each environment",
            {"type": "object", "additionalProperties": AMOUNT},
            {name: {type_: float(usd) for type_, usd in each.types.items()} for name, each in BASELINE.items()},
            Tightening.LOWER,
        ),
    },
)
def growth(stack: Stack, context: Context) -> StackFindings:
    """Costs creep up a little with every change, so growth beyond an agreed percentage needs an explicit decision."""
    if not context.is_known_environment:
        return  # A temporary stack has no baseline to grow from. Its budget still applies.
    baseline: Mapping[str, float] = context.settings["baselineUsd"].get(context.stack, {})
    before = {resource_type: Decimal(str(usd)) for resource_type, usd in baseline.items()}
    if not before:
        yield (
            None,
            f"Environment {context.stack} has no baseline in cost/baseline.yaml. Create it with `ops cost baseline`.",
        )
        return
    estimated = estimate(stack)
    expected_before, percent = sum(before.values(), Decimal(0)), Decimal(str(context.limit("percent")))
    most = expected_before * (1 + percent / 100)
    if estimated.total.expected > most:
        increase = dollars(estimated.total.expected - expected_before)
        text = (
            f"The stack is expected to cost {dollars(estimated.total.expected)} a month, {increase} more than its "
            f"baseline of {dollars(expected_before)}. Growth of {percent:f} % is allowed, up to {dollars(most)}. "
            f"{_growth_by_type(estimated, before)} Reduce the cost, accept it with "
            f"`ops cost baseline {context.stack}`, or raise {_limit(context, 'percent')}."
        )
        yield None, text
    _defer_unknown(estimated)


def _defer_unknown(estimated: Estimate) -> None:
    """Raise the first unknown value of an estimate, if there is one.

    The kernel then defers the rule to the update. Callers judge the known costs first.
    """
    for unknown in estimated.unknown:
        raise unknown


def _budget(context: Context, name: str) -> str:
    return configured_budgets.budget_key(context, name)


def _limit(context: Context, setting: str) -> str:
    return configured_budgets.limit_key(context, setting, "budgets.py")


def _over(cost: Cost, cap: Decimal, context: Context, key: str, cap_name: str = "Its budget") -> str:
    """Return sentences about a cost above a budget.

    `key` is the place where the budget is set.
    """
    return (
        f"{dollars(cost.high)} a month with everything that scales at its maximum "
        f"({dollars(cost.expected)} as planned, {dollars(cost.low)} at least). "
        f"{cap_name} in {_where(context)} is {dollars(cap)}. Use less, or raise {key}."
    )


def _where(context: Context) -> str:
    return context.environment if context.is_known_environment else f"stack {context.stack!r}"


def _arithmetic(estimated: Estimate) -> str:
    groups: tuple[tuple[str, Callable[[CostLine], str]], ...] = (
        ("team", lambda line: line.team),
        ("feature", lambda line: line.feature),
        ("type", lambda line: line.type),
    )
    sums = (_sums(name, estimated.by(group)) for name, group in groups)
    return " ".join((*sums, _most_expensive(estimated.lines)))


def _sums(name: str, sums: Mapping[str, Cost]) -> str:
    parts = ", ".join(f"{key} {dollars(cost.high)}" for key, cost in sums.items() if cost.high)
    return f"By {name}: {parts}."


def _most_expensive(lines: Iterable[CostLine]) -> str:
    paid = (line for line in lines if line.cost.high)
    first = sorted(paid, key=lambda line: (-line.cost.high, line.resource.urn))[:MAX_SHOWN]
    return f"Most expensive per month: {'; '.join(f'{line} = {dollars(line.cost.high)}' for line in first)}."


def _growth_by_type(estimated: Estimate, before: Mapping[str, Decimal]) -> str:
    now = estimated.by(lambda line: line.type)
    increases = ((cost.expected - before.get(name, Decimal(0)), name) for name, cost in now.items())
    largest = sorted((each for each in increases if each[0] > 0), reverse=True)[:MAX_SHOWN]
    return f"Growth: {', '.join(f'{name} by {dollars(increase)}' for increase, name in largest)}."
