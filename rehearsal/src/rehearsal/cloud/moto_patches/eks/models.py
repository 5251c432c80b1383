"""EKS clusters, node groups, add-ons, access entries and pod identities."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, cast
from uuid import uuid4

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, autoscaling_backends
from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import ec2_backends
from moto.eks import models
from moto.eks.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.eks.models import Nodegroup
from typing_extensions import override

from rehearsal.cloud.moto_patches.autoscaling import delete_scheduled_actions

DEFAULT_VERSION = "1.34"
"""Default Kubernetes version of clusters. EKS also defaults to a recent version."""
DEFAULT_RELEASE_VERSION = f"{DEFAULT_VERSION}.0-20251112"
DEFAULT_AMI_TYPE = "AL2023_x86_64_STANDARD"
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
VPC_DEFAULTS: Mapping[str, Any] = {
    "securityGroupIds": [],
    "endpointPublicAccess": True,
    "endpointPrivateAccess": False,
    "publicAccessCidrs": ["0.0.0.0/0"],
}
CLUSTER_SETTINGS: Mapping[str, Any] = {
    "accessConfig": {"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": True},
    "upgradePolicy": {"supportType": "EXTENDED"},
    "zonalShiftConfig": {"enabled": False},
    "deletionProtection": False,
}
"""Cluster settings that moto drops, with EKS's defaults."""
NODEGROUP_SETTINGS: Mapping[str, Any] = {"updateConfig": {"maxUnavailable": 1}, "nodeRepairConfig": None}
"""Node group settings that moto drops, with EKS's defaults."""

ADDON = "addon"
ACCESS_ENTRY = "access-entry"
POD_IDENTITY = "podidentityassociation"
_ARN_FIELDS = {ADDON: "addonArn", ACCESS_ENTRY: "accessEntryArn", POD_IDENTITY: "associationArn"}


@dataclass
class ClusterResource:
    """An add-on, access entry or pod identity association of a cluster."""

    arn: str
    fields: dict[str, Any]
    """The resource as the API returns it."""
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Policy ARN → access policy that is associated with this access entry."""

    @property
    def tags(self) -> dict[str, str]:
        """Mutable tags of the resource."""
        return cast("dict[str, str]", self.fields["tags"])

    def update(self, changes: Mapping[str, Any]) -> None:
        """Apply changes and set the modification time."""
        self.fields |= {**changes, "modifiedAt": datetime.now(UTC)}


class Cluster(models.Cluster):
    """Cluster with the resources that moto lacks.

    These are its add-ons, access entries, pod identity associations and updates.
    """

    original: ClassVar[type[models.Cluster]]

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        Cluster.original.__init__(self, *args, **kwargs)
        self.resources: dict[str, dict[str, ClusterResource]] = {}
        """Resource type as in the ARN (`addon`, …) → identifier → resource."""
        self.updates: dict[str, dict[str, Any]] = {}

    def record_update(self, update_type: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Store an update, so that DescribeUpdate can return it.

        The update is already complete, because every call applies its change before it returns.
        """
        update = {
            "id": str(uuid4()),
            "status": "Successful",
            "type": update_type,
            "params": [{"type": name[0].upper() + name[1:], "value": str(value)} for name, value in params.items()],
            "createdAt": datetime.now(UTC),
            "errors": [],
        }
        self.updates[str(update["id"])] = update
        return update


class EKSBackend(models.EKSBackend):
    """Clusters and node groups with AWS's defaults, checks, tags and updates."""

    original: ClassVar[type[models.EKSBackend]]

    def find_cluster(self, name: str) -> Cluster:
        """Return a cluster. Raises moto's ResourceNotFoundException if it does not exist."""
        return cast("Cluster", self.describe_cluster(name))

    @override
    def create_cluster(
        self, name: str, role_arn: str, resources_vpc_config: dict[str, Any], *args: Any, **settings: Any
    ) -> models.Cluster:
        ec2 = ec2_backends[self.account_id][self.region_name]
        subnets = [_find_subnet(ec2, subnet_id) for subnet_id in resources_vpc_config.get("subnetIds", ())]
        if len({subnet.availability_zone for subnet in subnets}) < 2:  # noqa: PLR2004  # the message states the number
            raise InvalidParameterException(message="Subnets specified must be in at least two different AZs")
        vpc_config = {**VPC_DEFAULTS, **resources_vpc_config, "vpcId": subnets[0].vpc_id}
        cluster = EKSBackend.original.create_cluster(self, name, role_arn, vpc_config, *args, **settings)
        group_name = f"eks-cluster-sg-{name}-{zlib.crc32(cluster.arn.encode())}"
        group = ec2.create_security_group(group_name, "EKS created security group", vpc_id=vpc_config["vpcId"])
        vpc_config["clusterSecurityGroupId"] = group.id
        return cluster

    @override
    def delete_cluster(self, name: str) -> models.Cluster:
        if getattr(self.clusters.get(name), "deletion_protection", False):
            raise InvalidRequestException(message=f"Cluster {name} has deletion protection enabled")
        cluster = EKSBackend.original.delete_cluster(self, name)
        vpc_config = cluster.resources_vpc_config
        groups = ec2_backends[self.account_id][self.region_name].groups
        groups.get(vpc_config["vpcId"], {}).pop(vpc_config["clusterSecurityGroupId"], None)
        return cluster

    def set_cluster_version(self, name: str, version: str) -> None:
        """Upgrade the control plane by one minor version."""
        cluster = self.describe_cluster(name)
        if not _is_next_minor(cluster.version, version):
            raise InvalidParameterException(
                message=f"Unsupported Kubernetes minor version update from {cluster.version} to {version}"
            )
        cluster.version = version

    @override
    def create_nodegroup(self, cluster_name: str, *args: Any, **settings: Any) -> Nodegroup:
        check_sizes(settings.get("scaling_config") or {})
        cluster = self.clusters.get(cluster_name)
        if cluster and not settings.get("version"):
            settings["version"] = cluster.version
        group = EKSBackend.original.create_nodegroup(self, cluster_name, *args, **settings)
        name = f"eks-{group.nodegroup_name}-{group.uuid}"
        cast("dict[str, Any]", group.resources)["autoScalingGroups"] = [{"name": name}]
        autoscaling = autoscaling_backends[self.account_id][self.region_name]
        autoscaling.autoscaling_groups[name] = _create_autoscaling_group(autoscaling, group, name)
        return group

    @override
    def update_nodegroup_config(
        self, cluster_name: str, nodegroup_name: str, *args: Any, **changes: Any
    ) -> dict[str, Any]:
        group = self.describe_nodegroup(cluster_name, nodegroup_name)
        check_sizes({**group.scaling_config, **(changes.get("scaling_config") or {})})
        update = EKSBackend.original.update_nodegroup_config(self, cluster_name, nodegroup_name, *args, **changes)
        self.find_cluster(cluster_name).updates[update["id"]] = update
        autoscaling = autoscaling_backends[self.account_id][self.region_name]
        _resize(autoscaling.autoscaling_groups[_autoscaling_group_name(group)], group)
        return update

    @override
    def delete_nodegroup(self, cluster_name: str, nodegroup_name: str) -> Nodegroup:
        group = EKSBackend.original.delete_nodegroup(self, cluster_name, nodegroup_name)
        autoscaling = autoscaling_backends[self.account_id][self.region_name]
        del autoscaling.autoscaling_groups[_autoscaling_group_name(group)]
        delete_scheduled_actions(autoscaling, _autoscaling_group_name(group))
        return group

    @override
    def tag_resource(self, resource_arn: str, tags: dict[str, str]) -> None:
        self.list_tags_for_resource(resource_arn).update(tags)

    @override
    def untag_resource(self, resource_arn: str, tag_keys: list[str] | str) -> None:
        tags = self.list_tags_for_resource(resource_arn)
        for key in [tag_keys] if isinstance(tag_keys, str) else tag_keys:
            tags.pop(key, None)

    @override
    def list_tags_for_resource(self, resource_arn: str) -> dict[str, str]:
        for arn, tags in _tagged_resources(list(self.clusters.values())):
            if arn == resource_arn:
                return tags
        raise ResourceNotFoundException(message=f"Resource was not found: {resource_arn}")

    def describe_update(self, cluster_name: str, update_id: str) -> dict[str, Any]:
        """Return an update. Raises moto's ResourceNotFoundException if it does not exist."""
        updates = self.find_cluster(cluster_name).updates
        if update_id not in updates:
            raise ResourceNotFoundException(message=f"No update found for ID: {update_id}")
        return updates[update_id]

    def list_cluster_resources(self, cluster_name: str, resource_type: str) -> dict[str, ClusterResource]:
        """Return a cluster's resources of one type, keyed by identifier."""
        return self.find_cluster(cluster_name).resources.setdefault(resource_type, {})

    def create_cluster_resource(
        self, cluster_name: str, resource_type: str, identifier: str, arn_path: str, fields: Mapping[str, Any]
    ) -> ClusterResource:
        """Store a resource. Raises moto's ResourceInUseException if the identifier exists."""
        resources, cluster = self.list_cluster_resources(cluster_name, resource_type), self.find_cluster(cluster_name)
        if identifier in resources:
            raise ResourceInUseException(
                clusterName=cluster_name, message=f"{resource_type} already exists: {identifier}"
            )
        arn, now = cluster.arn.replace(":cluster/", f":{resource_type}/") + f"/{arn_path}", datetime.now(UTC)
        resources[identifier] = ClusterResource(
            arn,
            {
                **fields,
                _ARN_FIELDS[resource_type]: arn,
                "clusterName": cluster.name,
                "createdAt": now,
                "modifiedAt": now,
                "tags": dict(fields.get("tags", {})),
            },
        )
        return resources[identifier]

    def describe_cluster_resource(self, cluster_name: str, resource_type: str, identifier: str) -> ClusterResource:
        """Return a resource. Raises moto's ResourceNotFoundException if it does not exist."""
        resources = self.list_cluster_resources(cluster_name, resource_type)
        if identifier not in resources:
            raise ResourceNotFoundException(message=f"No {resource_type} found in {cluster_name}: {identifier}")
        return resources[identifier]

    def delete_cluster_resource(self, cluster_name: str, resource_type: str, identifier: str) -> ClusterResource:
        """Delete a resource. Raises moto's ResourceNotFoundException if it does not exist."""
        self.describe_cluster_resource(cluster_name, resource_type, identifier)
        return self.list_cluster_resources(cluster_name, resource_type).pop(identifier)


def check_sizes(sizes: Mapping[str, int]) -> None:
    """Raise InvalidParameterException unless min ≤ desired ≤ max.

    An absent size is not compared.
    """
    minimum, desired, maximum = (sizes.get(name) for name in ("minSize", "desiredSize", "maxSize"))
    if minimum is not None and maximum is not None and minimum > maximum:
        raise InvalidParameterException(
            message=f"Minimum capacity {minimum} can't be greater than the max capacity {maximum}"
        )
    if desired is None:
        return
    if minimum is not None and minimum > desired:
        raise InvalidParameterException(
            message=f"Minimum capacity {minimum} can't be greater than desired size {desired}"
        )
    if maximum is not None and maximum < desired:
        raise InvalidParameterException(message=f"Maximum capacity {maximum} can't be less than desired size {desired}")


def merged_logging(before: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Merge changes into the logging configuration of a cluster.

    Returns one entry for the enabled log types and one for the disabled log types, as EKS does.
    """
    enabled: set[str] = set()
    for entry in [*before, *changes]:
        enabled = enabled | set(entry["types"]) if entry.get("enabled") else enabled - set(entry["types"])
    on, off = ([name for name in LOG_TYPES if (name in enabled) is state] for state in (True, False))
    return [{"types": types, "enabled": types is on} for types in (on, off) if types]


def _find_subnet(ec2: Any, subnet_id: str) -> Any:
    try:
        return ec2.get_subnet(subnet_id)
    except InvalidSubnetIdError as error:
        raise InvalidParameterException(message=f"The subnet ID '{subnet_id}' does not exist") from error


def _is_next_minor(before: str, after: str) -> bool:
    (major, minor), (new_major, new_minor) = (tuple(map(int, version.split("."))) for version in (before, after))
    return (new_major, new_minor) == (major, minor + 1)


def _tagged_resources(clusters: Iterable[models.Cluster]) -> Iterator[tuple[str, dict[str, str]]]:
    for cluster in clusters:
        yield cluster.arn, cluster.tags
        for group in list(cluster.nodegroups.values()):
            yield group.arn, group.tags
        for profile in list(cluster.fargate_profiles.values()):
            yield profile.fargate_profile_arn, profile.tags
        for resources in list(cast("Cluster", cluster).resources.values()):
            yield from ((resource.arn, resource.tags) for resource in list(resources.values()))


def _autoscaling_group_name(group: Nodegroup) -> str:
    return str(cast("dict[str, Any]", group.resources)["autoScalingGroups"][0]["name"])


def _create_autoscaling_group(autoscaling: AutoScalingBackend, group: Nodegroup, name: str) -> FakeAutoScalingGroup:
    """Create an Auto Scaling group without instances.

    The nodes run in the cluster's data plane, so instances of moto would duplicate them.
    """
    template = group.launch_template or {}
    cluster_tags = {
        "kubernetes.io/cluster/{}": "owned",
        "k8s.io/cluster-autoscaler/{}": "owned",
        "eks:cluster-name": "{}",
    }
    tags = {key.format(group.cluster_name): value.format(group.cluster_name) for key, value in cluster_tags.items()}
    tags |= {"k8s.io/cluster-autoscaler/enabled": "true", "eks:nodegroup-name": group.nodegroup_name}
    create: Any = FakeAutoScalingGroup  # moto does not implement two abstract methods, which nothing calls
    autoscaling_group: FakeAutoScalingGroup = create(
        name=name,
        availability_zones=[],
        desired_capacity=0,
        max_size=0,
        min_size=0,
        launch_config_name="",
        launch_template={"LaunchTemplateId": template["id"], "Version": template.get("version")} if template else {},
        vpc_zone_identifier=",".join(group.subnets),
        default_cooldown=None,
        health_check_period=15,
        health_check_type="EC2",
        load_balancers=[],
        target_group_arns=[],
        placement_group=None,
        termination_policies=["AllocationStrategy", "OldestLaunchTemplate", "OldestInstance"],
        autoscaling_backend=autoscaling,
        ec2_backend=autoscaling.ec2_backend,
        tags=[{"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in tags.items()],
        mixed_instances_policy=None,
        capacity_rebalance=group.capacity_type == "SPOT",
    )
    _resize(autoscaling_group, group)
    return autoscaling_group


def _resize(autoscaling_group: FakeAutoScalingGroup, group: Nodegroup) -> None:
    desired = group.scaling_config["desiredSize"]
    autoscaling_group.min_size = group.scaling_config.get("minSize", desired)
    autoscaling_group.max_size = group.scaling_config.get("maxSize", desired)
    autoscaling_group.desired_capacity = desired
