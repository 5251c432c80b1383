"""One environment of the platform: `pulumi up -s <dev|staging|preprod|prod>`."""

from stacks.configuration import load_config
from stacks.exports import export
from stacks.layers.audit import audit
from stacks.layers.cluster import cluster
from stacks.layers.cost import cost
from stacks.layers.data import data
from stacks.layers.edge import edge
from stacks.layers.foundation import foundation
from stacks.layers.gitops import gitops
from stacks.layers.network import network
from stacks.layers.recovery import recovery
from stacks.layers.secrets import secrets
from stacks.layers.services import services
from stacks.layers.workloads import workloads

settings = load_config()
base = foundation(settings)
audit_outputs = audit(settings, base)
network_outputs = network(settings, base)
cluster_outputs = cluster(settings, base, network_outputs)
data_outputs = data(settings, base, network_outputs, cluster_outputs)
recovery_outputs = recovery(settings, base, network_outputs, cluster_outputs)
edge_outputs = edge(settings, base, audit_outputs, network_outputs, data_outputs)
secrets(settings, base, cluster_outputs, data_outputs, recovery_outputs)
workload_outputs = workloads(settings, base, network_outputs, cluster_outputs, recovery_outputs)
services(settings, base, data=data_outputs, edge=edge_outputs, workloads=workload_outputs)
gitops(
    settings,
    base,
    network=network_outputs,
    cluster=cluster_outputs,
    recovery=recovery_outputs,
    workloads=workload_outputs,
)
cost(settings, base)
export(
    settings,
    network=network_outputs,
    cluster=cluster_outputs,
    data=data_outputs,
    recovery=recovery_outputs,
    edge=edge_outputs,
)
