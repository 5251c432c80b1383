"""Limits on the number of machines and NAT gateways of an environment."""

from decimal import Decimal

from policy_packs.cost.configured_budgets import limit_key
from policy_packs.cost.machines import NODE_GROUP, SCALING_GROUP
from policy_packs.cost.pricing import SCHEDULE, PricedStack
from policy_packs.kernel.context import Context, per_environment
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource

NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
MAXIMUM_SIZES = {
    NODE_GROUP: ("scalingConfig.maxSize",),
    SCALING_GROUP: ("maxSize",),
    SCHEDULE: ("maxSize", "minSize", "desiredCapacity"),
}
"""Properties that set or raise the largest size of a group of machines, by type."""


@rule(
    "cost-must-cap-node-groups",
    on=MAXIMUM_SIZES,
    severity=Severity.MEDIUM,
    settings={
        "maxNodes": per_environment("Maximum number of machines in one group", dev=4, staging=10, preprod=30, prod=30)
    },
)
def group_size(resource: Resource, context: Context) -> Findings:
    """A runaway autoscaler must reach a limit before it uses up the budget.

    A schedule can raise the sizes of a group, so its sizes have the same limit.
    """
    ceiling = context.limit("maxNodes")
    for path in MAXIMUM_SIZES[resource.type]:
        size = resource.number(path)
        # A schedule leaves the sizes unchanged that it does not set.
        if size is None and resource.type != SCHEDULE:
            yield f"{path} is not set. Set it to {ceiling:.0f} or less."
        elif size is not None and size > ceiling:
            grows = f"The group can grow to {size:.0f} machines, but {context.environment} allows {ceiling:.0f}."
            yield f"{grows} Lower {path}, or raise {_limit(context, 'maxNodes')}."


@stack_rule(
    "cost-must-cap-machines",
    settings={
        "maxMachines": per_environment(
            "Maximum number of machines in all node groups", dev=5, staging=12, preprod=60, prod=60
        )
    },
)
def machines(stack: Stack, context: Context) -> StackFindings:
    """Small groups in all regions can add up to more machines than the environment may run.

    Auto Scaling groups and the sizes that schedules set also count.
    """
    groups = stack.of_type(NODE_GROUP, SCALING_GROUP)
    priced = PricedStack(stack)
    total = sum(
        max(Decimal(group.number(MAXIMUM_SIZES[group.type][0]) or 0), priced.scheduled_maximum(group))
        for group in groups
    )
    ceiling = context.limit("maxMachines")
    if total > ceiling:
        names = ", ".join(group.name for group in groups)
        finding = f"Node groups {names} can grow to {total:.0f} machines together"
        remedy = f"Lower scalingConfig.maxSize of a group, or raise {_limit(context, 'maxMachines')}."
        yield None, f"{finding}, but {context.environment} allows {ceiling:.0f}. {remedy}"


@stack_rule(
    "cost-must-cap-nat-gateways",
    severity=Severity.LOW,
    settings={
        "maxGateways": per_environment(
            "Maximum number of NAT gateways in the stack", dev=1, staging=2, preprod=6, prod=6
        )
    },
)
def nat_gateways(stack: Stack, context: Context) -> StackFindings:
    """A NAT gateway is billed even without traffic. Use one per zone only if the stack must survive a zone failure."""
    gateways = stack.of_type(NAT_GATEWAY)
    ceiling = context.limit("maxGateways")
    if len(gateways) > ceiling:
        names = ", ".join(gateway.name for gateway in gateways)
        finding = f"The stack has {len(gateways)} NAT gateways ({names})"
        remedy = f"Share a gateway between zones, or raise {_limit(context, 'maxGateways')}."
        yield None, f"{finding}, but {context.environment} allows {ceiling:.0f}. {remedy}"


def _limit(context: Context, setting: str) -> str:
    return limit_key(context, setting, "capacity.py")
