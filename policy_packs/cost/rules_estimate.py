"""What the whole stack costs, held against what may be spent, with the arithmetic shown.

Caps are held against the high estimate: what would be billed if everything that scales stood at its maximum all month.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from policy_packs.cost import caps
from policy_packs.cost.estimate import Estimate, Line, estimate
from policy_packs.cost.offers import OFFERS, price
from policy_packs.cost.pricing import Cost, Unpriced, dollars
from policy_packs.cost.table import BASELINE, TYPES
from policy_packs.kernel.context import Context, per_environment
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource

AWS = "aws:"
SHOWN = 5
"""So many of the dearest are named in a message."""


@rule(
    "cost-must-cap-every-resource",
    on=OFFERS,
    severity=Severity.MEDIUM,
    settings={
        "monthlyUsd": per_environment(
            "Most US dollars a month for one resource at its greatest size",
            dev=150,
            staging=1500,
            preprod=9000,
            prod=9000,
        )
    },
)
def resource_cap(resource: Resource, context: Context) -> Findings:
    """One resource that may eat a large part of the budget is decided on by somebody, not merged in passing."""
    ceiling = Decimal(str(context.limit("monthlyUsd")))
    try:
        items = price(resource)
    except Unpriced as reason:
        yield str(reason)
        return
    if (most := Cost.of(items).high) > ceiling:
        yield (
            f"may cost {dollars(most)} a month ({' + '.join(map(str, items))}); a resource's ceiling in "
            f"{_where(context)} is {dollars(ceiling)}: make it smaller"
        )


@stack_rule("cost-must-know-every-type", severity=Severity.MEDIUM)
def known_types(stack: Stack) -> StackFindings:
    """A type that the cost pack has never heard of would cost nothing in every estimate, whatever AWS asks for."""
    for resource in stack.resources:
        known = resource.type in OFFERS or resource.type in TYPES.free or resource.type in TYPES.usage
        if resource.type.startswith(AWS) and not known:
            yield resource, _unheard_of(resource.type)


@stack_rule("cost-must-know-every-price", severity=Severity.MEDIUM)
def known_prices(stack: Stack) -> StackFindings:
    """What has an unknown price is not free: an estimate that leaves it out would be lower than the bill."""
    found = estimate(stack)
    for resource, reason in found.unpriced:
        yield resource, f"{resource.name}: {reason}"
    _await(found)


@stack_rule(
    "cost-must-stay-under-the-environments-cap",
    severity=Severity.HIGH,
    settings={"monthlyUsd": caps.budget("Most US dollars a month for the stack")},
)
def environment_cap(stack: Stack, context: Context) -> StackFindings:
    """The monthly budget of an environment is promised to the school: what could break it is not deployed."""
    found = estimate(stack)
    cap = Decimal(str(context.limit("monthlyUsd")))
    if found.total.high > cap:
        yield None, f"the stack may cost {_over(found.total, cap, context)}. {_arithmetic(found)}"
    if found.unpriced:
        names = ", ".join(resource.name for resource, _ in found.unpriced)
        yield None, f"what the stack costs is not known: {names} have no price; see cost-must-know-every-price"
    _await(found)


@stack_rule(
    "cost-must-stay-under-the-teams-caps",
    severity=Severity.MEDIUM,
    settings={"monthlyUsd": caps.shares("Most US dollars a month by value of the tag team", caps.TEAMS)},
)
def team_caps(stack: Stack, context: Context) -> StackFindings:
    """Teams share an environment's budget: what one of them takes the others do not have."""
    found = estimate(stack)
    limits = caps.of(context, "monthlyUsd")
    for team, cost in found.by(lambda line: line.team).items():
        if team not in limits:
            yield None, f"team {team} has no budget, but may cost {dollars(cost.high)} a month; tag a team that has one"
        elif cost.high > limits[team]:
            yield None, f"team {team} may cost {_over(cost, limits[team], context)}. {_dearest(found, 'team', team)}"
    _await(found)


@stack_rule(
    "cost-must-stay-under-the-features-caps",
    severity=Severity.MEDIUM,
    settings={
        "monthlyUsd": caps.shares("Most US dollars a month by value of the tag feature", caps.FEATURES),
        "othersUsd": per_environment(
            "Most US dollars a month for all features together that have no budget of their own",
            dev=300,
            staging=450,
            preprod=3000,
            prod=3000,
        ),
    },
)
def feature_caps(stack: Stack, context: Context) -> StackFindings:
    """A feature has to be worth what it costs; those without a budget share one."""
    found = estimate(stack)
    limits = caps.of(context, "monthlyUsd")
    rest: dict[str, Cost] = {}
    for feature, cost in found.by(lambda line: line.feature).items():
        if feature not in limits:
            rest[feature] = cost
        elif cost.high > limits[feature]:
            over = _over(cost, limits[feature], context)
            yield None, f"feature {feature} may cost {over}. {_dearest(found, 'feature', feature)}"
    left = Decimal(str(context.limit("othersUsd")))
    together = sum(rest.values(), Cost())
    if together.high > left:
        yield None, f"features without a budget may cost {_over(together, left, context)}. {_sums('feature', rest)}"
    _await(found)


@stack_rule(
    "cost-must-not-grow-past-the-baseline",
    severity=Severity.MEDIUM,
    settings={
        "percent": per_environment("Most growth over the baseline in percent", dev=30, staging=20, preprod=10, prod=10),
        "baselineUsd": caps.shares(
            "US dollars a month by type that each environment was expected to cost",
            {name: {kind: float(usd) for kind, usd in each.types.items()} for name, each in BASELINE.items()},
        ),
    },
)
def growth(stack: Stack, context: Context) -> StackFindings:
    """Costs creep up a little with every change: past a step that was agreed on, somebody looks and says so."""
    if not context.is_known_environment:
        return  # made for a change and gone with it: it has grown from nothing, and the lowest caps hold for it
    before = {kind: Decimal(str(usd)) for kind, usd in context.settings["baselineUsd"].get(context.stack, {}).items()}
    if not before:
        yield None, f"{context.stack} has no baseline in cost/baseline.yaml; make it with `ops cost baseline`"
        return
    found = estimate(stack)
    was, percent = sum(before.values(), Decimal(0)), Decimal(str(context.limit("percent")))
    most = was * (1 + percent / 100)
    if found.total.expected > most:
        more = dollars(found.total.expected - was)
        text = (
            f"the stack is expected to cost {dollars(found.total.expected)} a month, {more} more than its baseline of "
            f"{dollars(was)}; {percent:f} % are allowed, up to {dollars(most)}. {_grown(found, before)}; make it "
            f"smaller, or agree on it with `ops cost baseline {context.stack}`"
        )
        yield None, text
    _await(found)


def _unheard_of(kind: str) -> str:
    return (
        f"nothing says what {kind} costs; price it in cost/offers.py, or list it in cost/types.yaml as free or billed "
        "by use"
    )


def _await(found: Estimate) -> None:
    """Have the rule decided at update, for all that was not known: what was, has been judged."""
    for wait in found.waits:
        raise wait


def _over(cost: Cost, cap: Decimal, context: Context) -> str:
    return (
        f"{dollars(cost.high)} a month with all that scales at its maximum ({dollars(cost.expected)} as planned, "
        f"{dollars(cost.low)} at least); {_where(context)} allows {dollars(cap)}: take less or raise the budget"
    )


def _where(context: Context) -> str:
    return context.environment if context.is_known_environment else f"stack {context.stack!r}"


def _arithmetic(found: Estimate) -> str:
    sums: tuple[tuple[str, Callable[[Line], str]], ...] = (
        ("team", lambda line: line.team),
        ("feature", lambda line: line.feature),
        ("type", lambda line: line.type),
    )
    return " ".join((*(_sums(name, found.by(what)) for name, what in sums), _lines("Dearest", found.lines)))


def _sums(name: str, sums: Mapping[str, Cost]) -> str:
    parts = ", ".join(f"{key} {dollars(cost.high)}" for key, cost in sums.items() if cost.high)
    return f"By {name}: {parts}."


def _dearest(found: Estimate, what: str, name: str) -> str:
    return _lines("Dearest", (line for line in found.lines if getattr(line, what) == name))


def _lines(title: str, lines: Iterable[Line]) -> str:
    dearest = sorted(lines, key=lambda line: (-line.cost.high, line.resource.urn))[:SHOWN]
    return f"{title}: {'; '.join(f'{line} = {dollars(line.cost.high)}' for line in dearest)}."


def _grown(found: Estimate, before: Mapping[str, Decimal]) -> str:
    now = found.by(lambda line: line.type)
    steps = {kind: cost.expected - before.get(kind, Decimal(0)) for kind, cost in now.items()}
    dearer = sorted(((step, kind) for kind, step in steps.items() if step > 0), reverse=True)
    return f"Grown: {', '.join(f'{kind} by {dollars(step)}' for step, kind in dearer[:SHOWN])}"
