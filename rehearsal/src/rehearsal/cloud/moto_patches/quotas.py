"""All services: quotas of a fresh account.

The counters return the number of resources that would exist if the request succeeded. `rehearsal.cloud.quotas` holds
the quotas. `rehearsal.cloud.moto_patches.s3` checks the quota of S3 buckets.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.ec2.models import ec2_backends
from moto.eks.models import eks_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import AWSManagedPolicy, iam_backends
from moto.kms.models import kms_backends
from moto.rds.models import rds_backends
from moto.route53.models import route53_backends

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.quotas import QUOTAS, granted_quotas
from rehearsal.cloud.quotas.prefix_lists import prefix_list_weight
from rehearsal.cloud.request import RefusedError, Request

Counter = Callable[[Request], int]
"""Function that returns the number of resources, or the size, that a request would result in.

It returns 0 if the quota does not apply to the request.
"""


@dataclass(frozen=True)
class QuotaCheck:
    """Quota that an operation must respect."""

    quota: str
    """Key in QUOTAS."""
    operation: tuple[str, str]
    """Service and operation."""
    count: Counter
    message: str
    """AWS's message; `{limit}` is the quota's value, and other names are arguments of the request."""


def _ec2(request: Request) -> Any:
    return ec2_backends[request.account][request.region]


def _iam(request: Request) -> Any:
    return iam_backends[request.account][request.partition]


def _elb(request: Request) -> Any:
    return elbv2_backends[request.account][request.region]


def _rds(request: Request) -> Any:
    return rds_backends[request.account][request.region]


def _eks(request: Request) -> Any:
    return eks_backends[request.account][request.region]


def _route53(request: Request) -> Any:
    return route53_backends[request.account][request.partition]


def _nat_gateways(request: Request) -> int:
    backend = _ec2(request)
    zones = {subnet.id: subnet.availability_zone for subnet in backend.describe_subnets()}
    zone = zones.get(request.arguments["SubnetId"])
    live = [gateway for gateway in list(backend.nat_gateways.values()) if gateway.state != "deleted"]
    return 1 + sum(bool(zones.get(gateway.subnet_id) == zone) for gateway in live)


def _subnets(request: Request) -> int:
    vpc = request.arguments["VpcId"]
    return 1 + sum(bool(subnet.vpc_id == vpc) for subnet in _ec2(request).describe_subnets())


def _route_tables(request: Request) -> int:
    tables = list(_ec2(request).route_tables.values())
    return 1 + sum(bool(table.vpc_id == request.arguments["VpcId"]) for table in tables)


def _routes(request: Request) -> int:
    table = _ec2(request).route_tables.get(request.arguments["RouteTableId"])
    return 1 + len(table.routes) if table else 0


def _rules(*, egress: bool) -> Counter:
    """Return a counter of the rules of a security group.

    The quota applies to IPv4 rules and IPv6 rules separately. A rule for a security group or a prefix list counts as
    both, and one for a prefix list as several.
    """

    def count(request: Request) -> int:
        group = _ec2(request).get_security_group_from_id(request.arguments.get("GroupId"))
        if group is None:
            return 0
        live = group.egress_rules if egress else group.ingress_rules
        lists = _ec2(request).managed_prefix_lists
        weighted = [(rule.ip_range or {}, prefix_list_weight(lists.get(rule.prefix_list_id))) for rule in live]
        v4 = sum(weight for each, weight in weighted if "CidrIpv6" not in each)
        v6 = sum(weight for each, weight in weighted if "CidrIp" not in each)
        for permission in request.arguments.get("IpPermissions", ()):
            named = [lists.get(each.get("PrefixListId")) for each in permission.get("PrefixListIds", ())]
            others = sum(map(prefix_list_weight, named)) + len(permission.get("UserIdGroupPairs", ()))
            v4 += others + len(permission.get("IpRanges", ()))
            v6 += others + len(permission.get("Ipv6Ranges", ()))
        return max(v4, v6)

    return count


def _endpoints(*, interface: bool) -> Counter:
    def count(request: Request) -> int:
        kind = "Interface" if interface else "Gateway"
        if request.arguments.get("VpcEndpointType", "Gateway") != kind:
            return 0
        vpc = request.arguments["VpcId"] if interface else ""
        live = [each for each in list(_ec2(request).vpc_end_points.values()) if each.state != "deleted"]
        return 1 + sum(bool(each.vpc_endpoint_type == kind and vpc in (each.vpc_id, "")) for each in live)

    return count


def _length(document: Any) -> int:
    """Return the characters of a policy that count: all except white space."""
    return len("".join(str(document or "").split()))


def _role(request: Request) -> Any:
    """Return the role that a request names, or None."""
    return next((each for each in _iam(request).roles.values() if each.name == request.arguments["RoleName"]), None)


def _inline_policies(request: Request) -> int:
    role = _role(request)
    live = dict(role.policies) if role else {}
    documents = {**live, request.arguments["PolicyName"]: request.arguments["PolicyDocument"]}
    return sum(_length(each if isinstance(each, str) else json.dumps(each)) for each in documents.values())


def _managed_policies(request: Request) -> int:
    role = _role(request)
    return len({*role.managed_policies, request.arguments["PolicyArn"]}) if role else 0


def _customer_policies(request: Request) -> int:
    policies = list(_iam(request).managed_policies.values())
    return 1 + sum(not isinstance(policy, AWSManagedPolicy) for policy in policies)


def _roles(request: Request) -> int:
    """Count roles; service-linked roles are exempt."""
    return 1 + sum(not role.path.startswith("/aws-service-role/") for role in list(_iam(request).roles.values()))


def _load_balancers(kind: str) -> Counter:
    def count(request: Request) -> int:
        if request.arguments.get("Type", "application") != kind:
            return 0
        return 1 + sum(bool(each.type == kind) for each in list(_elb(request).load_balancers.values()))

    return count


def _listeners(request: Request) -> int:
    load_balancer = _elb(request).load_balancers.get(request.arguments["LoadBalancerArn"])
    return 1 + len(load_balancer.listeners) if load_balancer else 0


def _listener_rules(request: Request) -> int:
    """Count the rules of a load balancer; default rules are exempt."""
    arn = request.arguments["ListenerArn"]
    for load_balancer in list(_elb(request).load_balancers.values()):
        if arn in load_balancer.listeners:
            return 1 + sum(len(listener.rules) - 1 for listener in load_balancer.listeners.values())
    return 0


def _node_groups(request: Request) -> int:
    cluster = _eks(request).clusters.get(request.arguments["clusterName"])
    return 1 + len(cluster.nodegroups) if cluster else 0


_DATABASES = "Cannot create more than {limit} DB instances."
_ENDPOINTS = "The maximum number of VPC endpoints ({limit}) has been reached."
_GROUPS = "You have exceeded the maximum number of security groups per network interface ({limit})."
_EXCEEDED = "Cannot exceed quota for {name}: {{limit}}"


def _iam_message(name: str) -> str:
    return _EXCEEDED.format(name=name)


def _ec2_checks() -> Iterator[QuotaCheck]:
    def check(quota: str, operation: str, count: Counter, message: str) -> QuotaCheck:
        return QuotaCheck(quota, ("ec2", operation), count, message)

    yield check(
        "vpc/L-F678F1CE",
        "CreateVpc",
        lambda request: 1 + len(_ec2(request).vpcs),
        "The maximum number of VPCs has been reached.",
    )
    yield check(
        "vpc/L-A4707A72",
        "CreateInternetGateway",
        lambda request: 1 + len(_ec2(request).internet_gateways),
        "The maximum number of internet gateways has been reached.",
    )
    yield check(
        "vpc/L-407747CB", "CreateSubnet", _subnets, "The maximum number of subnets for this vpc has been reached."
    )
    yield check(
        "vpc/L-589F43AA", "CreateRouteTable", _route_tables, "The maximum number of route tables has been reached."
    )
    yield check("vpc/L-93826ACB", "CreateRoute", _routes, "The maximum number of routes has been reached.")
    yield check(
        "vpc/L-FE5A380F",
        "CreateNatGateway",
        _nat_gateways,
        "The maximum number of NAT gateways for this Availability Zone has been reached.",
    )
    yield check(
        "vpc/L-E79EC296",
        "CreateSecurityGroup",
        lambda request: 1 + sum(len(groups) for groups in list(_ec2(request).groups.values())),
        "You have reached the maximum number of security groups.",
    )
    for operation, egress in (("AuthorizeSecurityGroupIngress", False), ("AuthorizeSecurityGroupEgress", True)):
        yield check(
            "vpc/L-0EA8095F",
            operation,
            _rules(egress=egress),
            "The maximum number of rules per security group has been reached.",
        )
    yield check("vpc/L-2AFB9258", "CreateNetworkInterface", lambda request: _size(request, "Groups"), _GROUPS)
    yield check("vpc/L-2AFB9258", "CreateVpcEndpoint", lambda request: _size(request, "SecurityGroupIds"), _GROUPS)
    yield check("vpc/L-1B52E74A", "CreateVpcEndpoint", _endpoints(interface=False), _ENDPOINTS)
    yield check("vpc/L-29B6F2EB", "CreateVpcEndpoint", _endpoints(interface=True), _ENDPOINTS)
    yield check(
        "ec2/L-0263D0A3",
        "AllocateAddress",
        lambda request: 1 + len(_ec2(request).addresses),
        "The maximum number of addresses has been reached.",
    )


def _size(request: Request, member: str) -> int:
    return len(request.arguments.get(member, ()))


def _iam_checks() -> Iterator[QuotaCheck]:
    def check(quota: str, operation: str, count: Counter, message: str) -> QuotaCheck:
        return QuotaCheck(quota, ("iam", operation), count, message)

    yield check("iam/L-FE177D64", "CreateRole", _roles, _iam_message("RolesPerAccount"))
    yield check("iam/L-E95E4862", "CreatePolicy", _customer_policies, _iam_message("PoliciesPerAccount"))
    yield check("iam/L-0DA4ABF3", "AttachRolePolicy", _managed_policies, _iam_message("PoliciesPerRole"))
    yield check(
        "iam/L-6E65F664",
        "CreateInstanceProfile",
        lambda request: 1 + len(_iam(request).instance_profiles),
        _iam_message("InstanceProfilesPerAccount"),
    )
    for operation, member in (
        ("CreateRole", "AssumeRolePolicyDocument"),
        ("UpdateAssumeRolePolicy", "PolicyDocument"),
    ):
        yield check("iam/L-C07B4B0D", operation, _length_of(member), _iam_message("ACLSizePerRole"))
    for operation in ("CreatePolicy", "CreatePolicyVersion"):
        yield check("iam/policy-size", operation, _length_of("PolicyDocument"), _iam_message("PolicySize"))
    yield check(
        "iam/role-policy-size",
        "PutRolePolicy",
        _inline_policies,
        "Maximum policy size of {limit} bytes exceeded for role {RoleName}",
    )


def _length_of(member: str) -> Counter:
    return lambda request: _length(request.arguments.get(member))


def _other_checks() -> Iterator[QuotaCheck]:
    for operation in ("CreateDBInstance", "CreateDBInstanceReadReplica"):
        yield QuotaCheck(
            "rds/L-7B6409FD", ("rds", operation), lambda request: 1 + len(_rds(request).databases), _DATABASES
        )
    yield QuotaCheck(
        "rds/L-DE55804A",
        ("rds", "CreateDBParameterGroup"),
        lambda request: 1 + len(_rds(request).db_parameter_groups),
        "Cannot create more than {limit} parameter groups.",
    )
    yield QuotaCheck(
        "rds/L-48C6BF61",
        ("rds", "CreateDBSubnetGroup"),
        lambda request: 1 + len(_rds(request).subnet_groups),
        "Cannot create more than {limit} DB subnet groups.",
    )
    yield QuotaCheck(
        "eks/L-1194D53C",
        ("eks", "CreateCluster"),
        lambda request: 1 + len(_eks(request).clusters),
        "You've reached the maximum number of clusters ({limit}).",
    )
    yield QuotaCheck(
        "eks/L-6D54EA21",
        ("eks", "CreateNodegroup"),
        _node_groups,
        "You've reached the maximum number of node groups in the cluster ({limit}).",
    )
    yield QuotaCheck(
        "kms/L-C2F1777E",
        ("kms", "CreateKey"),
        lambda request: 1 + len(kms_backends[request.account][request.region].keys),
        "You have reached the limit of {limit} KMS keys.",
    )
    yield QuotaCheck(
        "route53/L-4EA4796A",
        ("route53", "CreateHostedZone"),
        lambda request: 1 + len(_route53(request).zones),
        "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones.",
    )
    yield QuotaCheck(
        "route53/L-ACB674F3",
        ("route53", "CreateHealthCheck"),
        lambda request: 1 + len(_route53(request).health_checks),
        "Limits Exceeded: Cannot create more than {limit} health checks.",
    )
    for key, kind in (("L-53DA6B97", "application"), ("L-69A177A2", "network")):
        yield QuotaCheck(
            f"elasticloadbalancing/{key}",
            ("elbv2", "CreateLoadBalancer"),
            _load_balancers(kind),
            "The maximum number of load balancers has been reached.",
        )
    yield QuotaCheck(
        "elasticloadbalancing/L-B22855CB",
        ("elbv2", "CreateTargetGroup"),
        lambda request: 1 + len(_elb(request).target_groups),
        "The maximum number of target groups has been reached.",
    )
    yield QuotaCheck(
        "elasticloadbalancing/L-B6DF7632",
        ("elbv2", "CreateListener"),
        _listeners,
        "The maximum number of listeners has been reached.",
    )
    yield QuotaCheck(
        "elasticloadbalancing/L-7EED9B64",
        ("elbv2", "CreateRule"),
        _listener_rules,
        "The maximum number of rules has been reached.",
    )


CHECKS = (*_ec2_checks(), *_iam_checks(), *_other_checks())
"""All checks. An operation may have several."""


def request_checks(granted: Mapping[str, int] | None = None) -> Iterator[tuple[tuple[str, str], Any]]:
    """Yield the checks, each with its service and operation.

    `granted` maps the key of every quota to its value (default: `granted_quotas()`).

    Raises:
        QuotaError: REHEARSE_QUOTAS can't be used.
    """
    limits = granted_quotas() if granted is None else granted
    for each in CHECKS:
        yield each.operation, _check(each, limits[each.quota])


def _check(check: QuotaCheck, limit: int) -> Callable[[Request], None]:
    def refuse_excess(request: Request) -> None:
        if check.count(request) > limit:
            quota = QUOTAS[check.quota]
            details = f"(quota {quota.key}: {quota.name})"
            message = check.message.format_map({**request.arguments, "limit": limit})
            raise RefusedError(quota.error, f"{message} {details}")

    return refuse_excess


MOTO_PATCHES = (
    MotoPatch(
        name="core-quotas",
        moto="has no quotas",
        aws="rejects requests beyond the account's quotas",
        source="AWS General Reference, Service endpoints and quotas; each quota's page is in the reference of refusals",
        upstream="none: moto's users expect no quotas",
    ),
)
