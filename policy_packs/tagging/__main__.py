"""The tagging pack: registration only."""

from policy_packs.kernel.pack import serve
from policy_packs.kernel.registry import Pack, collect
from policy_packs.tagging import rules_reach, rules_tags

PACK = Pack(
    name="campus-tagging",
    version="0.1.0",
    description="Every resource says who pays for it, who owns it and which data it holds",
    policies=collect(rules_tags, rules_reach),
)

if __name__ == "__main__":
    serve(PACK)
