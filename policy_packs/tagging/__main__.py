"""Tagging pack: registration only."""

from policy_packs import tagging
from policy_packs.kernel.pack import serve
from policy_packs.kernel.registry import Pack, discover

PACK = Pack(
    name="campus-tagging",
    version="0.1.0",
    description="Every resource says who pays for it, who owns it and which data it holds",
    policies=discover(tagging),
)

if __name__ == "__main__":
    serve(PACK)
