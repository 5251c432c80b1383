"""The base of every component: names, tags, region and parent of its children in one place.

One `aws.Provider` serves both regions: since version 7 each regional resource takes `region` itself. A second provider
for the DR region would cost a second plugin process and hide the region from policy rules and from anyone who reads a
preview, for they see a resource's inputs but not its provider's. The price, that a changed region does not by itself
replace dependants, is paid by never changing a region in place: settings name it once per environment.

Providers reach children through `ResourceOptions(providers=…)` of the layer; the engine's default providers are off, so
a resource that is reached by none fails loudly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

import pulumi
from pulumi import ResourceOptions


@dataclass(frozen=True)
class Tags:
    """The seven tags that chargeback and the policy packs ask of every taggable resource."""

    project: str
    environment: str
    team: str
    feature: str
    owner: str
    cost_centre: str
    data_classification: str

    def as_dict(self) -> dict[str, str]:
        """Tags by their AWS key."""
        return {
            "project": self.project,
            "environment": self.environment,
            "team": self.team,
            "feature": self.feature,
            "owner": self.owner,
            "cost-centre": self.cost_centre,
            "data-classification": self.data_classification,
        }


@dataclass(frozen=True)
class DeploymentContext:
    """Where a component lives: environment, AWS account and region, and what its resources are tagged with."""

    environment: str
    account: str
    region: str
    tags: Tags

    def with_feature(self, feature: str) -> "DeploymentContext":
        """The same place, charged to another feature."""
        return replace(self, tags=replace(self.tags, feature=feature))

    def with_team(self, team: str, owner: str, cost_centre: str) -> "DeploymentContext":
        """The same place, charged to a team."""
        return replace(self, tags=replace(self.tags, team=team, owner=owner, cost_centre=cost_centre))

    def with_region(self, region: str) -> "DeploymentContext":
        """The same place in another region."""
        return replace(self, region=region)

    @property
    def boundary(self) -> str:
        """ARN of the permissions boundary that `ops bootstrap` made: no role of the environment goes beyond it."""
        return f"arn:aws:iam::{self.account}:policy/{self.resource_name('boundary')}"

    def resource_name(self, role: str) -> str:
        """AWS name of the thing with this role, e.g. `campus-prod-records`."""
        return f"campus-{self.environment}-{role}"


class RegionalTaggedOptions(TypedDict):
    """What a taggable resource of one region needs from its component."""

    opts: ResourceOptions
    region: str
    tags: Mapping[str, str]


class RegionalOptions(TypedDict):
    """What a resource of one region that takes no tags needs from its component."""

    opts: ResourceOptions
    region: str


class GlobalTaggedOptions(TypedDict):
    """What a taggable resource without a region (IAM, budgets) needs from its component."""

    opts: ResourceOptions
    tags: Mapping[str, str]


class PlatformComponent(pulumi.ComponentResource):
    """A component that knows its placement and hands it to its children."""

    def __init__(self, token: str, name: str, context: DeploymentContext, opts: ResourceOptions | None = None) -> None:
        super().__init__(token, name, None, opts)
        self.context = context

    def child_options(self, more: ResourceOptions | None = None) -> ResourceOptions:
        """Options of a child: this component as parent, plus `more`."""
        return ResourceOptions.merge(ResourceOptions(parent=self), more)

    def child(self, label: str, more: ResourceOptions | None = None) -> RegionalTaggedOptions:
        """For a taggable child in the component's region; `label` becomes its `Name` tag."""
        return {"opts": self.child_options(more), "region": self.context.region, "tags": self._tags(label)}

    def untagged(self, more: ResourceOptions | None = None) -> RegionalOptions:
        """For a child in the component's region whose type takes no tags."""
        return {"opts": self.child_options(more), "region": self.context.region}

    def global_child(self, label: str, more: ResourceOptions | None = None) -> GlobalTaggedOptions:
        """For a taggable child whose type has no region."""
        return {"opts": self.child_options(more), "tags": self._tags(label)}

    def _tags(self, label: str) -> dict[str, str]:
        return {**self.context.tags.as_dict(), "Name": self.context.resource_name(label)}


@dataclass(frozen=True, kw_only=True)
class ComponentArgs:
    """Base of every component's arguments."""

    context: DeploymentContext
