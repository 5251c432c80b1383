"""Base class of every component.

The base class sets the name, tags, region and parent of every child.

One `aws.Provider` serves both regions: since version 7 of the provider, each regional resource has its own `region`
input. A second provider for the DR region would need a second plugin process. It would also hide the region from policy
rules and from readers of a preview, who see the inputs of a resource but not those of its provider. The drawback is
that changing a region does not replace dependent resources. Therefore a region must never be changed in place, and the
settings name it once per environment.

A layer passes providers to its components through `ResourceOptions(providers=…)`. The engine's default providers are
disabled, so creating a resource without a provider fails.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

import pulumi
from pulumi import ResourceOptions


@dataclass(frozen=True)
class Tags:
    """The seven tags of every taggable resource.

    Chargeback and the policy packs require them.
    """

    project: str
    environment: str
    team: str
    feature: str
    owner: str
    cost_centre: str
    data_classification: str

    def as_dict(self) -> dict[str, str]:
        """Return the tags by AWS key."""
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
    """Environment, AWS account, region and tags of a component's resources."""

    environment: str
    account: str
    region: str
    tags: Tags

    def with_feature(self, feature: str) -> "DeploymentContext":
        """Return a copy of this context with another `feature` tag."""
        return replace(self, tags=replace(self.tags, feature=feature))

    def with_team(self, team: str, owner: str, cost_centre: str) -> "DeploymentContext":
        """Return a copy of this context with the tags of the team that pays."""
        return replace(self, tags=replace(self.tags, team=team, owner=owner, cost_centre=cost_centre))

    def with_region(self, region: str) -> "DeploymentContext":
        """Return a copy of this context for another region."""
        return replace(self, region=region)

    @property
    def boundary(self) -> str:
        """ARN of the permissions boundary of every role in the environment.

        `ops bootstrap` creates this policy.
        """
        return f"arn:aws:iam::{self.account}:policy/{self.resource_name('boundary')}"

    def resource_name(self, role: str) -> str:
        """Return the AWS name of the resource with this role, e.g. `campus-prod-records`."""
        return f"campus-{self.environment}-{role}"


class RegionalTaggedOptions(TypedDict):
    """Arguments that a component passes to a taggable regional resource."""

    opts: ResourceOptions
    region: str
    tags: Mapping[str, str]


class RegionalOptions(TypedDict):
    """Arguments that a component passes to a regional resource without tags."""

    opts: ResourceOptions
    region: str


class GlobalTaggedOptions(TypedDict):
    """Arguments that a component passes to a taggable global resource (IAM, budgets)."""

    opts: ResourceOptions
    tags: Mapping[str, str]


class PlatformComponent(pulumi.ComponentResource):
    """A component that passes its deployment context on to its children."""

    def __init__(self, token: str, name: str, context: DeploymentContext, opts: ResourceOptions | None = None) -> None:
        super().__init__(token, name, None, opts)
        self.context = context

    def child_options(self, more: ResourceOptions | None = None) -> ResourceOptions:
        """Return options with this component as parent, merged with `more`."""
        return ResourceOptions.merge(ResourceOptions(parent=self), more)

    def child(self, label: str, more: ResourceOptions | None = None) -> RegionalTaggedOptions:
        """Return the arguments of a taggable regional child.

        Its `Name` tag is `campus-<env>-<label>`.
        """
        return {"opts": self.child_options(more), "region": self.context.region, "tags": self._tags(label)}

    def untagged(self, more: ResourceOptions | None = None) -> RegionalOptions:
        """Return the arguments of a regional child without tags."""
        return {"opts": self.child_options(more), "region": self.context.region}

    def global_child(self, label: str, more: ResourceOptions | None = None) -> GlobalTaggedOptions:
        """Return the arguments of a taggable global child."""
        return {"opts": self.child_options(more), "tags": self._tags(label)}

    def _tags(self, label: str) -> dict[str, str]:
        return {**self.context.tags.as_dict(), "Name": self.context.resource_name(label)}


@dataclass(frozen=True, kw_only=True)
class ComponentArgs:
    """Base class of every component's arguments."""

    context: DeploymentContext
