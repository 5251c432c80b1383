"""Tagging pack: its name, version and rules."""

from policy_packs import tagging
from policy_packs.kernel.registry import Pack, discover

PACK = Pack(
    name="campus-tagging",
    version="0.1.0",
    description="Every resource says who pays for it, who owns it and which data it holds",
    policies=discover(tagging),
)
