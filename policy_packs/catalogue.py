"""All packs there are, and the one process that answers for them."""

from policy_packs.cost.__main__ import PACK as COST
from policy_packs.kernel.registry import Pack, Policy
from policy_packs.security.__main__ import PACK as SECURITY
from policy_packs.tagging.__main__ import PACK as TAGGING

PACKS = (TAGGING, COST, SECURITY)
SUITE = Pack(
    name="campus-safety",
    version="0.1.0",
    description="The tagging, cost and security packs, answered for by one process",
    policies=(),
)


def policies() -> dict[str, Policy]:
    """Every rule by its name."""
    return {policy.name: policy for pack in PACKS for policy in pack.policies}
