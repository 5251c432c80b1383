"""Cache of the data layer.

The DR region has no cache: clients create new sessions after a failover (ADR 0015).
"""

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
    """Address of the cache. Services need `elasticache:Connect` on `connect_arns`."""

    address: pulumi.Output[str]
    port: pulumi.Output[int]
    user: pulumi.Output[str]
    connect_arns: tuple[pulumi.Output[str], ...]


def cache(settings: EnvironmentSettings, base: FoundationOutputs, network: RegionNetwork, layer: Layer) -> CacheOutputs:
    """Deploy Redis in the primary region."""
    cache_settings = settings.cache
    redis = RedisCache(
        "cache",
        RedisArgs(
            context=base.context.with_feature("cache"),
            role="cache",
            version=cache_settings.version,
            node_type=cache_settings.node_type,
            topology=Topology(cache_settings.nodes),
            snapshot_retention_days=cache_settings.snapshot_retention_days,
            log_retention_days=cache_settings.log_retention_days,
            final_snapshot=not settings.data.destroyable,
            subnet_ids=network.subnet_ids[Tier.DATA],
            security_group_ids=[network.groups[SecurityGroup.CACHE]],
            key=base.keys[Purpose.CACHE],
            logs_key=base.keys[Purpose.LOGS],
        ),
        layer.child_options(),
    )
    return CacheOutputs(redis.address, redis.port, redis.user, redis.connect_arns)
