"""Arguments of the edge's components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.base import ComponentArgs


@dataclass(frozen=True, kw_only=True)
class WebFirewallArgs(ComponentArgs):
    """Rate limit and logging of one region's web firewall."""

    role: str
    requests_per_five_minutes: int
    """Limit per client IP address. All students of a school may share one address."""
    logs_key: pulumi.Input[str]
    log_retention_days: int


@dataclass(frozen=True, kw_only=True)
class CertificateArgs(ComponentArgs):
    """A certificate for all names directly below a domain."""

    role: str
    domain: str
    zone_id: pulumi.Input[str]
    validation_record: pulumi.Input[str] | None
    """Name of an existing validation record; None creates the record.

    The certificates of all regions of an account share one record.
    """


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs(ComponentArgs):
    """Arguments of the load balancer that a cluster's Ingresses share."""

    role: str
    cluster: str
    """AWS name of the cluster whose controller adopts the load balancer."""
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    log_bucket: pulumi.Input[str]
    deletion_protection: bool


@dataclass(frozen=True, kw_only=True)
class ZoneArgs(ComponentArgs):
    """A public DNS zone."""

    domain: str
    certificate_authorities: Sequence[str]
    """Certificate authorities that may issue certificates for names in the zone."""
    force_destroy: bool
    logs_region: str
    """Region of the query logs; Route 53 supports us-east-1 only."""
    logs_key: pulumi.Input[str]
    """ARN of a KMS key in `logs_region`."""
    log_retention_days: int


@dataclass(frozen=True)
class AliasTarget:
    """A load balancer as the target of an alias record."""

    region: str
    dns_name: pulumi.Input[str]
    zone_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class NamesArgs(ComponentArgs):
    """DNS names and failover of an environment's services."""

    zone_id: pulumi.Input[str]
    health_paths: Mapping[str, str]
    """Health check path by host.

    Only the first host is checked. If the check fails, the whole region counts as unhealthy.
    """
    primary: AliasTarget
    secondary: AliasTarget | None
    """Failover target; None disables failover."""
    alert_topic: pulumi.Input[str]
    """ARN of the topic for alarms about unhealthy regions.

    The topic must be in us-east-1, because the alarms on health checks exist there and can notify only topics of their
    own region.
    """
