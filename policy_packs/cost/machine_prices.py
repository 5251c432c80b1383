"""Limits on the price of a single machine, by environment."""

from collections.abc import Iterator
from decimal import Decimal

from policy_packs.cost.configured_budgets import limit_key
from policy_packs.cost.machines import BY_REQUIREMENTS, MACHINES, SPOT_FACTOR, by_requirements, is_spot, machine_types
from policy_packs.cost.offers import DATABASE, MULTI_AZ_FACTOR
from policy_packs.cost.pricing import Unpriced, monthly, region_of
from policy_packs.kernel.context import Context, per_environment
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

DATABASE_IN_CLUSTER = "aws:rds/clusterInstance:ClusterInstance"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"

ACCELERATED = frozenset({"g4dn", "g5", "g6", "g6e", "inf1", "inf2"})
# Superseded families cost more for the same work, and giant machines are far larger than any workload here. A family
# is the part of a type before its size, without `db.` and `cache.`: `m4` also stands for `db.m4`.
SUPERSEDED = frozenset(
    {"t1", "t2", "m1", "m2", "m3", "m4", "c1", "c3", "c4", "r3", "r4", "i2", "d2", "g3", "g3s", "p2"}
)
GIANT = ("x1", "x2", "x8", "u-", "u7", "z1", "mac", "p3", "p4", "p5", "p6", "trn", "dl", "vt")

COMPUTE_FAMILIES = "m7g, c7g, r7g, t4g, m6i or c6i"
DATABASE_FAMILIES = "db.m7g, db.r7g or db.t4g"
CACHE_FAMILIES = "cache.m7g, cache.r7g or cache.t4g"
"""Families to use instead of a banned one.

Databases and caches need memory more than processors, so compute-optimised families are not among theirs.
"""


@rule(
    "cost-must-cap-instance-price",
    on=MACHINES,
    severity=Severity.MEDIUM,
    settings={
        "monthlyUsd": per_environment(
            "Maximum US dollars a month for one instance", dev=130, staging=300, preprod=1200, prod=1200
        )
    },
)
def instance_price(resource: Resource, context: Context) -> Findings:
    """One large machine can use up the budget, so its size is limited per environment."""
    if by_requirements(resource):
        yield BY_REQUIREMENTS
    factor, note = (SPOT_FACTOR, " at its spot price") if is_spot(resource) else (Decimal(1), "")
    for instance_type in machine_types(resource):
        label = f"{instance_type}{note}"
        yield from _capped(resource, context, "instances", instance_type, times=factor, label=label)


@rule(
    "cost-must-cap-database-price",
    on=DATABASE,
    severity=Severity.MEDIUM,
    settings={
        "monthlyUsd": per_environment(
            "Maximum US dollars a month for one database, including its standby",
            dev=100,
            staging=350,
            preprod=2700,
            prod=2700,
        )
    },
)
def database_price(resource: Resource, context: Context) -> Findings:
    """Databases are the most expensive single machines here, and Multi-AZ doubles their price."""
    instance_class = resource.text("instanceClass")
    if instance_class is None:
        return
    # The standby doubles the price. `multiAz` may be unknown, so it is read only if it decides the outcome.
    if findings := list(_capped(resource, context, "databases", instance_class, times=MULTI_AZ_FACTOR)):
        yield from findings if resource.flag("multiAz") else _capped(resource, context, "databases", instance_class)


@rule(
    "cost-must-cap-cache-price",
    on=CACHE,
    severity=Severity.MEDIUM,
    settings={
        "monthlyUsd": per_environment(
            "Maximum US dollars a month for all nodes of one cache", dev=30, staging=100, preprod=700, prod=700
        )
    },
)
def cache_price(resource: Resource, context: Context) -> Findings:
    """Every node of a cache is billed, including replicas, so the limit is on all nodes together."""
    node_type = resource.text("nodeType")
    if node_type is not None:
        nodes = _nodes(resource)
        yield from _capped(resource, context, "caches", node_type, times=nodes, label=f"{nodes} x {node_type}")


def _nodes(cache: Resource) -> int:
    """Return the number of nodes of all shards."""
    shards, replicas = cache.number("numNodeGroups") or 1, cache.number("replicasPerNodeGroup") or 0
    return int(cache.number("numCacheClusters") or shards * (replicas + 1))


@rule(
    "cost-must-not-use-banned-families", on=(*MACHINES, DATABASE, DATABASE_IN_CLUSTER, CACHE), severity=Severity.MEDIUM
)
def families(resource: Resource) -> Findings:
    """Superseded families cost more for the same work. Accelerators pay off only for training on spot capacity."""
    for machine in _machines(resource):
        family = machine.removeprefix("db.").removeprefix("cache.").partition(".")[0]
        if family in SUPERSEDED or family.startswith(GIANT):
            yield f"{machine} belongs to a banned instance family. Use {_families(resource)}."
        elif ".metal" in machine:
            yield f"{machine} has a bare-metal size, which is banned. Use a virtual size, such as large."
        elif family in ACCELERATED and not is_spot(resource):
            yield (
                f"{machine} has an accelerator and runs on demand. Use spot capacity; accelerators are for training "
                "and batch jobs."
            )


def _families(resource: Resource) -> str:
    return {DATABASE: DATABASE_FAMILIES, DATABASE_IN_CLUSTER: DATABASE_FAMILIES, CACHE: CACHE_FAMILIES}.get(
        resource.type, COMPUTE_FAMILIES
    )


def _machines(resource: Resource) -> Iterator[str]:
    if resource.type in MACHINES:
        yield from machine_types(resource)
    elif machine := resource.text("nodeType" if resource.type == CACHE else "instanceClass"):
        yield machine


def _capped(
    resource: Resource, context: Context, section: str, name: str, *, times: int | Decimal = 1, label: str = ""
) -> Findings:
    """Yield a finding if a machine exceeds the rule's ceiling or has no known price."""
    try:
        price = monthly(region_of(resource), section, name) * Decimal(times)
    except Unpriced as reason:
        yield str(reason)
        return
    ceiling = Decimal(str(context.limit("monthlyUsd")))
    if price > ceiling:
        where = context.environment if context.is_known_environment else f"stack {context.stack!r}"
        cost = f"{label or name} costs ${price:.0f} a month"
        limit = limit_key(context, "monthlyUsd", "machine_prices.py")
        yield f"{cost}, but the ceiling in {where} is ${ceiling:.0f}. Use a smaller size, or raise {limit}."
