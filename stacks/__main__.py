"""One environment of the platform: `pulumi up -s <dev|staging|preprod|prod>`."""

from stacks.collector import collector_paused

with collector_paused():
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
watched = audit(settings, base)
networks = network(settings, base)
kubernetes = cluster(settings, base, networks)
records = data(settings, base, networks, kubernetes)
standby = recovery(settings, base, networks, kubernetes)
front = edge(settings, base, watched, networks, records)
secrets(settings, base, kubernetes, records, standby)
teams = workloads(settings, base, networks, kubernetes, standby)
services(settings, base, data=records, edge=front, workloads=teams)
gitops(settings, base, network=networks, cluster=kubernetes, recovery=standby, workloads=teams)
cost(settings, base)
export(settings, network=networks, cluster=kubernetes, data=records, recovery=standby, edge=front)
