"""EC2: what is in use can't be deleted, and what is deleted lets go of its parts."""

from collections.abc import Callable, Iterator
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.eks.models import eks_backends
from moto.elasticache.models import elasticache_backends
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches


def nat_gateway_interface(patches: Patches) -> None:
    """Delete a NAT gateway's network interface and free its address along with it."""

    def wrapper(original: Any) -> Any:
        def delete_nat_gateway(self: Any, nat_gateway_id: str) -> Any:
            if nat_gateway_id not in self.nat_gateways:
                raise EC2ClientError("NatGatewayNotFound", f"NatGateway {nat_gateway_id} was not found")
            gateway = original(self, nat_gateway_id)
            for address in gateway.address_set:
                if address.get("associationId"):
                    self.disassociate_address(association_id=address["associationId"])
                self.enis.pop(address["networkInterfaceId"], None)
            return gateway

        return delete_nat_gateway

    patches.wrap(EC2Backend, "delete_nat_gateway", wrapper)


def endpoint_type(patches: Patches) -> None:
    """Make a VPC endpoint a gateway unless it is said to be something else."""

    def wrapper(original: Any) -> Any:
        def create_vpc_endpoint(self: Any, **settings: Any) -> Any:
            return original(self, **{**settings, "endpoint_type": settings.get("endpoint_type") or "Gateway"})

        return create_vpc_endpoint

    patches.wrap(EC2Backend, "create_vpc_endpoint", wrapper)


def vpc_in_use(patches: Patches) -> None:
    """Refuse to delete a VPC with gateways, endpoints or security groups of its own."""
    _guard(patches, "delete_vpc", "vpc_id", users_of_vpc)


def subnet_in_use(patches: Patches) -> None:
    """Refuse to delete a subnet that anything has an interface in."""
    _guard(patches, "delete_subnet", "subnet_id", users_of_subnet)


def security_group_in_use(patches: Patches) -> None:
    """Refuse to delete a security group that anything belongs to or that another one's rules name."""
    _guard(patches, "delete_security_group", "group_id", users_of_security_group)


def users_of_vpc(backend: Any, vpc_id: str) -> Iterator[str]:
    """Name what keeps a VPC from being deleted, beside what moto itself looks at (subnets, route tables)."""
    for gateway in list(backend.internet_gateways.values()):
        if gateway.vpc and gateway.vpc.id == vpc_id:
            yield gateway.id
    for endpoint in list(backend.vpc_end_points.values()):
        if endpoint.vpc_id == vpc_id and endpoint.state != "deleted":
            yield endpoint.id
    for group in list(backend.groups.get(vpc_id, {}).values()):
        if group.name != "default":
            yield group.id


def users_of_subnet(backend: Any, subnet_id: str) -> Iterator[str]:
    """Name what has an interface in a subnet."""
    for interface in _interfaces(backend):
        if interface.subnet.id == subnet_id:
            yield interface.id
    for balancer in _load_balancers(backend):
        if subnet_id in {subnet.id for subnet in balancer.subnets}:
            yield balancer.name
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
    """Name what belongs to a security group, and the groups whose rules name it."""
    yield from _groups_naming(backend, group_id)
    for interface in _interfaces(backend):
        if group_id in {group.id for group in interface.group_set}:
            yield interface.id
    yield from _endpoints_behind(backend, group_id)
    for balancer in _load_balancers(backend):
        if group_id in balancer.security_groups:
            yield balancer.name
    for cluster in _clusters(backend):
        if group_id in cluster.resources_vpc_config.get("securityGroupIds", ()):
            yield cluster.arn
    for database in _databases(backend):
        if group_id in database.vpc_security_group_ids:
            yield database.db_instance_arn
    yield from _caches_in_security_group(backend, group_id)


def _guard(patches: Patches, method: str, parameter: str, users: Callable[[Any, str], Iterator[str]]) -> None:
    """Ask who uses a thing before it is deleted. moto passes its id by name, or as the only argument."""
    kind = parameter.removesuffix("_id").replace("group", "security group")

    def wrapper(original: Any) -> Any:
        def guarded(self: Any, *args: Any, **options: Any) -> Any:
            identifier = options.get(parameter, args[0] if args else None)
            used = ", ".join(sorted(users(self, identifier))) if identifier else ""
            if used:
                raise DependencyViolationError(
                    f"The {kind} '{identifier}' has dependencies and cannot be deleted. (It is used by {used}.)"
                )
            return original(self, *args, **options)

        return guarded

    patches.wrap(EC2Backend, method, wrapper)


def _groups_naming(backend: Any, group_id: str) -> Iterator[str]:
    for groups in list(backend.groups.values()):
        for group in list(groups.values()):
            rules = [*group.ingress_rules, *group.egress_rules]
            if group.id != group_id and any((rule.source_group or {}).get("GroupId") == group_id for rule in rules):
                yield group.id


def _endpoints_behind(backend: Any, group_id: str) -> Iterator[str]:
    for endpoint in list(backend.vpc_end_points.values()):
        if group_id in endpoint.security_group_ids and endpoint.state != "deleted":
            yield endpoint.id


def _interfaces(backend: Any) -> Iterator[Any]:
    """Interfaces, without those that moto forgets on instances that are gone."""
    for interface in list(backend.enis.values()):
        if not (interface.instance and interface.instance._state.name == "terminated"):  # noqa: SLF001  # no accessor
            yield interface


def _load_balancers(backend: Any) -> list[Any]:
    return list(elbv2_backends[backend.account_id][backend.region_name].load_balancers.values())


def _clusters(backend: Any) -> list[Any]:
    return list(eks_backends[backend.account_id][backend.region_name].clusters.values())


def _databases(backend: Any) -> list[Any]:
    return list(rds_backends[backend.account_id][backend.region_name].databases.values())


def _caches_in_subnet(backend: Any, subnet_id: str) -> Iterator[str]:
    elasticache = elasticache_backends[backend.account_id][backend.region_name]
    groups: Any = elasticache.cache_subnet_groups
    for cache in list(elasticache.replication_groups.values()):
        if cache.cache_subnet_group_name in groups and subnet_id in groups[cache.cache_subnet_group_name].subnet_ids:
            yield cache.arn


def _caches_in_security_group(backend: Any, group_id: str) -> Iterator[str]:
    elasticache = elasticache_backends[backend.account_id][backend.region_name]
    for cache in list(elasticache.replication_groups.values()):
        if group_id in (cache.security_group_ids or ()):
            yield cache.arn


MOTO_PATCHES = (
    MotoPatch(
        "ec2-nat-gateway-interface",
        "leaves the network interface of a deleted NAT gateway, with the address on it",
        "removes the interface and frees the address",
        "EC2 DeleteNatGateway",
        nat_gateway_interface,
    ),
    MotoPatch(
        "ec2-endpoint-type",
        "makes VPC endpoints of no type when none is given, which can't be deleted",
        "makes gateway endpoints",
        "EC2 CreateVpcEndpoint, VpcEndpointType",
        endpoint_type,
    ),
    MotoPatch(
        "ec2-vpc-in-use",
        "deletes a VPC with gateways, endpoints and security groups in it",
        "refuses: DependencyViolation",
        "EC2 DeleteVpc",
        vpc_in_use,
    ),
    MotoPatch(
        "ec2-subnet-in-use",
        "deletes a subnet with interfaces in it",
        "refuses: DependencyViolation",
        "EC2 DeleteSubnet",
        subnet_in_use,
    ),
    MotoPatch(
        "ec2-security-group-in-use",
        "deletes a security group that interfaces or other groups' rules need",
        "refuses: DependencyViolation",
        "EC2 DeleteSecurityGroup",
        security_group_in_use,
    ),
)
