"""All three packs in one process.

The engine then sends each resource once instead of once per pack.

If a run must leave receipts, the packs are compiled from their source. Python trusts a cached file whose time and size
match the source, so a stale cache could contain other rules than the source that the fingerprint
covers.
"""

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType

FINGERPRINTED = frozenset({"policy_packs", "pulumi_wire", "validation_messages"})
"""Packages that the fingerprint of a receipt covers."""


class _SourceLoader(SourceFileLoader):
    """Loader that neither reads nor writes compiled files."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return compile(self.get_data(path), path, "exec", dont_inherit=True)


class _SourceFinder(MetaPathFinder):
    """Finder of the fingerprinted packages that makes Python compile their source."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in FINGERPRINTED:
            return None
        others = (finder.find_spec(fullname, path, target) for finder in sys.meta_path if finder is not self)
        spec = next((each for each in others if each is not None), None)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _SourceLoader(spec.loader.name, spec.loader.path)
        return spec


if os.environ.get("POLICY_RECEIPTS"):
    sys.meta_path.insert(0, _SourceFinder())

from policy_packs.catalogue import PACKS, SUITE, serve  # noqa: E402  # the finder must be in place

if __name__ == "__main__":
    serve(SUITE, *PACKS)
