"""All packs of this repository, and the suite: one process that serves them together."""

from functools import cache

from policy_packs import cost, security, tagging
from policy_packs.cost.__main__ import PACK as COST
from policy_packs.kernel.cases import Case, discover_cases
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
    """Return all rules by name."""
    return {policy.name: policy for pack in PACKS for policy in pack.policies}


@cache
def cases() -> tuple[Case, ...]:
    """Return the test cases of all rules."""
    return tuple(case for package in (tagging, cost, security) for case in discover_cases(package))
