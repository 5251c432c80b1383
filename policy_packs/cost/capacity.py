"""Limits on the number of machines and NAT gateways of an environment."""

from decimal import Decimal

from policy_packs.cost.configured_budgets import limit_key
from policy_packs.cost.machines import FREE_IOPS, FREE_MIBPS, NODE_GROUP, SCALING_GROUP
from policy_packs.cost.pricing import SCHEDULE, PricedStack
from policy_packs.kernel.context import Context, per_environment
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource

NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
MAXIMUM_SIZES = {
    NODE_GROUP: ("scalingConfig.maxSize",),
    SCALING_GROUP: ("maxSize", "warmPool.maxGroupPreparedCapacity", "warmPool.minSize"),
    SCHEDULE: ("maxSize", "minSize", "desiredCapacity"),
}
"""Properties that set or raise the largest size of a group of machines, by type.

Machines of a warm pool are billed in addition to those in service (EC2 Auto Scaling User Guide, "Warm pools").
"""
DATABASE_PERFORMANCE = {"iops": FREE_IOPS, "storageThroughput": FREE_MIBPS}
"""Performance that the price of RDS's gp3 storage includes at every size (Amazon RDS User Guide, "gp3 storage")."""


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

    A schedule can raise the sizes of a group, so its sizes have the same limit, and so have those of a warm pool.
    """
    ceiling = context.limit("maxNodes")
    paths = MAXIMUM_SIZES[resource.type]
    for path in paths:
        size = resource.number(path)
        # A schedule leaves the sizes unchanged that it does not set, and a group needs no warm pool.
        if size is None and path == paths[0] and resource.type != SCHEDULE:
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

    Auto Scaling groups, their warm pools and the sizes that schedules set also count.
    """
    groups = stack.of_type(NODE_GROUP, SCALING_GROUP)
    priced = PricedStack(stack)
    total = sum(
        max(priced.scheduled_maximum(group), *(Decimal(group.number(path) or 0) for path in MAXIMUM_SIZES[group.type]))
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


@rule("cost-must-know-node-groups", on="aws:eks/cluster:Cluster")
def auto_mode(cluster: Resource) -> Findings:
    """EKS Auto Mode starts machines that belong to no group, so no limit and no estimate includes them.

    Source: EKS User Guide, "Automate cluster infrastructure with EKS Auto Mode".
    """
    if cluster.flag("computeConfig.enabled"):
        yield "`computeConfig.enabled` is on, so EKS starts machines without a limit. Remove it, and add a node group."


@rule("cost-must-price-database-performance", on="aws:rds/instance:Instance")
def database_performance(database: Resource) -> Findings:
    """AWS bills storage performance above what the storage includes, and no estimate contains it."""
    for path, included in DATABASE_PERFORMANCE.items():
        amount = database.number(path)
        if amount is not None and amount > included:
            yield f"`{path}` is {amount:.0f}, but only {included} are in the price of the storage. Leave it out."


def _limit(context: Context, setting: str) -> str:
    return limit_key(context, setting, "capacity.py")
