"""Lifecycle cases of all emulated types, for rules that hold for every type."""

import importlib
import pkgutil
from pathlib import Path

from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

_TYPES = Path(__file__).parent / "types"


def all_cases() -> list[LifecycleCase]:
    """Return the cases of all modules in `types`."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(_TYPES)]))
    modules = [importlib.import_module(f"tests.rehearsal.providers.aws.types.{name}") for name in names]
    return [case for module in modules for case in getattr(module, "CASES", [])]


ALL_CASES = all_cases()
