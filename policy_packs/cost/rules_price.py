"""How dear a single machine may be, by environment."""

from collections.abc import Iterator
from decimal import Decimal

from policy_packs.cost.machines import MACHINES, SPOT_FACTOR, by_requirements, is_spot, machine_types
from policy_packs.cost.offers import DATABASE, MULTI_AZ_FACTOR
from policy_packs.cost.pricing import Unpriced, monthly, region_of
from policy_packs.kernel.context import Context, per_environment
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

DATABASE_IN_CLUSTER = "aws:rds/clusterInstance:ClusterInstance"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"

ACCELERATED = frozenset({"g4dn", "g5", "g6", "g6e", "inf1", "inf2"})
# Superseded: dearer for the same work. Giants and clusters: out of all proportion here. By kind of machine, so that
# `m4`, `db.m4` and `u-6tb1` are all met by what precedes the size.
SUPERSEDED = frozenset(
    {"t1", "t2", "m1", "m2", "m3", "m4", "c1", "c3", "c4", "r3", "r4", "i2", "d2", "g3", "g3s", "p2"}
)
GIANT = ("x1", "x2", "x8", "u-", "u7", "z1", "mac", "p3", "p4", "p5", "p6", "trn", "dl", "vt")


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
    if by_requirements(resource):
        yield "instance_requirements lets AWS choose the type, at any price; name the instance types instead"
    factor = SPOT_FACTOR if is_spot(resource) else Decimal(1)
    for kind in machine_types(resource):
        yield from _capped(resource, context, "instances", kind, times=factor)


@rule(
    "cost-must-cap-database-price",
    on=DATABASE,
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
    if kind is None:
        return
    # The standby doubles the price: whether there is one matters only where it decides.
    if too_dear := list(_capped(resource, context, "databases", kind, times=MULTI_AZ_FACTOR)):
        yield from too_dear if resource.flag("multiAz") else _capped(resource, context, "databases", kind)


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
    if kind is not None:
        nodes = _nodes(resource)
        yield from _capped(resource, context, "caches", kind, times=nodes, what=f"{nodes} x {kind}")


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
            yield f"{kind} is of a banned family; use m7g, c7g, r7g, t4g, m6i or c6i"
        elif family in ACCELERATED and not is_spot(resource):
            yield f"{kind} is accelerated and on demand; training and batch run on spot capacity"


def _kinds(resource: Resource) -> Iterator[str]:
    if resource.type in MACHINES:
        yield from machine_types(resource)
    elif kind := resource.text("nodeType" if resource.type == CACHE else "instanceClass"):
        yield kind


def _capped(
    resource: Resource, context: Context, section: str, kind: str, *, times: int | Decimal = 1, what: str = ""
) -> Findings:
    """Blame what costs more than the rule's ceiling, and what has no known price."""
    try:
        price = monthly(region_of(resource), section, kind) * Decimal(times)
    except Unpriced as reason:
        yield str(reason)
        return
    ceiling = Decimal(str(context.limit("monthlyUsd")))
    if price > ceiling:
        where = context.environment if context.is_known_environment else f"stack {context.stack!r}"
        yield f"{what or kind} costs ${price:.0f} a month; the ceiling in {where} is ${ceiling:.0f}: take a smaller one"
