"""Resources that block the deletion or the detachment of network resources."""

from collections.abc import Iterator
from typing import Any

from moto.eks.models import eks_backends
from moto.elasticache.models import elasticache_backends
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends


def users_of_vpc(backend: Any, vpc_id: str) -> Iterator[str]:
    """Yield a VPC's internet gateways, endpoints and security groups.

    The default security group is left out. Moto itself checks subnets and route tables.
    """
    for gateway in list(backend.internet_gateways.values()):
        if gateway.vpc and gateway.vpc.id == vpc_id:
            yield gateway.id
    for endpoint in list(backend.vpc_end_points.values()):
        if endpoint.vpc_id == vpc_id and endpoint.state != "deleted":
            yield endpoint.id
    for group in list(backend.groups.get(vpc_id, {}).values()):
        if group.name != "default":
            yield group.id


def mapped_addresses(backend: Any, vpc_id: str) -> Iterator[str]:
    """Yield the Elastic IP addresses and internet-facing load balancers of a VPC."""
    for address in list(backend.addresses):
        if address.association_id and address.eni and address.eni.subnet.vpc_id == vpc_id:
            yield address.public_ip
    for load_balancer in _load_balancers(backend):
        if load_balancer.vpc_id == vpc_id and load_balancer.scheme == "internet-facing":
            yield load_balancer.name


def users_of_subnet(backend: Any, subnet_id: str) -> Iterator[str]:
    """Yield the resources that have a network interface in a subnet."""
    for interface in _interfaces(backend):
        if interface.subnet.id == subnet_id:
            yield interface.id
    for load_balancer in _load_balancers(backend):
        if subnet_id in {subnet.id for subnet in load_balancer.subnets}:
            yield load_balancer.name
    for cluster in _clusters(backend):
        groups = list(cluster.nodegroups.values())
        subnets = [cluster.resources_vpc_config.get("subnetIds", ()), *(group.subnets for group in groups)]
        if any(subnet_id in ids for ids in subnets):
            yield cluster.arn
    for database in _databases(backend):
        group = getattr(database, "db_subnet_group", None)
        if group and subnet_id in {subnet["SubnetIdentifier"] for subnet in group.subnets}:
            yield database.db_instance_arn
    yield from _caches_in_subnet(backend, subnet_id)


def users_of_security_group(backend: Any, group_id: str) -> Iterator[str]:
    """Yield the resources that use a group, and the groups whose rules name it."""
    yield from _referring_groups(backend, group_id)
    for interface in _interfaces(backend):
        if group_id in {group.id for group in interface.group_set}:
            yield interface.id
    yield from _endpoints_in_security_group(backend, group_id)
    for load_balancer in _load_balancers(backend):
        if group_id in load_balancer.security_groups:
            yield load_balancer.name
    for cluster in _clusters(backend):
        if group_id in cluster.resources_vpc_config.get("securityGroupIds", ()):
            yield cluster.arn
    for database in _databases(backend):
        if group_id in database.vpc_security_group_ids:
            yield database.db_instance_arn
    yield from _caches_in_security_group(backend, group_id)


def _referring_groups(backend: Any, group_id: str) -> Iterator[str]:
    for groups in list(backend.groups.values()):
        for group in list(groups.values()):
            rules = [*group.ingress_rules, *group.egress_rules]
            if group.id != group_id and any((rule.source_group or {}).get("GroupId") == group_id for rule in rules):
                yield group.id


def _endpoints_in_security_group(backend: Any, group_id: str) -> Iterator[str]:
    for endpoint in list(backend.vpc_end_points.values()):
        if group_id in endpoint.security_group_ids and endpoint.state != "deleted":
            yield endpoint.id


def _interfaces(backend: Any) -> Iterator[Any]:
    """Yield network interfaces, except those that moto leaves on terminated instances."""
    for interface in list(backend.enis.values()):
        if not (interface.instance and interface.instance._state.name == "terminated"):  # noqa: SLF001  # no accessor
            yield interface


def _load_balancers(backend: Any) -> list[Any]:
    return list(elbv2_backends[backend.account_id][backend.region_name].load_balancers.values())


def _clusters(backend: Any) -> list[Any]:
    return list(eks_backends[backend.account_id][backend.region_name].clusters.values())


def _databases(backend: Any) -> list[Any]:
    return list(rds_backends[backend.account_id][backend.region_name].databases.values())


def _replication_groups(backend: Any) -> list[Any]:
    return list(elasticache_backends[backend.account_id][backend.region_name].replication_groups.values())


def _caches_in_subnet(backend: Any, subnet_id: str) -> Iterator[str]:
    subnet_groups: Any = elasticache_backends[backend.account_id][backend.region_name].cache_subnet_groups
    for cache in _replication_groups(backend):
        subnet_group = subnet_groups.get(cache.cache_subnet_group_name)
        if subnet_group and subnet_id in subnet_group.subnet_ids:
            yield cache.arn


def _caches_in_security_group(backend: Any, group_id: str) -> Iterator[str]:
    for cache in _replication_groups(backend):
        if group_id in (cache.security_group_ids or ()):
            yield cache.arn
