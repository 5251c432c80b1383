"""Deployment context of one cluster: the primary or the warm standby."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from components.base import DeploymentContext
from components.delivery.registries import regional_reference
from components.network.plan import VpcPlan


@dataclass(frozen=True)
class ClusterContext:
    """One cluster and the network around its pods."""

    kubernetes: k8s.Provider
    name: pulumi.Output[str]
    """Name of the cluster in AWS."""
    context: DeploymentContext
    """Context in the cluster's own region."""
    network: VpcPlan
    """Subnet plan of the cluster's own VPC."""
    peer_networks: tuple[VpcPlan, ...] = ()
    """Networks of other regions whose data stores the cluster's pods may reach."""
    suffix: str = ""
    """Suffix of Pulumi resource names. Objects inside the cluster have the same names in every cluster."""
    standby: bool = False
    """True for the warm standby, which runs at the minimum size until the primary region fails."""

    def inside(self, parent: pulumi.Resource, more: ResourceOptions | None = None) -> ResourceOptions:
        """Return the options of a component that is deployed to this cluster."""
        options = ResourceOptions(parent=parent, providers=[self.kubernetes])
        return ResourceOptions.merge(options, more)

    def image(self, reference: str) -> str:
        """Return an image or repository reference in the registry of the cluster's region."""
        return regional_reference(reference, self.context.region)
