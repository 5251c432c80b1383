"""Values of mutable inputs that a type's first lifecycle case does not change.

Each module has a mapping `DRIFTS` from type tokens to functions. A function receives the dependencies and returns two
values of each input: the value in the program, and the value that is set in AWS outside the program.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

from tests.rehearsal.providers.aws.lifecycle import Values


def _load() -> dict[str, Callable[[Any], Values]]:
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return {token: values for module in modules for token, values in getattr(module, "DRIFTS", {}).items()}


DRIFTS: Mapping[str, Callable[[Any], Values]] = _load()
"""Type token → function that returns the values of the type's inputs."""
