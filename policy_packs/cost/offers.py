"""What each priced type of resource costs. A type is here, or in types.yaml with the reason why not."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from policy_packs.cost import machines
from policy_packs.cost.pricing import Count, Item, Surroundings, Unpriced, first, monthly, region_of, service
from policy_packs.cost.table import GLOBAL, WORLDWIDE
from policy_packs.kernel.resource import Resource

Offer = Callable[[Resource, Surroundings | None], Iterator[Item]]
"""The parts of what a resource costs; without surroundings, those that the resource tells by itself.

Raises Unpriced when a part's price or number is not known.
"""

DATABASE = "aws:rds/instance:Instance"
LOAD_BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
MULTI_AZ_FACTOR = 2
"""RDS bills the standby, and its storage, like the primary."""
MANAGED_RULES_FOR_MONEY = frozenset(
    {"AWSManagedRulesBotControlRuleSet", "AWSManagedRulesATPRuleSet", "AWSManagedRulesACFPRuleSet"}
)
"""Groups that AWS charges a subscription for (WAF pricing page, "Intelligent threat mitigation")."""
FAST_SECONDS = 10


def price(resource: Resource, around: Surroundings | None = None) -> tuple[Item, ...]:
    """The parts of a resource's price, none for a type without one. Raises Unpriced."""
    offer = OFFERS.get(resource.type)
    return tuple(offer(resource, around)) if offer else ()


def _database(resource: Resource, around: Surroundings | None) -> Iterator[Item]:
    """Instance and storage, twice with a standby; automatic growth of the storage is in the high estimate.

    A replica that says none of its own has its source's class and storage.
    """
    region = region_of(resource)
    source = around.linked(resource, "replicateSourceDb", DATABASE) if around else None
    kind = first(lambda: resource.text("instanceClass"), lambda: source.text("instanceClass") if source else None)
    copies = MULTI_AZ_FACTOR if resource.flag("multiAz") else 1
    if kind:
        yield Item(kind, monthly(region, "databases", kind), Count.of(copies))
    elif around:
        raise Unpriced("says no instance_class, so that its price is not known; set one")
    grown = resource.number("maxAllocatedStorage")
    planned = first(
        lambda: resource.number("allocatedStorage"),
        lambda: source.number("allocatedStorage") if source else None,
        lambda: grown,
    )
    if planned:
        storage = resource.text("storageType") or machines.DEFAULT_VOLUME
        least, most = Decimal(str(planned)), Decimal(str(max(planned, grown or 0)))
        unit = monthly(region, "services", f"rds-{storage}-gib-month")
        yield Item(f"GiB of {storage} storage", unit, Count(least, least, most).times(copies))
    elif around:
        raise Unpriced("says no allocated_storage, so that its price is not known; set it")


def _replication_group(resource: Resource, _around: Surroundings | None) -> Iterator[Item]:
    yield _cache(resource, first(lambda: resource.number("numCacheClusters"), lambda: _sharded(resource)) or 1)


def _sharded(resource: Resource) -> float | None:
    shards = resource.number("numNodeGroups")
    return shards * (1 + (resource.number("replicasPerNodeGroup") or 0)) if shards else None


def _cache_cluster(resource: Resource, _around: Surroundings | None) -> Iterator[Item]:
    """A member of a replication group is priced there."""
    if "replicationGroupId" not in resource:
        yield _cache(resource, resource.number("numCacheNodes") or 1)


def _cache(resource: Resource, nodes: float) -> Item:
    kind = resource.text("nodeType")
    if kind is None:
        raise Unpriced("says no node_type, so that its price is not known; set one")
    return Item(kind, monthly(region_of(resource), "caches", kind), Count.of(nodes))


def _load_balancer(resource: Resource, _around: Surroundings | None) -> Iterator[Item]:
    """The balancer, and a public address in each subnet of one that faces the internet; not what passes through it."""
    region, kind = region_of(resource), resource.text("loadBalancerType") or "application"
    yield service(region, f"{kind}-load-balancer-hour", f"{kind} load balancer")
    if not resource.flag("internal"):
        subnets = len(resource.items("subnets")) or len(resource.items("subnetMappings"))
        yield service(region, "public-ipv4-hour", "public address", subnets)


def _endpoint(resource: Resource, _around: Surroundings | None) -> Iterator[Item]:
    """An interface is billed in each zone; gateways, for S3 and DynamoDB, cost nothing."""
    if (resource.text("vpcEndpointType") or "Gateway") != "Gateway":
        zones = len(resource.items("subnetIds")) or len(resource.items("subnetConfigurations"))
        yield service(region_of(resource), "vpc-endpoint-zone-hour", "zone of an endpoint", zones)


def _cluster(resource: Resource, _around: Surroundings | None) -> Iterator[Item]:
    """The control plane. One that may go on into extended support is priced as if it had: EKS's default."""
    standard = resource.text("upgradePolicy.supportType") == "STANDARD"
    name = "eks-cluster-hour" if standard else "eks-cluster-extended-hour"
    yield service(region_of(resource), name, "control plane" if standard else "control plane in extended support")


def _key(resource: Resource, _around: Surroundings | None) -> Iterator[Item]:
    """A key, and at most two rotations of it (KMS pricing page)."""
    unit = monthly(region_of(resource), "services", "kms-key-month")
    rotations = 2 if resource.flag("enableKeyRotation") else 0
    yield Item("key version", unit, Count(Decimal(1), Decimal(1), Decimal(1 + rotations)))


def _replicated_secret(resource: Resource, _around: Surroundings | None) -> Iterator[Item]:
    yield service(region_of(resource), "secret-month", "secret", 1 + len(resource.items("replicas")))


def _health_check(resource: Resource, _around: Surroundings | None) -> Iterator[Item]:
    """One endpoint of AWS as planned, of another's at most: nothing in a check says which."""
    features = sum(
        (
            (resource.text("type") or "").startswith("HTTPS"),
            resource.number("requestInterval") == FAST_SECONDS,
            bool(resource.text("searchString")),
            bool(resource.flag("measureLatency")),
        )
    )
    for name, what, number in (
        ("health-check-month", "health check", 1),
        ("health-check-feature-month", "feature of a health check", features),
    ):
        own = monthly(WORLDWIDE, "services", f"route53-{name}")
        other = monthly(WORLDWIDE, "services", f"route53-other-{name}")
        yield Item(what, own, Count(Decimal(number), Decimal(number), other / own * number))


def _firewall(resource: Resource, _around: Surroundings | None) -> Iterator[Item]:
    region = region_of(resource)
    yield service(region, "waf-acl-month", "web ACL")
    rules = tuple(resource.each("rules"))
    for rule in rules:
        if rule.text("statement.managedRuleGroupStatement.name") in MANAGED_RULES_FOR_MONEY:
            raise Unpriced("subscribes to managed rules whose price is not in cost/prices.yaml; leave them out")
    yield service(region, "waf-rule-month", "rule", len(rules))


def _flat(resource: Resource, _around: Surroundings | None) -> Iterator[Item]:
    """One of something with one price."""
    name, what = FLAT[resource.type]
    yield service(WORLDWIDE if name in GLOBAL else region_of(resource), name, what)


FLAT: Mapping[str, tuple[str, str]] = {
    "aws:cloudwatch/dashboard:Dashboard": ("cloudwatch-dashboard-month", "dashboard"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("cloudwatch-alarm-month", "alarm"),
    "aws:ec2/eip:Eip": ("public-ipv4-hour", "public address"),
    "aws:ec2/natGateway:NatGateway": ("nat-gateway-hour", "NAT gateway"),
    "aws:kms/externalKey:ExternalKey": ("kms-key-month", "key version"),
    "aws:kms/replicaKey:ReplicaKey": ("kms-key-month", "key version"),
    "aws:route53/zone:Zone": ("route53-zone-month", "hosted zone"),
}
OFFERS: Mapping[str, Offer] = {
    machines.INSTANCE: machines.instance_items,
    machines.SPOT_REQUEST: machines.instance_items,
    machines.NODE_GROUP: machines.node_group_items,
    machines.SCALING_GROUP: machines.scaling_group_items,
    "aws:ebs/volume:Volume": machines.volume_items,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:eks/cluster:Cluster": _cluster,
    "aws:elasticache/cluster:Cluster": _cache_cluster,
    "aws:elasticache/replicationGroup:ReplicationGroup": _replication_group,
    "aws:kms/key:Key": _key,
    **dict.fromkeys(FLAT, _flat),
    **dict.fromkeys(LOAD_BALANCERS, _load_balancer),
    DATABASE: _database,
    "aws:route53/healthCheck:HealthCheck": _health_check,
    "aws:secretsmanager/secret:Secret": _replicated_secret,
    "aws:wafv2/webAcl:WebAcl": _firewall,
}
