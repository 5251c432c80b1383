"""The Kubernetes cluster and its machines."""

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field

from stacks.sections.fields import Count, Flag, Label, LogDays, Positive, Section, Text, Whole, Zones, matching


class NodeGroup(Section):
    """Machines of one kind; `spot` ones only take batch work."""

    instance_types: Annotated[tuple[Text, ...], Field(min_length=1)]
    spot: Flag
    min: Count
    desired: Count
    max: Positive
    disk_gib: Annotated[Whole, Field(ge=20)]


class Cluster(Section):
    """The Kubernetes cluster."""

    version: Annotated[str, matching(r"1\.\d\d", "a Kubernetes version, such as 1.34")]
    public_access_cidrs: tuple[IPv4Network, ...]
    """Who may reach the API over the internet; empty turns the public endpoint off."""
    administrators: Annotated[tuple[Text, ...], Field(min_length=1)]
    """IAM roles of the environment's account that administer the cluster; the deploying role is one."""
    log_retention_days: LogDays
    node_zones: Zones
    node_cap: Positive
    """Most machines that all groups together may ever be."""
    node_groups: Annotated[dict[Label, NodeGroup], Field(min_length=1)]
