"""EKS add-ons: cluster components that AWS maintains."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import eks

from components.base import ComponentArgs, PlatformComponent
from components.cluster.plan import AddonPlan


@dataclass(frozen=True, kw_only=True)
class AddonsArgs(ComponentArgs):
    """Add-ons of one cluster."""

    cluster_name: pulumi.Input[str]
    kubernetes: str
    """Kubernetes version of the cluster, which determines the pinned add-on versions."""
    addons: Sequence[AddonPlan]


class Addons(PlatformComponent):
    """Add-ons of one cluster. An update overwrites manual changes to them.

    Outputs: addons (resources).
    """

    def __init__(self, name: str, args: AddonsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:cluster:Addons", name, args.context, opts)
        self.addons = [
            eks.Addon(
                f"{name}-{addon.name}",
                cluster_name=args.cluster_name,
                addon_name=addon.name,
                addon_version=addon.version(args.kubernetes),
                configuration_values=json.dumps(addon.settings) if addon.settings else None,
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="OVERWRITE",
                **self.child(addon.name),
            )
            for addon in args.addons
        ]
        self.register_outputs({})
