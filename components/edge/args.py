"""Arguments of the edge's components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.base import ComponentArgs


@dataclass(frozen=True, kw_only=True)
class WebFirewallArgs(ComponentArgs):
    """What the web firewall of one region stops, and where it says so."""

    role: str
    requests_per_five_minutes: int
    """Of one client address; a school's pupils may all share one."""
    logs_key: pulumi.Input[str]
    log_retention_days: int


@dataclass(frozen=True, kw_only=True)
class CertificateArgs(ComponentArgs):
    """A certificate for all names directly below a domain."""

    role: str
    domain: str
    zone_id: pulumi.Input[str]
    validation_record: pulumi.Input[str] | None
    """Name of the record that proves the domain already: AWS asks one account for one record, whatever the region."""


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs(ComponentArgs):
    """The load balancer that a cluster's Ingresses share."""

    role: str
    cluster: str
    """AWS name of the cluster whose controller adopts it."""
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    log_bucket: pulumi.Input[str]
    deletion_protection: bool


@dataclass(frozen=True, kw_only=True)
class ZoneArgs(ComponentArgs):
    """A public DNS zone."""

    domain: str
    certificate_authorities: Sequence[str]
    """Who may issue certificates for names in it."""
    force_destroy: bool
    logs_region: str
    """Where Route 53 writes query logs: us-east-1, and nowhere else."""
    logs_key: pulumi.Input[str]
    """ARN of a key of that region."""
    log_retention_days: int


@dataclass(frozen=True)
class AliasTarget:
    """A load balancer, as an alias record points to it."""

    region: str
    dns_name: pulumi.Input[str]
    zone_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class NamesArgs(ComponentArgs):
    """The names of an environment's services."""

    zone_id: pulumi.Input[str]
    health_paths: Mapping[str, str]
    """Path that answers 200 while all is well, by host. The first host's decides over the region."""
    primary: AliasTarget
    secondary: AliasTarget | None
    """Where names lead when the primary is not healthy; None: nowhere else."""
    alert_topic: pulumi.Input[str]
    """ARN of a topic that hears when a region is not healthy, of us-east-1: an alarm tells topics of its own region."""
