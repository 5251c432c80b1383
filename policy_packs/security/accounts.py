"""AWS accounts that a program may use, and accounts in ARNs."""

import json

from policy_packs.kernel.resource import Resource

_PARTS, _ACCOUNT = 6, 4


def own_accounts(resource: Resource) -> frozenset[str]:
    """Return the IDs of the accounts to which a resource's provider is limited.

    The set is empty if the provider is not limited. The engine sends lists in a provider's inputs as JSON text.
    """
    provider = resource.provider
    if provider is None:
        return frozenset()
    listed = provider["allowedAccountIds"]
    if not isinstance(listed, str):
        return frozenset(provider.texts("allowedAccountIds"))
    try:
        parsed = json.loads(listed)
    except ValueError:
        return frozenset()
    return frozenset(each for each in parsed if isinstance(each, str)) if isinstance(parsed, list) else frozenset()


def account_of(arn: str) -> str:
    """Return the account in an ARN, or an empty text for anything else."""
    parts = arn.split(":", _PARTS - 1)
    return parts[_ACCOUNT] if len(parts) == _PARTS and parts[0] == "arn" else ""
