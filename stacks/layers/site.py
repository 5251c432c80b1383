"""A cluster that workloads are laid in: the primary one, and where there is a DR region the warm standby there."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from components.base import Placement
from components.delivery.registries import in_region
from components.network.plan import VpcPlan


@dataclass(frozen=True)
class Site:
    """One cluster, and what its pods have around them."""

    kubernetes: k8s.Provider
    cluster: pulumi.Output[str]
    """Name in AWS."""
    placement: Placement
    """In the cluster's own region."""
    network: VpcPlan
    """The cluster's own."""
    others: tuple[VpcPlan, ...] = ()
    """Networks of other regions whose data its pods may reach."""
    suffix: str = ""
    """Of the names that resources have in the program; objects in the cluster have the same names everywhere."""
    standby: bool = False
    """Whether it waits for the other region to fail, at the least size."""

    def inside(self, parent: pulumi.Resource, more: ResourceOptions | None = None) -> ResourceOptions:
        """Options of a component that lies in this cluster."""
        within = ResourceOptions(parent=parent, providers=[self.kubernetes])
        return ResourceOptions.merge(within, more)

    def image(self, reference: str) -> str:
        """An image, or repository, as this cluster takes it: from its own region."""
        return in_region(reference, self.placement.region)
