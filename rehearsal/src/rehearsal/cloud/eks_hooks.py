"""Hooks that give EKS clusters a Kubernetes control plane and nodes."""

import base64
import threading
from typing import Any, ClassVar

from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.eks.exceptions import InvalidParameterException, InvalidRequestException
from moto.eks.models import Cluster, Nodegroup
from typing_extensions import override

from rehearsal.cloud.moto_patches.eks import models
from rehearsal.cloud.node_plan import InstanceType, NodeGroup, Subnet, plan_nodes
from rehearsal.cloud.patches import Patches
from rehearsal.dataplanes.kubernetes import ClusterError, Clusters, NodeSpec
from rehearsal.processes import ProcessError

ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}


def attach(patches: Patches, clusters: Clusters) -> None:
    """Connect moto's EKS to the data planes."""
    patches.install(EKSBackend, control_planes=clusters, node_groups=NodeGroups(clusters))


class NodeGroups:
    """Planned nodes of all node groups."""

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters
        self._lock = threading.Lock()
        self._planned: dict[tuple[str, str], dict[str, tuple[NodeSpec, ...]]] = {}

    def apply(self, backend: Any, group: Nodegroup) -> None:
        """Start and stop nodes until a node group has its desired size.

        Returns when the nodes are Ready. Raises InvalidParameterException for an unknown instance type, and
        InvalidRequestException if the nodes can't be planned or started.
        """
        with self._lock:  # held only while planning, because starting nodes takes time
            groups = self._planned.setdefault((backend.region_name, group.cluster_name), {})
            others = {node.name for name, nodes in groups.items() if name != group.nodegroup_name for node in nodes}
            try:
                planned = plan_nodes(describe(backend, group), groups.get(group.nodegroup_name, ()), others)
            except ValueError as error:
                raise InvalidRequestException(message=str(error)) from error
            groups[group.nodegroup_name] = planned
        self._set_nodes(backend, group, planned)

    def remove(self, backend: Any, group: Nodegroup) -> None:
        """Drain and remove all nodes of a group."""
        with self._lock:
            self._planned.get((backend.region_name, group.cluster_name), {}).pop(group.nodegroup_name, None)
        self._set_nodes(backend, group, ())

    def forget(self, backend: Any, cluster: str) -> None:
        """Drop the planned nodes of a deleted cluster."""
        with self._lock:
            self._planned.pop((backend.region_name, cluster), None)

    def _set_nodes(self, backend: Any, group: Nodegroup, nodes: tuple[NodeSpec, ...]) -> None:
        try:
            self._clusters.set_nodes(group.cluster_name, backend.region_name, group.nodegroup_name, nodes)
        except ClusterError as error:
            raise InvalidRequestException(message=f"rehearsal: {error}") from error


def describe(backend: Any, group: Nodegroup) -> NodeGroup:
    """Convert moto's node group to the `NodeGroup` that `plan_nodes` takes.

    Raises InvalidParameterException if EC2 does not have the instance type.
    """
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    subnets = [ec2.get_subnet(subnet) for subnet in group.subnets]
    return NodeGroup(
        name=group.nodegroup_name,
        region=backend.region_name,
        size=group.scaling_config["desiredSize"],
        instance=instance_type(_launch_template_instance_type(ec2, group) or group.instance_types[0]),
        subnets=[Subnet(subnet.availability_zone, subnet.cidr_block) for subnet in subnets],
        capacity_type=group.capacity_type,
        labels=group.labels,
        taints=group.taints,
    )


def _launch_template_instance_type(ec2: Any, group: Nodegroup) -> str:
    """Return the instance type of a group's launch template, or an empty string."""
    template: dict[str, str] = group.launch_template or {}
    if "id" not in template:
        return ""
    (launch_template,) = ec2.describe_launch_templates(template_ids=[template["id"]])
    return str(launch_template.get_version(template.get("version", "$Default")).instance_type)


def instance_type(name: str) -> InstanceType:
    """Return the EC2 instance type with this name.

    Raises InvalidParameterException if EC2 does not have it.
    """
    details = INSTANCE_TYPES.get(name)
    if details is None:
        raise InvalidParameterException(message=f"The following supplied instance types do not exist: [{name}]")
    architecture = next(item for item in details["ProcessorInfo"]["SupportedArchitectures"] if item in ARCHITECTURES)
    return InstanceType(
        name,
        details["VCpuInfo"]["DefaultVCpus"],
        details["MemoryInfo"]["SizeInMiB"] / 1024,
        ARCHITECTURES[architecture],
    )


class EKSBackend(models.EKSBackend):
    """EKS backend whose clusters have a running control plane and nodes.

    Calls return when the servers are ready. If a server does not start, the call raises an AWS error.
    """

    original: ClassVar[type[models.EKSBackend]]

    control_planes: Clusters
    node_groups: NodeGroups

    @override
    def create_cluster(self, name: str, *args: Any, **settings: Any) -> Cluster:
        cluster = EKSBackend.original.create_cluster(self, name, *args, **settings)
        cluster.status, cluster.endpoint = "CREATING", ""
        try:
            endpoint = self.control_planes.create(name, self.region_name, cluster.version)
        except (ClusterError, ProcessError) as error:
            self.delete_cluster(name)
            raise InvalidRequestException(message=f"rehearsal: the cluster did not start: {error}") from error
        cluster.endpoint = endpoint.url
        cluster.certificate_authority = {"data": base64.b64encode(endpoint.ca_pem.encode()).decode()}
        cluster.status = "ACTIVE"
        return cluster

    @override
    def delete_cluster(self, name: str) -> Cluster:
        cluster = EKSBackend.original.delete_cluster(self, name)
        self.control_planes.delete(name, self.region_name)
        self.node_groups.forget(self, name)
        return cluster

    @override
    def set_cluster_version(self, name: str, version: str) -> None:
        before = self.describe_cluster(name).version
        EKSBackend.original.set_cluster_version(self, name, version)
        try:
            self.control_planes.set_version(name, self.region_name, version)
        except (ClusterError, ProcessError) as error:
            self.clusters[name].version = before
            raise InvalidRequestException(message=f"rehearsal: {error}") from error

    @override
    def create_nodegroup(self, cluster_name: str, *args: Any, **settings: Any) -> Nodegroup:
        instance_type((settings.get("instance_types") or ["t3.medium"])[0])
        group = EKSBackend.original.create_nodegroup(self, cluster_name, *args, **settings)
        group.status = "CREATING"
        try:
            self.node_groups.apply(self, group)
        except InvalidRequestException:
            self.delete_nodegroup(group.cluster_name, group.nodegroup_name)
            raise
        group.status = "ACTIVE"
        return group

    @override
    def update_nodegroup_config(
        self, cluster_name: str, nodegroup_name: str, *args: Any, **changes: Any
    ) -> dict[str, Any]:
        update = EKSBackend.original.update_nodegroup_config(self, cluster_name, nodegroup_name, *args, **changes)
        self.node_groups.apply(self, self.describe_nodegroup(cluster_name, nodegroup_name))
        return update

    @override
    def delete_nodegroup(self, cluster_name: str, nodegroup_name: str) -> Nodegroup:
        group = EKSBackend.original.delete_nodegroup(self, cluster_name, nodegroup_name)
        self.node_groups.remove(self, group)
        return group
