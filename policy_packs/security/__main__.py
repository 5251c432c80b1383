"""The security pack: registration only."""

import pkgutil
from importlib import import_module

from policy_packs.kernel.pack import serve
from policy_packs.kernel.registry import Pack, collect
from policy_packs.security import aws, kubernetes, vault

MODULES = [
    import_module(f"{package.__name__}.{module.name}")
    for package in (aws, kubernetes, vault)
    for module in pkgutil.iter_modules(package.__path__)
]
PACK = Pack(
    name="campus-security",
    version="0.1.0",
    description="Nothing is public, unencrypted, unlogged or all-powerful by accident",
    policies=collect(*MODULES),
)

if __name__ == "__main__":
    serve(PACK)
