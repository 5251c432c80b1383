"""Who may talk to whom: flows between groups, and the rules that each needs on both sides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

NODE_PORTS = (30000, 32767)
"""Ports at which Kubernetes offers NodePort services."""
POSTGRES = (5432, 5432)
HTTPS = (443, 443)
HTTP = (80, 80)


class Group(StrEnum):
    """What a security group stands in front of."""

    LOAD_BALANCER = "load-balancer"
    NODES = "nodes"
    DATABASE = "database"


@dataclass(frozen=True)
class Range:
    """Addresses that belong to no group of ours; the name keeps the rule's name when addresses change."""

    name: str
    cidr: IPv4Network


INTERNET = Range("internet", IPv4Network("0.0.0.0/0"))
Peer = Group | Range


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

    group: Group
    direction: Direction
    peer: Peer
    ports: tuple[int, int]
    why: str

    @property
    def name(self) -> str:
        """Short and stable, e.g. `database-from-nodes-5432`."""
        word = "from" if self.direction is Direction.INGRESS else "to"
        peer = self.peer if isinstance(self.peer, Group) else self.peer.name
        return f"{self.group}-{word}-{peer}-{self.ports[0]}"


def rules(flows: Sequence[Flow]) -> tuple[RulePlan, ...]:
    """Rules that let exactly these flows through: in at the target, out at the source, where those are groups."""
    return tuple(rule for flow in flows for rule in _rules(flow))


def _rules(flow: Flow) -> Iterator[RulePlan]:
    if isinstance(flow.target, Group):
        yield RulePlan(flow.target, Direction.INGRESS, flow.source, flow.ports, flow.why)
    if isinstance(flow.source, Group):
        yield RulePlan(flow.source, Direction.EGRESS, flow.target, flow.ports, flow.why)


def primary_flows(vault: IPv4Network) -> tuple[Flow, ...]:
    """From browsers to the services, from these and from Vault to the database."""
    return (
        Flow(INTERNET, Group.LOAD_BALANCER, HTTPS, "browsers and school systems"),
        Flow(INTERNET, Group.LOAD_BALANCER, HTTP, "redirected to HTTPS by the load balancer"),
        Flow(Group.LOAD_BALANCER, Group.NODES, NODE_PORTS, "load balancer to services"),
        Flow(Group.NODES, Group.DATABASE, POSTGRES, "services to the database"),
        _vault_to_database(vault),
    )


def recovery_flows(primary: IPv4Network, vault: IPv4Network) -> tuple[Flow, ...]:
    """To the promoted replica: from the services of the primary region and from Vault."""
    services = Range("primary-network", primary)
    return (
        Flow(services, Group.DATABASE, POSTGRES, "services of the primary region after a failover"),
        _vault_to_database(vault),
    )


def _vault_to_database(vault: IPv4Network) -> Flow:
    return Flow(Range("vault", vault), Group.DATABASE, POSTGRES, "Vault makes and revokes database users")
