"""Edge layer of both regions: DNS, certificates, load balancers and web firewalls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import wafv2

from components.delivery.load_balancer_ref import LoadBalancerRef
from components.edge.args import AliasTarget, CertificateArgs, LoadBalancerArgs, NamesArgs, WebFirewallArgs, ZoneArgs
from components.edge.certificate import Certificate
from components.edge.firewall import WebFirewall
from components.edge.load_balancer import LoadBalancer
from components.edge.names import ServiceNames
from components.edge.plan import HEALTH_REGION, INGRESS_GROUP, regional_host
from components.edge.zone import DnsZone
from components.keys.plan import Purpose
from components.network.plan import Tier
from components.network.security_group_plan import SecurityGroup
from stacks.layers.audit import AuditOutputs
from stacks.layers.base import Layer
from stacks.layers.data import DataOutputs
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs, RegionNetwork
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class RegionEdge:
    """Load balancer of one region, and the host names of its services."""

    region: str
    dns_name: pulumi.Output[str]
    load_balancer: LoadBalancerRef
    """Reference with which Ingresses select this load balancer."""
    failing_over: bool

    def hosts(self, host: str) -> tuple[str, ...]:
        """Return the host names of a service's Ingress in this region."""
        return (host, regional_host(host, self.region)) if self.failing_over else (host,)


@dataclass(frozen=True)
class EdgeOutputs:
    """Edge of both regions. `recovery` is None without a DR region."""

    primary: RegionEdge
    recovery: RegionEdge | None
    zone_id: pulumi.Output[str]
    name_servers: pulumi.Output[Sequence[str]]
    """Name servers that the parent zone must delegate to."""


@dataclass(frozen=True)
class RegionArgs:
    """Arguments that differ between the two regions."""

    suffix: str
    network: RegionNetwork
    logs_key: pulumi.Output[str]
    log_bucket: pulumi.Output[str]


def edge(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    audit_outputs: AuditOutputs,
    network: NetworkOutputs,
    data: DataOutputs,
) -> EdgeOutputs:
    """Deploy one load balancer per region and the DNS records that point to them."""
    layer = Layer("Edge", base.context.with_feature("edge"), [base.aws])
    zone = _zone(settings, base, layer)
    primary_args = RegionArgs("", network.primary, base.keys[Purpose.LOGS], data.access_log_bucket)
    primary, target, validation_record = _front(settings, layer, zone, primary_args)
    recovery, other = None, None
    if network.recovery and data.access_log_bucket_dr:
        recovery_args = RegionArgs("-dr", network.recovery, base.recovery_keys[Purpose.LOGS], data.access_log_bucket_dr)
        recovery, other, _ = _front(settings, layer, zone, recovery_args, validation_record)
    ServiceNames(
        "names",
        NamesArgs(
            context=layer.context,
            zone_id=zone.zone_id,
            health_paths=_health_paths(settings),
            primary=target,
            secondary=other,
            alert_topic=audit_outputs.alert_topics[HEALTH_REGION],
        ),
        layer.child_options(),
    )
    return EdgeOutputs(primary, recovery, zone.zone_id, zone.name_servers)


def _health_paths(settings: EnvironmentSettings) -> Mapping[str, str]:
    return {settings.host(name): service.health_path for name, service in settings.services.items()}


def _zone(settings: EnvironmentSettings, base: FoundationOutputs, layer: Layer) -> DnsZone:
    """Deploy the DNS zone with its query logs.

    The query logs use the key in Route 53's log region. Validation ensures that this key exists.
    """
    keys = {settings.region: base.keys[Purpose.LOGS]}
    if settings.recovery.enabled:
        keys[settings.recovery.region] = base.recovery_keys[Purpose.LOGS]
    return DnsZone(
        "zone",
        ZoneArgs(
            context=layer.context,
            domain=settings.domain,
            certificate_authorities=settings.edge.certificate_authorities,
            force_destroy=settings.data.destroyable,
            logs_region=HEALTH_REGION,
            logs_key=keys[HEALTH_REGION],
            log_retention_days=settings.edge.log_retention_days,
        ),
        layer.child_options(),
    )


def _front(
    settings: EnvironmentSettings,
    layer: Layer,
    zone: DnsZone,
    side: RegionArgs,
    validation_record: pulumi.Output[str] | None = None,
) -> tuple[RegionEdge, AliasTarget, pulumi.Output[str]]:
    """Deploy the certificate, firewall and load balancer of one region.

    Returns the region's outputs, the target for alias records and the name of the certificate's validation record.
    """
    place, role = layer.context.with_region(side.network.region), f"edge{side.suffix}"
    security_group = side.network.groups[SecurityGroup.LOAD_BALANCER]
    certificate = Certificate(
        role,
        CertificateArgs(
            context=place, role=role, domain=settings.domain, zone_id=zone.zone_id, validation_record=validation_record
        ),
        layer.child_options(),
    )
    firewall = WebFirewall(
        role,
        WebFirewallArgs(
            context=place,
            role=role,
            requests_per_five_minutes=settings.edge.requests_per_five_minutes,
            logs_key=side.logs_key,
            log_retention_days=settings.edge.log_retention_days,
        ),
        layer.child_options(),
    )
    balancer = LoadBalancer(
        role,
        LoadBalancerArgs(
            context=place,
            role=role,
            cluster=f"campus-{settings.environment}{side.suffix}",
            subnet_ids=side.network.subnet_ids[Tier.PUBLIC],
            security_group_id=security_group,
            log_bucket=side.log_bucket,
            deletion_protection=not settings.data.destroyable,
        ),
        layer.child_options(),
    )
    wafv2.WebAclAssociation(
        role, resource_arn=balancer.arn, web_acl_arn=firewall.arn, region=place.region, opts=layer.child_options()
    )
    load_balancer = LoadBalancerRef(INGRESS_GROUP, security_group, certificate.arn, balancer.tags)
    edge_of_region = RegionEdge(place.region, balancer.dns_name, load_balancer, settings.recovery.enabled)
    return edge_of_region, AliasTarget(place.region, balancer.dns_name, balancer.zone_id), certificate.validation_record
