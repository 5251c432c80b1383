"""Node plan of a managed node group.

The plan decides the number of nodes per zone, and their names and addresses. When a group grows, it keeps all its
nodes. When it shrinks, it loses the newest nodes of the zones with the most nodes. No address is used twice.
"""

import ipaddress
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from rehearsal.dataplanes.kubernetes import NodeSpec, Taint

RESERVED_ADDRESSES = 4
"""Number of addresses that AWS reserves at the start of every subnet."""
EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
"""EKS taint effect → Kubernetes taint effect."""


@dataclass(frozen=True)
class InstanceType:
    """Capacity of an EC2 instance type."""

    name: str
    cpu: int
    memory_gib: float
    architecture: str
    """Kubernetes architecture: `amd64` or `arm64`."""


@dataclass(frozen=True)
class Subnet:
    """A subnet of a node group."""

    zone: str
    cidr: str


@dataclass(frozen=True)
class NodeGroup:
    """A node group as EKS describes it. Its `taints` use EKS's names of effects."""

    name: str
    region: str
    size: int
    instance: InstanceType
    subnets: Sequence[Subnet]
    capacity_type: str = "ON_DEMAND"
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[Mapping[str, str]] = ()


def plan_nodes(
    group: NodeGroup, existing: Sequence[NodeSpec] = (), taken: Collection[str] = ()
) -> tuple[NodeSpec, ...]:
    """Distribute the nodes of a group over its zones.

    `existing` are the current nodes of the group, which keep their names. `taken` are the names of the cluster's other
    nodes.

    Raises:
        ValueError: a subnet has no free address.
    """
    zones = list({subnet.zone: subnet for subnet in reversed(group.subnets)}.values())[::-1]
    used = {*taken, *(node.name for node in existing)}
    nodes: list[NodeSpec] = []
    for index, subnet in enumerate(zones):
        size = group.size // len(zones) + (index < group.size % len(zones))
        names = [node.name for node in existing if node.zone == subnet.zone][:size]
        while len(names) < size:
            names.append(_free_name(group, subnet, used))
            used.add(names[-1])
        nodes += [_node_spec(group, subnet, name) for name in names]
    return tuple(nodes)


def _node_spec(group: NodeGroup, subnet: Subnet, name: str) -> NodeSpec:
    labels = {
        "eks.amazonaws.com/capacityType": group.capacity_type,
        "kubernetes.io/arch": group.instance.architecture,
        "node.kubernetes.io/instance-type": group.instance.name,
        **group.labels,
    }
    taints = tuple(
        Taint(taint["key"], taint.get("value", ""), EFFECTS.get(taint["effect"], taint["effect"]))
        for taint in group.taints
    )
    return NodeSpec(name, group.instance.cpu, group.instance.memory_gib, subnet.zone, labels, taints)


def _free_name(group: NodeGroup, subnet: Subnet, used: Collection[str]) -> str:
    """Return the node name of a free address, starting at a hash of the group's name.

    A repeated rehearsal therefore creates the same nodes.
    """
    network = ipaddress.ip_network(subnet.cidr)
    usable = network.num_addresses - RESERVED_ADDRESSES - 1  # the last address is the broadcast address
    start = zlib.crc32(group.name.encode())
    for step in range(max(0, usable)):
        name = _name(str(network[RESERVED_ADDRESSES + (start + step) % usable]), group.region)
        if name not in used:
            return name
    raise ValueError(f"subnet {subnet.cidr} in {subnet.zone} has no free address for a node of {group.name}")


def _name(address: str, region: str) -> str:
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{address.replace('.', '-')}.{domain}"
