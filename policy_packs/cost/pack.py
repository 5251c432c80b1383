"""Cost pack: its name, version and rules."""

from policy_packs import cost
from policy_packs.cost.table import MISTAKES
from policy_packs.kernel.registry import Pack, discover

PACK = Pack(
    name="campus-cost",
    version="0.1.0",
    description="Every environment limits its cost, and the cost of each team, feature and resource",
    policies=discover(cost),
    mistakes=MISTAKES,
)
