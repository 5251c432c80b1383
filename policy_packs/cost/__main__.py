"""The cost pack: registration only."""

from policy_packs.cost import rules_capacity, rules_estimate, rules_price
from policy_packs.cost.table import MISTAKES
from policy_packs.kernel.pack import serve
from policy_packs.kernel.registry import Pack, collect

PACK = Pack(
    name="campus-cost",
    version="0.1.0",
    description="Every environment has a ceiling for what it, its teams, its features and each resource may cost",
    policies=collect(rules_price, rules_capacity, rules_estimate),
    mistakes=MISTAKES,
)

if __name__ == "__main__":
    serve(PACK)
