"""How dear a single machine may be, by environment."""

from collections.abc import Iterator
from decimal import Decimal

from policy_packs.cost.prices import AS_OF, MULTI_AZ_FACTOR, SPOT_FACTOR, monthly_price
from policy_packs.kernel.context import Context, per_environment
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

INSTANCE = "aws:ec2/instance:Instance"
SPOT_REQUEST = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
LAUNCH_CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
SCALING_GROUP = "aws:autoscaling/group:Group"
MACHINES = (INSTANCE, SPOT_REQUEST, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, NODE_GROUP, SCALING_GROUP)
OVERRIDES = "mixedInstancesPolicy.launchTemplate.overrides"
DATABASE = "aws:rds/instance:Instance"
DATABASE_IN_CLUSTER = "aws:rds/clusterInstance:ClusterInstance"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"

# What EKS takes for a node group that names neither types nor a launch template.
EKS_DEFAULT_TYPE = "t3.medium"

ACCELERATED = frozenset({"g4dn", "g5", "g6", "g6e", "inf1", "inf2"})
# Superseded: dearer for the same work. Giants and clusters: out of all proportion here. By kind of machine, so that
# `m4`, `db.m4` and `u-6tb1` are all met by what precedes the size.
SUPERSEDED = frozenset(
    {"t1", "t2", "m1", "m2", "m3", "m4", "c1", "c3", "c4", "r3", "r4", "i2", "d2", "g3", "g3s", "p2"}
)
GIANT = ("x1", "x2", "x8", "u-", "u7", "z1", "mac", "p3", "p4", "p5", "p6", "trn", "dl", "vt")


def machine_types(resource: Resource) -> tuple[str, ...]:
    """The EC2 instance types that a resource may start."""
    if resource.kind == NODE_GROUP:
        return resource.texts("instanceTypes") or (() if "launchTemplate" in resource else (EKS_DEFAULT_TYPE,))
    if resource.kind == SCALING_GROUP:
        return tuple(kind for override in resource.each(OVERRIDES) for kind in override.texts("instanceType"))
    return resource.texts("instanceType")


def by_requirements(resource: Resource) -> bool:
    """Whether AWS chooses the instance types, by vCPUs and memory, so that nobody knows what they cost."""
    if resource.kind == SCALING_GROUP:
        return any("instanceRequirements" in override for override in resource.each(OVERRIDES))
    return "instanceRequirements" in resource


def is_spot(resource: Resource) -> bool:
    """Whether a resource runs on spot capacity."""
    if resource.kind == NODE_GROUP:
        return resource.text("capacityType") == "SPOT"
    return resource.kind == SPOT_REQUEST or resource["instanceMarketOptions.marketType"] == "spot"


def _unpriced(kind: str) -> str:
    return f"the price of {kind} is not in the table of {AS_OF}; use a listed type or add its price to cost/prices.py"


@rule(
    "cost-must-cap-instance-price",
    on=MACHINES,
    severity=Severity.MEDIUM,
    settings={
        "monthlyUsd": per_environment(
            "Dearest instance in US dollars a month", dev=130, staging=300, preprod=1200, prod=1200
        )
    },
)
def instance_price(resource: Resource, context: Context) -> Findings:
    """The monthly budget is finite: how big one machine may be is decided for an environment, not in passing."""
    ceiling = Decimal(str(context.limit("monthlyUsd")))
    if by_requirements(resource):
        yield "instance_requirements lets AWS choose the type, at any price; name the instance types instead"
    factor = SPOT_FACTOR if is_spot(resource) else Decimal(1)
    for kind in machine_types(resource):
        price = monthly_price(kind)
        if price is None:
            yield _unpriced(kind)
        elif price * factor > ceiling:
            yield _too_dear(kind, price * factor, ceiling, context)


@rule(
    "cost-must-cap-database-price",
    on=(DATABASE, DATABASE_IN_CLUSTER),
    severity=Severity.MEDIUM,
    settings={
        "monthlyUsd": per_environment(
            "Dearest database in US dollars a month, its standby included",
            dev=100,
            staging=350,
            preprod=2700,
            prod=2700,
        )
    },
)
def database_price(resource: Resource, context: Context) -> Findings:
    """Databases are the dearest single machines here, and Multi-AZ bills each of them twice."""
    kind = resource.text("instanceClass")
    if kind is None or kind == "db.serverless":
        return
    price = monthly_price(kind)
    if price is None:
        yield _unpriced(kind)
        return
    ceiling = Decimal(str(context.limit("monthlyUsd")))
    # The standby doubles the price: whether there is one matters only where it decides.
    if price > ceiling or (
        price * MULTI_AZ_FACTOR > ceiling and resource.kind == DATABASE and resource.flag("multiAz")
    ):
        standby = resource.kind == DATABASE and resource.flag("multiAz")
        yield _too_dear(kind, price * (MULTI_AZ_FACTOR if standby else 1), ceiling, context)


@rule(
    "cost-must-cap-cache-price",
    on=CACHE,
    severity=Severity.MEDIUM,
    settings={
        "monthlyUsd": per_environment(
            "Dearest cache in US dollars a month, all its nodes together", dev=30, staging=100, preprod=700, prod=700
        )
    },
)
def cache_price(resource: Resource, context: Context) -> Findings:
    """Every node of a cache costs the same, replicas included."""
    kind = resource.text("nodeType")
    if kind is None:
        return
    price = monthly_price(kind)
    if price is None:
        yield _unpriced(kind)
        return
    ceiling, nodes = Decimal(str(context.limit("monthlyUsd"))), _nodes(resource)
    if price * nodes > ceiling:
        yield _too_dear(f"{nodes} x {kind}", price * nodes, ceiling, context)


def _nodes(cache: Resource) -> int:
    """Nodes of all shards together."""
    shards, replicas = cache.number("numNodeGroups") or 1, cache.number("replicasPerNodeGroup") or 0
    return int(cache.number("numCacheClusters") or shards * (replicas + 1))


@rule(
    "cost-must-not-use-banned-families", on=(*MACHINES, DATABASE, DATABASE_IN_CLUSTER, CACHE), severity=Severity.MEDIUM
)
def families(resource: Resource) -> Findings:
    """Superseded families cost more for the same work; accelerators pay off for training only, and then on spot."""
    for kind in _kinds(resource):
        family = kind.removeprefix("db.").removeprefix("cache.").partition(".")[0]
        if family in SUPERSEDED or family.startswith(GIANT) or kind.endswith(".metal"):
            yield f"{kind} is of a banned family; use m7g, c7g, r7g, t4g or their x86 neighbours"
        elif family in ACCELERATED and not is_spot(resource):
            yield f"{kind} is accelerated and on demand; training and batch run on spot capacity"


def _kinds(resource: Resource) -> Iterator[str]:
    if resource.kind in MACHINES:
        yield from machine_types(resource)
    elif kind := resource.text("nodeType" if resource.kind == CACHE else "instanceClass"):
        yield kind


def _too_dear(kind: str, price: Decimal, ceiling: Decimal, context: Context) -> str:
    where = context.environment if context.standard else f"stack {context.stack!r}"
    return f"{kind} costs ${price:.0f} a month; the ceiling in {where} is ${ceiling:.0f}: take a smaller one"
