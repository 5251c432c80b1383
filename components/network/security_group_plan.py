"""Network flows between security groups, and the rules of each flow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

NODE_PORTS = (30000, 32767)
"""Port range of Kubernetes NodePort services."""
POSTGRES = (5432, 5432)
REDIS = (6379, 6379)
HTTPS = (443, 443)
HTTP = (80, 80)


class SecurityGroup(StrEnum):
    """Security group, named after the resources that it protects."""

    LOAD_BALANCER = "load-balancer"
    NODES = "nodes"
    DATABASE = "database"
    CACHE = "cache"
    ENDPOINTS = "endpoints"
    """Interface endpoints of AWS services."""


@dataclass(frozen=True)
class Range:
    """Addresses outside our security groups.

    `name` keeps rule names stable when the addresses change.
    """

    name: str
    cidr: IPv4Network


INTERNET = Range("internet", IPv4Network("0.0.0.0/0"))
Peer = SecurityGroup | Range


class Direction(StrEnum):
    """Direction of traffic relative to the group of the rule."""

    INGRESS = "ingress"
    EGRESS = "egress"


@dataclass(frozen=True)
class Flow:
    """TCP traffic from a source to a target."""

    source: Peer
    target: Peer
    ports: tuple[int, int]
    """First and last port."""
    description: str


@dataclass(frozen=True)
class RulePlan:
    """One rule of one group."""

    group: SecurityGroup
    direction: Direction
    peer: Peer
    ports: tuple[int, int]
    description: str

    @property
    def name(self) -> str:
        """Short and stable name, e.g. `database-from-nodes-5432`."""
        word = "from" if self.direction is Direction.INGRESS else "to"
        peer = self.peer if isinstance(self.peer, SecurityGroup) else self.peer.name
        return f"{self.group}-{word}-{peer}-{self.ports[0]}"


def rules(flows: Sequence[Flow]) -> tuple[RulePlan, ...]:
    """Return the security group rules that allow exactly these flows.

    A target group gets an ingress rule, and a source group gets an egress rule.
    """
    return tuple(rule for flow in flows for rule in _rules(flow))


def _rules(flow: Flow) -> Iterator[RulePlan]:
    if isinstance(flow.target, SecurityGroup):
        yield RulePlan(flow.target, Direction.INGRESS, flow.source, flow.ports, flow.description)
    if isinstance(flow.source, SecurityGroup):
        yield RulePlan(flow.source, Direction.EGRESS, flow.target, flow.ports, flow.description)


def region_flows(own: IPv4Network, vault: IPv4Network, other: IPv4Network | None = None) -> tuple[Flow, ...]:
    """Return all flows of one region.

    Both regions have the same flows, so that a failover works.

    Args:
        own: network of the region.
        vault: addresses of Vault.
        other: network of the other region, or None. Services of each region reach the other region's database, because
            the writer may be in either region.
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
