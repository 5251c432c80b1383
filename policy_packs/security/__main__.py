"""The security pack: registration only."""

from policy_packs.kernel.pack import serve
from policy_packs.kernel.registry import Pack, collect
from policy_packs.security import (
    rules_alarms,
    rules_audit,
    rules_balancers,
    rules_certificates,
    rules_cluster,
    rules_database,
    rules_identity,
    rules_kubernetes,
    rules_messages,
    rules_network,
    rules_people,
    rules_permissions,
    rules_recovery,
    rules_secrets,
    rules_sharing,
    rules_storage,
    rules_trust,
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
        rules_storage,
        rules_identity,
        rules_kubernetes,
        rules_vault,
        rules_permissions,
        rules_trust,
        rules_sharing,
        rules_people,
        rules_balancers,
        rules_certificates,
        rules_audit,
        rules_alarms,
        rules_secrets,
        rules_messages,
        rules_recovery,
    ),
)

if __name__ == "__main__":
    serve(PACK)
