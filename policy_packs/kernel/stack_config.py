"""Stack configuration of a run, as the engine sends it to every pack.

It contains the values of `Pulumi.yaml` and `Pulumi.<stack>.yaml`.
"""

import json
import math
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from policy_packs.kernel.resource import Reader


class StackConfig(Reader):
    """Typed access to the stack's configuration by `namespace:key` or a path below it.

    The engine sends every value as text. Text that is a JSON object or list is parsed on first access. Secret keys are
    dropped, so no rule can read a secret and no message can show one.
    """

    _path = ""

    def __init__(self, raw: Mapping[str, str] | None = None, secret_keys: Collection[str] = ()) -> None:
        super().__init__()
        self._raw = {key: value for key, value in (raw or {}).items() if key not in secret_keys}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "StackConfig":
        """Create a configuration from plain values, as in a settings file."""
        return cls({key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()})

    @cached_property
    def _parsed(self) -> Mapping[str, Any]:
        return {key: _parse(value) for key, value in self._raw.items()}

    @property
    def _values(self) -> Mapping[str, Any]:
        return self._parsed


def _parse(value: str) -> Any:
    """Parse text that is a JSON object or list, and return other text as it is.

    Scalars stay text, because `"0123"` must not become a number. JSON that contains infinity or NaN stays text too,
    because an infinite budget would never be exceeded.
    """
    if not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        return value


def _finite(text: str) -> float:
    """Return a number. Raises ValueError for infinity and NaN."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number
