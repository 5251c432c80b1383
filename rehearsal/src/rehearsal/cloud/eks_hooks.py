"""EKS: every cluster gets a real Kubernetes control plane, every node group its nodes."""

import base64
import threading
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.eks.exceptions import InvalidParameterException, InvalidRequestException
from moto.eks.models import Cluster, EKSBackend, Nodegroup

from rehearsal.cloud.node_plan import InstanceType, NodeGroup, Subnet, plan_nodes
from rehearsal.cloud.patches import Patches
from rehearsal.dataplanes.kubernetes import ClusterError, Clusters, NodeSpec
from rehearsal.processes import ProcessError

ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}


def attach(patches: Patches, clusters: Clusters) -> None:
    """Wrap the operations of EKS that have a real side."""
    nodes = _Nodes(clusters)
    patches.wrap(EKSBackend, "create_cluster", lambda original: _creating(original, clusters))
    patches.wrap(EKSBackend, "delete_cluster", lambda original: _deleting(original, clusters, nodes))
    patches.wrap(EKSBackend, "set_cluster_version", lambda original: _upgrading(original, clusters))
    patches.wrap(EKSBackend, "create_nodegroup", lambda original: _growing(original, nodes))
    patches.wrap(EKSBackend, "update_nodegroup_config", lambda original: _changing(original, nodes))
    patches.wrap(EKSBackend, "delete_nodegroup", lambda original: _shrinking(original, nodes))


class _Nodes:
    """The nodes of all clusters, as they were planned last."""

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters
        self._lock = threading.Lock()
        self._planned: dict[tuple[str, str], dict[str, tuple[NodeSpec, ...]]] = {}

    def fit(self, backend: Any, group: Nodegroup) -> None:
        """Give a node group the nodes that EKS says it has; returns when they are Ready."""
        with self._lock:  # planning is instant; starting nodes is not, and happens outside
            groups = self._planned.setdefault((backend.region_name, group.cluster_name), {})
            others = {node.name for name, nodes in groups.items() if name != group.nodegroup_name for node in nodes}
            try:
                planned = plan_nodes(describe(backend, group), groups.get(group.nodegroup_name, ()), others)
            except ValueError as error:
                raise InvalidRequestException(message=str(error)) from error
            groups[group.nodegroup_name] = planned
        self._set(backend, group, planned)

    def remove(self, backend: Any, group: Nodegroup) -> None:
        """Drain and remove all nodes of a group."""
        with self._lock:
            self._planned.get((backend.region_name, group.cluster_name), {}).pop(group.nodegroup_name, None)
        self._set(backend, group, ())

    def forget(self, backend: Any, cluster: str) -> None:
        """Forget a deleted cluster."""
        with self._lock:
            self._planned.pop((backend.region_name, cluster), None)

    def _set(self, backend: Any, group: Nodegroup, nodes: tuple[NodeSpec, ...]) -> None:
        try:
            self._clusters.set_nodes(group.cluster_name, backend.region_name, group.nodegroup_name, nodes)
        except ClusterError as error:
            raise InvalidRequestException(message=f"rehearsal: {error}") from error


def describe(backend: Any, group: Nodegroup) -> NodeGroup:
    """Read what a plan needs from moto's objects. Raises InvalidParameterException for an unknown instance type."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    subnets = [ec2.get_subnet(subnet) for subnet in group.subnets]
    return NodeGroup(
        name=group.nodegroup_name,
        region=backend.region_name,
        size=group.scaling_config["desiredSize"],
        instance=instance_type(_from_template(ec2, group) or group.instance_types[0]),
        subnets=[Subnet(subnet.availability_zone, subnet.cidr_block) for subnet in subnets],
        capacity_type=group.capacity_type,
        labels=group.labels,
        taints=group.taints,
    )


def _from_template(ec2: Any, group: Nodegroup) -> str:
    """The instance type that a group's launch template names; a template need not name one."""
    template: dict[str, str] = group.launch_template or {}
    if "id" not in template:
        return ""
    (found,) = ec2.describe_launch_templates(template_ids=[template["id"]])
    return str(found.get_version(template.get("version", "$Default")).instance_type)


def instance_type(name: str) -> InstanceType:
    """Look an instance type up in moto's copy of EC2's table. Raises InvalidParameterException for an unknown one."""
    found = INSTANCE_TYPES.get(name)
    if found is None:
        raise InvalidParameterException(message=f"The following supplied instance types do not exist: [{name}]")
    architecture = next(item for item in found["ProcessorInfo"]["SupportedArchitectures"] if item in ARCHITECTURES)
    return InstanceType(
        name,
        found["VCpuInfo"]["DefaultVCpus"],
        found["MemoryInfo"]["SizeInMiB"] / 1024,
        ARCHITECTURES[architecture],
    )


def _creating(original: Any, clusters: Clusters) -> Any:
    def create_cluster(self: EKSBackend, name: str, **settings: Any) -> Cluster:
        cluster: Cluster = original(self, name=name, **settings)
        cluster.status, cluster.endpoint = "CREATING", ""
        try:
            endpoint = clusters.create(name, self.region_name, cluster.version)
        except (ClusterError, ProcessError) as error:
            self.delete_cluster(name)
            raise InvalidRequestException(message=f"rehearsal: the cluster did not start: {error}") from error
        cluster.endpoint = endpoint.url
        cluster.certificate_authority = {"data": base64.b64encode(endpoint.ca_pem.encode()).decode()}
        cluster.status = "ACTIVE"
        return cluster

    return create_cluster


def _deleting(original: Any, clusters: Clusters, nodes: _Nodes) -> Any:
    def delete_cluster(self: EKSBackend, name: str) -> Cluster:
        cluster: Cluster = original(self, name)
        clusters.delete(name, self.region_name)
        nodes.forget(self, name)
        return cluster

    return delete_cluster


def _upgrading(original: Any, clusters: Clusters) -> Any:
    def set_cluster_version(self: EKSBackend, name: str, version: str) -> None:
        before = self.describe_cluster(name).version
        original(self, name, version)
        try:
            clusters.set_version(name, self.region_name, version)
        except (ClusterError, ProcessError) as error:
            self.clusters[name].version = before
            raise InvalidRequestException(message=f"rehearsal: {error}") from error

    return set_cluster_version


def _growing(original: Any, nodes: _Nodes) -> Any:
    def create_nodegroup(self: EKSBackend, **settings: Any) -> Nodegroup:
        instance_type((settings.get("instance_types") or ["t3.medium"])[0])
        group: Nodegroup = original(self, **settings)
        group.status = "CREATING"
        try:
            nodes.fit(self, group)
        except InvalidRequestException:
            self.delete_nodegroup(group.cluster_name, group.nodegroup_name)
            raise
        group.status = "ACTIVE"
        return group

    return create_nodegroup


def _changing(original: Any, nodes: _Nodes) -> Any:
    def update_nodegroup_config(self: EKSBackend, cluster_name: str, nodegroup_name: str, **changes: Any) -> Any:
        update = original(self, cluster_name=cluster_name, nodegroup_name=nodegroup_name, **changes)
        nodes.fit(self, self.describe_nodegroup(cluster_name, nodegroup_name))
        return update

    return update_nodegroup_config


def _shrinking(original: Any, nodes: _Nodes) -> Any:
    def delete_nodegroup(self: EKSBackend, cluster_name: str, nodegroup_name: str) -> Nodegroup:
        group: Nodegroup = original(self, cluster_name, nodegroup_name)
        nodes.remove(self, group)
        return group

    return delete_nodegroup
