"""Prices by resource type.

Types without a price are in types.yaml, with the reason.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from policy_packs.cost import machines
from policy_packs.cost.pricing import Count, Item, PricedStack, Unpriced, first, monthly, region_of, service
from policy_packs.cost.table import GLOBAL, WORLDWIDE
from policy_packs.kernel.resource import Resource

PriceFunction = Callable[[Resource, PricedStack | None], Iterator[Item]]
"""Yields the items of a resource's price. Without a stack, only those that depend on the resource alone.

Raises Unpriced if a price or a quantity is unknown.
"""

DATABASE = "aws:rds/instance:Instance"
LOAD_BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
MULTI_AZ_FACTOR = 2
"""RDS bills the standby, and its storage, like the primary."""
PAID_RULE_GROUPS = frozenset(
    {"AWSManagedRulesBotControlRuleSet", "AWSManagedRulesATPRuleSet", "AWSManagedRulesACFPRuleSet"}
)
"""Rule groups with a subscription fee (WAF pricing page, "Intelligent threat mitigation")."""
FAST_SECONDS = 10
"""Request interval of a fast health check, which Route 53 bills as a feature."""


def price(resource: Resource, stack: PricedStack | None = None) -> tuple[Item, ...]:
    """Return the items of a resource's price, or none for a type without a price.

    Raises Unpriced if a price or a quantity is unknown.
    """
    price_function = OFFERS.get(resource.type)
    return tuple(price_function(resource, stack)) if price_function else ()


def _database(resource: Resource, stack: PricedStack | None) -> Iterator[Item]:
    """Price instance and storage, twice with a standby.

    The high estimate includes automatic storage growth. A replica without its own class or storage has that of its
    source.
    """
    region = region_of(resource)
    source = stack.linked(resource, "replicateSourceDb", DATABASE) if stack else None
    instance_class = first(
        lambda: resource.text("instanceClass"), lambda: source.text("instanceClass") if source else None
    )
    copies = MULTI_AZ_FACTOR if resource.flag("multiAz") else 1
    if instance_class:
        yield Item(instance_class, monthly(region, "databases", instance_class), Count.of(copies))
    elif stack:
        raise Unpriced("The database has no instance_class, so its price is unknown. Set instance_class.")
    limit = resource.number("maxAllocatedStorage")
    planned = first(
        lambda: resource.number("allocatedStorage"),
        lambda: source.number("allocatedStorage") if source else None,
        lambda: limit,
    )
    if planned:
        storage = resource.text("storageType") or machines.DEFAULT_VOLUME
        least, most = Decimal(str(planned)), Decimal(str(max(planned, limit or 0)))
        unit = monthly(region, "services", f"rds-{storage}-gib-month")
        yield Item(f"GiB of {storage} storage", unit, Count(least, least, most).times(copies))
    elif stack:
        raise Unpriced("The database has no allocated_storage, so its price is unknown. Set allocated_storage.")


def _replication_group(resource: Resource, _stack: PricedStack | None) -> Iterator[Item]:
    yield _cache(resource, first(lambda: resource.number("numCacheClusters"), lambda: _sharded(resource)) or 1)


def _sharded(resource: Resource) -> float | None:
    shards = resource.number("numNodeGroups")
    return shards * (1 + (resource.number("replicasPerNodeGroup") or 0)) if shards else None


def _cache_cluster(resource: Resource, _stack: PricedStack | None) -> Iterator[Item]:
    """Price a standalone cluster.

    The price of a replication group already includes its member clusters.
    """
    if "replicationGroupId" not in resource:
        yield _cache(resource, resource.number("numCacheNodes") or 1)


def _cache(resource: Resource, nodes: float) -> Item:
    node_type = resource.text("nodeType")
    if node_type is None:
        raise Unpriced("The cache has no node_type, so its price is unknown. Set node_type.")
    return Item(node_type, monthly(region_of(resource), "caches", node_type), Count.of(nodes))


def _load_balancer(resource: Resource, _stack: PricedStack | None) -> Iterator[Item]:
    """Price the balancer and, if it faces the internet, a public address per subnet.

    Traffic isn't included.
    """
    region, balancer_type = region_of(resource), resource.text("loadBalancerType") or "application"
    yield service(region, f"{balancer_type}-load-balancer-hour", f"{balancer_type} load balancer")
    if not resource.flag("internal"):
        subnets = len(resource.items("subnets")) or len(resource.items("subnetMappings"))
        yield service(region, "public-ipv4-hour", "public address", subnets)


def _endpoint(resource: Resource, _stack: PricedStack | None) -> Iterator[Item]:
    """Price an interface endpoint per zone.

    Gateway endpoints, for S3 and DynamoDB, are free.
    """
    if (resource.text("vpcEndpointType") or "Gateway") != "Gateway":
        zones = len(resource.items("subnetIds")) or len(resource.items("subnetConfigurations"))
        yield service(region_of(resource), "vpc-endpoint-zone-hour", "zone of an endpoint", zones)


def _cluster(resource: Resource, _stack: PricedStack | None) -> Iterator[Item]:
    """Price the control plane of a cluster.

    The price is that of extended support, unless the cluster opts out of extended support. By default, EKS moves a
    cluster to extended support when standard support ends.
    """
    standard = resource.text("upgradePolicy.supportType") == "STANDARD"
    name = "eks-cluster-hour" if standard else "eks-cluster-extended-hour"
    yield service(region_of(resource), name, "control plane" if standard else "control plane in extended support")


def _key(resource: Resource, _stack: PricedStack | None) -> Iterator[Item]:
    """Price a key and, in the high estimate, two rotations.

    AWS bills no more than two rotations of a key (KMS pricing page).
    """
    unit = monthly(region_of(resource), "services", "kms-key-month")
    rotations = 2 if resource.flag("enableKeyRotation") else 0
    yield Item("key version", unit, Count(Decimal(1), Decimal(1), Decimal(1 + rotations)))


def _replicated_secret(resource: Resource, _stack: PricedStack | None) -> Iterator[Item]:
    yield service(region_of(resource), "secret-month", "secret", 1 + len(resource.items("replicas")))


def _health_check(resource: Resource, _stack: PricedStack | None) -> Iterator[Item]:
    """Price a health check.

    The resource doesn't say whether its endpoint is in AWS. The planned price is for an endpoint in AWS, and the
    maximum is for an endpoint elsewhere.
    """
    features = sum(
        (
            (resource.text("type") or "").startswith("HTTPS"),
            resource.number("requestInterval") == FAST_SECONDS,
            bool(resource.text("searchString")),
            bool(resource.flag("measureLatency")),
        )
    )
    for price_name, name, number in (
        ("health-check-month", "health check", 1),
        ("health-check-feature-month", "feature of a health check", features),
    ):
        own = monthly(WORLDWIDE, "services", f"route53-{price_name}")
        other = monthly(WORLDWIDE, "services", f"route53-other-{price_name}")
        yield Item(name, own, Count(Decimal(number), Decimal(number), other / own * number))


def _firewall(resource: Resource, _stack: PricedStack | None) -> Iterator[Item]:
    region = region_of(resource)
    yield service(region, "waf-acl-month", "web ACL")
    rules = tuple(resource.each("rules"))
    for rule in rules:
        if rule.text("statement.managedRuleGroupStatement.name") in PAID_RULE_GROUPS:
            raise Unpriced(
                "The web ACL subscribes to managed rules that have no price in cost/prices.yaml. Remove the rules."
            )
    yield service(region, "waf-rule-month", "rule", len(rules))


def _flat(resource: Resource, _stack: PricedStack | None) -> Iterator[Item]:
    """Price a resource of a type with one fixed price."""
    price_name, name = FLAT[resource.type]
    yield service(WORLDWIDE if price_name in GLOBAL else region_of(resource), price_name, name)


FLAT: Mapping[str, tuple[str, str]] = {
    "aws:cloudwatch/dashboard:Dashboard": ("cloudwatch-dashboard-month", "dashboard"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("cloudwatch-alarm-month", "alarm"),
    "aws:ec2/eip:Eip": ("public-ipv4-hour", "public address"),
    "aws:ec2/natGateway:NatGateway": ("nat-gateway-hour", "NAT gateway"),
    "aws:kms/externalKey:ExternalKey": ("kms-key-month", "key version"),
    "aws:kms/replicaKey:ReplicaKey": ("kms-key-month", "key version"),
    "aws:route53/zone:Zone": ("route53-zone-month", "hosted zone"),
}
OFFERS: Mapping[str, PriceFunction] = {
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
