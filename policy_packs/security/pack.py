"""Security pack: its name, version and rules."""

from policy_packs import security
from policy_packs.kernel.registry import Pack, discover
from policy_packs.security import accounts, destinations, resource_types
from policy_packs.security.aws import iam_issuers, iam_managed_policies, service_principals
from policy_packs.security.kubernetes import rbac_reviewed_resources

PACK = Pack(
    name="campus-security",
    version="0.1.0",
    description="Nothing is public, unencrypted, unlogged or all-powerful by accident",
    policies=discover(security),
    mistakes=(
        *accounts.MISTAKES,
        *destinations.MISTAKES,
        *resource_types.MISTAKES,
        *iam_issuers.MISTAKES,
        *iam_managed_policies.MISTAKES,
        *service_principals.MISTAKES,
        *rbac_reviewed_resources.MISTAKES,
    ),
)
