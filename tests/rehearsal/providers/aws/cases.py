"""Lifecycle cases of all emulated types, for rules that hold for every type."""

import dataclasses
import importlib
import pkgutil
from collections import Counter
from pathlib import Path

from rehearsal.providers.aws.types import TABLE
from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

_TYPES = Path(__file__).parent / "types"


def all_cases() -> list[LifecycleCase]:
    """Return the cases of all modules in `types`."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(_TYPES)]))
    modules = [importlib.import_module(f"tests.rehearsal.providers.aws.types.{name}") for name in names]
    cases = [case for module in modules for case in getattr(module, "CASES", [])]
    cases += [dataclasses.replace(case, token=alias) for case in cases for alias in aliases(case.token, cases)]
    numbers: Counter[str] = Counter()
    return [_numbered(case, numbers) for case in cases]


def aliases(token: str, cases: list[LifecycleCase]) -> list[str]:
    """Return the tokens of the same type (aliases) that have no case of their own.

    An example is `aws:alb/listener:Listener`.
    """
    declaration = TABLE[token]
    with_cases = {case.token for case in cases}
    return [alias for alias in declaration.tokens if alias not in with_cases]


def _numbered(case: LifecycleCase, numbers: Counter[str]) -> LifecycleCase:
    numbers[case.token] += 1
    return dataclasses.replace(case, number=numbers[case.token])


ALL_CASES = all_cases()
