"""The pack: its name, version and discovered rules."""

import shop_policies
from policy_packs.kernel.registry import Pack, discover

PACK = Pack("shop", "1.0.0", "Rules of a web shop", discover(shop_policies))
