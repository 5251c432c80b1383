"""EKS: clusters and node groups with the defaults, the merging and the tags that AWS has."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import ec2_backends
from moto.eks import models
from moto.eks.exceptions import InvalidParameterException, InvalidRequestException, ResourceNotFoundException
from moto.eks.responses import EKSResponse

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.moto_patches.eks_state import parts_of, record_update
from rehearsal.cloud.patches import Patches

DEFAULT_VERSION = "1.34"
"""What EKS takes when no version is given: its newest but one or two."""
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
"""Settings that moto drops, with what EKS fills in."""
NODEGROUP_SETTINGS: Mapping[str, Any] = {"updateConfig": {"maxUnavailable": 1}, "nodeRepairConfig": None}


def defaults(patches: Patches) -> None:
    """Give new clusters and node groups the defaults of today."""
    patches.replace(models, "DEFAULT_KUBERNETES_VERSION", DEFAULT_VERSION)
    patches.replace(models, "DEFAULT_RELEASE_VERSION", f"{DEFAULT_VERSION}.0-20251112")
    patches.replace(models, "DEFAULT_AMI_TYPE", "AL2023_x86_64_STANDARD")
    patches.replace(models, "DEFAULT_REMOTE_ACCESS", None)

    def wrapper(original: Any) -> Any:
        def create_nodegroup(self: Any, cluster_name: str, **settings: Any) -> Any:
            cluster = self.clusters.get(cluster_name)
            if cluster and not settings.get("version"):
                settings["version"] = cluster.version
            return original(self, cluster_name=cluster_name, **settings)

        return create_nodegroup

    patches.wrap(models.EKSBackend, "create_nodegroup", wrapper)


def cluster_network(patches: Patches) -> None:
    """Tell a cluster's VPC and give it a security group of its own, which goes when the cluster goes."""

    def creating(original: Any) -> Any:
        def create_cluster(self: Any, name: str, resources_vpc_config: dict[str, Any], **settings: Any) -> Any:
            subnets = [_subnet(self, subnet) for subnet in resources_vpc_config.get("subnetIds", ())]
            if len({subnet.availability_zone for subnet in subnets}) < 2:  # noqa: PLR2004  # said in the next line
                raise InvalidParameterException(message="Subnets specified must be in at least two different AZs")
            config = {**VPC_DEFAULTS, **resources_vpc_config, "vpcId": subnets[0].vpc_id}
            cluster = original(self, name=name, resources_vpc_config=config, **settings)
            ec2 = ec2_backends[self.account_id][self.region_name]
            group = f"eks-cluster-sg-{name}-{zlib.crc32(cluster.arn.encode())}"
            made = ec2.create_security_group(group, "EKS created security group", vpc_id=config["vpcId"])
            config["clusterSecurityGroupId"] = made.id
            return cluster

        return create_cluster

    def deleting(original: Any) -> Any:
        def delete_cluster(self: Any, name: str) -> Any:
            cluster = original(self, name)
            config = cluster.resources_vpc_config
            groups = ec2_backends[self.account_id][self.region_name].groups
            groups.get(config["vpcId"], {}).pop(config["clusterSecurityGroupId"], None)
            return cluster

        return delete_cluster

    patches.wrap(models.EKSBackend, "create_cluster", creating)
    patches.wrap(models.EKSBackend, "delete_cluster", deleting)


def settings(patches: Patches) -> None:
    """Keep the settings of clusters and node groups that moto drops."""

    def keeping(original: Any, defaults: Mapping[str, Any], find: Any) -> Any:
        def create(self: Any) -> Any:
            result = original(self)
            made = find(self)
            for name, default in defaults.items():
                given = self._get_param(name)
                value = {**default, **(given or {})} if isinstance(default, dict) else given or default
                setattr(made, _snake(name), value)
            return result

        return create

    def cluster(self: Any) -> Any:
        return self.eks_backend.describe_cluster(self._get_param("name"))

    def nodegroup(self: Any) -> Any:
        return self.eks_backend.describe_nodegroup(self._get_param("name"), self._get_param("nodegroupName"))

    patches.wrap(EKSResponse, "create_cluster", lambda original: keeping(original, CLUSTER_SETTINGS, cluster))
    patches.wrap(EKSResponse, "create_nodegroup", lambda original: keeping(original, NODEGROUP_SETTINGS, nodegroup))

    def protecting(original: Any) -> Any:
        def delete_cluster(self: Any, name: str) -> Any:
            if getattr(self.clusters.get(name), "deletion_protection", False):
                raise InvalidRequestException(message=f"Cluster {name} has deletion protection enabled")
            return original(self, name)

        return delete_cluster

    patches.wrap(models.EKSBackend, "delete_cluster", protecting)


def update_config(patches: Patches) -> None:
    """Merge what UpdateClusterConfig changes into what the cluster has, and answer with an update."""

    def update_cluster_config(self: Any) -> ActionResult:
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        given = {
            name: value
            for name in ("resourcesVpcConfig", "logging", *CLUSTER_SETTINGS)
            if (value := self._get_param(name)) is not None
        }
        for name, value in given.items():
            attribute = _snake(name)
            setattr(cluster, attribute, _merged(name, getattr(cluster, attribute, None), value))
        return ActionResult({"update": record_update(cluster, "ConfigUpdate", given)})

    patches.replace(EKSResponse, "update_cluster_config", update_cluster_config)


def tags(patches: Patches) -> None:
    """Tag everything that has an ARN, not only clusters."""

    def tag_resource(self: Any, resource_arn: str, tags: dict[str, str]) -> None:
        _tags_of(self, resource_arn).update(tags)

    def untag_resource(self: Any, resource_arn: str, tag_keys: Any) -> None:
        found = _tags_of(self, resource_arn)
        for key in [tag_keys] if isinstance(tag_keys, str) else tag_keys:
            found.pop(key, None)

    def list_tags_for_resource(self: Any, resource_arn: str) -> dict[str, str]:
        return _tags_of(self, resource_arn)

    for operation in (tag_resource, untag_resource, list_tags_for_resource):
        patches.replace(models.EKSBackend, operation.__name__, operation)


def merged_logging(before: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Switch log types on and off, leaving the others as they are; two entries, as EKS describes them."""
    enabled: set[str] = set()
    for entry in [*before, *changes]:
        enabled = enabled | set(entry["types"]) if entry.get("enabled") else enabled - set(entry["types"])
    on, off = ([name for name in LOG_TYPES if (name in enabled) is wanted] for wanted in (True, False))
    return [{"types": types, "enabled": types is on} for types in (on, off) if types]


def _merged(name: str, before: Any, value: Any) -> Any:
    if name == "logging":
        return {"clusterLogging": merged_logging((before or {}).get("clusterLogging", ()), value["clusterLogging"])}
    return {**(before or {}), **value} if isinstance(value, dict) else value


def _subnet(backend: Any, subnet_id: str) -> Any:
    try:
        return ec2_backends[backend.account_id][backend.region_name].get_subnet(subnet_id)
    except InvalidSubnetIdError as error:
        raise InvalidParameterException(message=f"The subnet ID '{subnet_id}' does not exist") from error


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _tags_of(backend: Any, arn: str) -> dict[str, str]:
    for known, tags in _tagged(list(backend.clusters.values())):
        if known == arn:
            return tags
    raise ResourceNotFoundException(message=f"Resource was not found: {arn}")


def _tagged(clusters: Iterable[Any]) -> Iterator[tuple[str, dict[str, str]]]:
    for cluster in clusters:
        yield cluster.arn, cluster.tags
        for group in list(cluster.nodegroups.values()):
            yield group.arn, group.tags
        for profile in list(cluster.fargate_profiles.values()):
            yield profile.fargate_profile_arn, profile.tags
        for parts in list(parts_of(cluster).values()):
            yield from ((part.arn, part.tags) for part in list(parts.values()))


MOTO_PATCHES = (
    MotoPatch(
        "eks-defaults",
        "makes clusters of version 1.19, node groups of 1.19 with Amazon Linux 2 and an SSH key",
        "takes a version of its time, the cluster's version for node groups, Amazon Linux 2023, no key",
        "EKS CreateCluster, CreateNodegroup",
        defaults,
    ),
    MotoPatch(
        "eks-cluster-network",
        "shows the VPC configuration as it was given and never looks at the subnets",
        "needs existing subnets in two zones; shows defaults, VPC and the cluster's own security group",
        "EKS VpcConfigResponse",
        cluster_network,
    ),
    MotoPatch(
        "eks-settings",
        "drops access configuration, upgrade policy, zonal shift, deletion protection and update configuration",
        "keeps them, and obeys deletion protection",
        "EKS CreateCluster, CreateNodegroup",
        settings,
    ),
    MotoPatch(
        "eks-update-config",
        "replaces the whole VPC configuration and logging, and answers with a cluster",
        "merges what is given and answers with an update",
        "EKS UpdateClusterConfig",
        update_config,
    ),
    MotoPatch(
        "eks-tags",
        "tags clusters only",
        "tags node groups, add-ons, access entries and pod identities too",
        "EKS TagResource",
        tags,
    ),
)
