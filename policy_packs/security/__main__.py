"""The security pack: registration only."""

from policy_packs.kernel.pack import serve
from policy_packs.kernel.registry import Pack, collect
from policy_packs.security import (
    rules_backup,
    rules_buckets,
    rules_cache,
    rules_cluster,
    rules_compute,
    rules_containers,
    rules_database,
    rules_firewall,
    rules_identity,
    rules_keys,
    rules_namespaces,
    rules_network,
    rules_nodes,
    rules_pods,
    rules_rbac,
    rules_records,
    rules_storage,
    rules_stores,
    rules_traffic,
    rules_vault,
    rules_vault_engines,
    rules_vault_lifetimes,
    rules_vault_sign_in,
    rules_vpc,
)

PACK = Pack(
    name="campus-security",
    version="0.1.0",
    description="Nothing is public, unencrypted, unlogged or all-powerful by accident",
    policies=collect(
        rules_network,
        rules_firewall,
        rules_vpc,
        rules_cluster,
        rules_nodes,
        rules_compute,
        rules_database,
        rules_records,
        rules_cache,
        rules_backup,
        rules_storage,
        rules_buckets,
        rules_stores,
        rules_identity,
        rules_keys,
        rules_namespaces,
        rules_pods,
        rules_containers,
        rules_rbac,
        rules_traffic,
        rules_vault,
        rules_vault_lifetimes,
        rules_vault_sign_in,
        rules_vault_engines,
    ),
)

if __name__ == "__main__":
    serve(PACK)
