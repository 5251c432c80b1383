"""The security pack: registration only."""

from policy_packs.kernel.pack import serve
from policy_packs.kernel.registry import Pack, collect
from policy_packs.security import (
    rules_backup,
    rules_cache,
    rules_cluster,
    rules_database,
    rules_identity,
    rules_kubernetes,
    rules_network,
    rules_storage,
    rules_vault,
)

PACK = Pack(
    name="campus-security",
    version="0.1.0",
    description="Nothing is public, unencrypted, unlogged or all-powerful by accident",
    policies=collect(
        rules_network,
        rules_cluster,
        rules_database,
        rules_cache,
        rules_backup,
        rules_storage,
        rules_identity,
        rules_kubernetes,
        rules_vault,
    ),
)

if __name__ == "__main__":
    serve(PACK)
