"""The cache of the data layer. There is none in the DR region: sessions are made anew after a failover (ADR 0015)."""

from dataclasses import dataclass

import pulumi

from components.cache.plan import Topology
from components.cache.redis import RedisArgs, RedisCache
from components.keys.plan import Purpose
from components.network.plan import Tier
from components.network.security_group_plan import SecurityGroup
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import RegionNetwork
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class CacheOutputs:
    """Where the cache is and who may sign in; services need `elasticache:Connect` on `connect_arns`."""

    address: pulumi.Output[str]
    port: pulumi.Output[int]
    user: pulumi.Output[str]
    connect_arns: tuple[pulumi.Output[str], ...]


def cache(settings: EnvironmentSettings, base: FoundationOutputs, network: RegionNetwork, layer: Layer) -> CacheOutputs:
    """The Redis of the primary region."""
    wanted = settings.cache
    made = RedisCache(
        "cache",
        RedisArgs(
            context=base.context.with_feature("cache"),
            role="cache",
            version=wanted.version,
            node_type=wanted.node_type,
            topology=Topology(wanted.nodes),
            snapshot_retention_days=wanted.snapshot_retention_days,
            log_retention_days=wanted.log_retention_days,
            final_snapshot=not settings.data.destroyable,
            subnet_ids=network.subnet_ids[Tier.DATA],
            security_group_ids=[network.groups[SecurityGroup.CACHE]],
            key=base.keys[Purpose.CACHE],
            logs_key=base.keys[Purpose.LOGS],
        ),
        layer.child_options(),
    )
    return CacheOutputs(made.address, made.port, made.user, made.connect_arns)
