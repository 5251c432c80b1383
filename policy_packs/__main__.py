"""The three packs in one process: the engine asks once about a resource, not once per pack."""

from policy_packs.cost.__main__ import PACK as COST
from policy_packs.kernel.pack import serve
from policy_packs.kernel.registry import Pack
from policy_packs.security.__main__ import PACK as SECURITY
from policy_packs.tagging.__main__ import PACK as TAGGING

PACK = Pack(
    name="campus-safety",
    version="0.1.0",
    description="The tagging, cost and security packs, answered for by one process",
    policies=(),
)
MEMBERS = (TAGGING, COST, SECURITY)

if __name__ == "__main__":
    serve(PACK, *MEMBERS)
