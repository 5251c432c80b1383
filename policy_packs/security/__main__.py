"""The security pack: registration only."""

from policy_packs.kernel.pack import serve
from policy_packs.kernel.registry import Pack, collect
from policy_packs.security import (
    rules_cluster,
    rules_containers,
    rules_database,
    rules_identity,
    rules_namespaces,
    rules_network,
    rules_pods,
    rules_rbac,
    rules_storage,
    rules_traffic,
    rules_vault,
    rules_vault_engines,
    rules_vault_lifetimes,
    rules_vault_sign_in,
)

PACK = Pack(
    name="campus-security",
    version="0.1.0",
    description="Nothing is public, unencrypted, unlogged or all-powerful by accident",
    policies=collect(
        rules_network,
        rules_cluster,
        rules_database,
        rules_storage,
        rules_identity,
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
