"""Who may talk to whom: flows between groups, and the rules that each needs on both sides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

NODE_PORTS = (30000, 32767)
"""Ports at which Kubernetes offers NodePort services."""
POSTGRES = (5432, 5432)
REDIS = (6379, 6379)
HTTPS = (443, 443)
HTTP = (80, 80)


class SecurityGroup(StrEnum):
    """What a security group stands in front of."""

    LOAD_BALANCER = "load-balancer"
    NODES = "nodes"
    DATABASE = "database"
    CACHE = "cache"
    ENDPOINTS = "endpoints"
    """AWS's own services, as far as they have addresses inside the VPC."""


@dataclass(frozen=True)
class Range:
    """Addresses that belong to no group of ours; the name keeps the rule's name when addresses change."""

    name: str
    cidr: IPv4Network


INTERNET = Range("internet", IPv4Network("0.0.0.0/0"))
Peer = SecurityGroup | Range


class Direction(StrEnum):
    """As seen from the group that holds the rule."""

    INGRESS = "ingress"
    EGRESS = "egress"


@dataclass(frozen=True)
class Flow:
    """TCP from a source to a target."""

    source: Peer
    target: Peer
    ports: tuple[int, int]
    """First and last port."""
    why: str


@dataclass(frozen=True)
class RulePlan:
    """One rule of one group."""

    group: SecurityGroup
    direction: Direction
    peer: Peer
    ports: tuple[int, int]
    why: str

    @property
    def name(self) -> str:
        """Short and stable, e.g. `database-from-nodes-5432`."""
        word = "from" if self.direction is Direction.INGRESS else "to"
        peer = self.peer if isinstance(self.peer, SecurityGroup) else self.peer.name
        return f"{self.group}-{word}-{peer}-{self.ports[0]}"


def rules(flows: Sequence[Flow]) -> tuple[RulePlan, ...]:
    """Rules that let exactly these flows through: in at the target, out at the source, where those are groups."""
    return tuple(rule for flow in flows for rule in _rules(flow))


def _rules(flow: Flow) -> Iterator[RulePlan]:
    if isinstance(flow.target, SecurityGroup):
        yield RulePlan(flow.target, Direction.INGRESS, flow.source, flow.ports, flow.why)
    if isinstance(flow.source, SecurityGroup):
        yield RulePlan(flow.source, Direction.EGRESS, flow.target, flow.ports, flow.why)


def region_flows(own: IPv4Network, vault: IPv4Network, other: IPv4Network | None = None) -> tuple[Flow, ...]:
    """All flows of one region, the same in each: a failover must find what it needs, and reviews one list.

    Args:
        own: the region's network.
        vault: from where Vault comes.
        other: the network of the other region, None where there is none; its services reach this region's database
            and ours reach theirs, for the writer may be on either side of the peering.
    """
    return (
        Flow(INTERNET, SecurityGroup.LOAD_BALANCER, HTTPS, "browsers and school systems"),
        Flow(INTERNET, SecurityGroup.LOAD_BALANCER, HTTP, "redirected to HTTPS by the load balancer"),
        Flow(SecurityGroup.LOAD_BALANCER, SecurityGroup.NODES, NODE_PORTS, "load balancer to services"),
        Flow(SecurityGroup.NODES, SecurityGroup.DATABASE, POSTGRES, "services to the database"),
        Flow(SecurityGroup.NODES, SecurityGroup.CACHE, REDIS, "services to the cache"),
        Flow(Range("vault", vault), SecurityGroup.DATABASE, POSTGRES, "Vault makes and revokes database users"),
        Flow(Range("network", own), SecurityGroup.ENDPOINTS, HTTPS, "machines and pods to AWS"),
        *(_across(Range("other-region", other)) if other else ()),
    )


def _across(other: Range) -> tuple[Flow, ...]:
    return (
        Flow(other, SecurityGroup.DATABASE, POSTGRES, "services of the other region, while the writer is here"),
        Flow(SecurityGroup.NODES, other, POSTGRES, "services to the database, while the writer is in the other region"),
    )
