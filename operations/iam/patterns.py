"""Wildcard patterns of IAM, with policy variables."""

import re
from collections.abc import Mapping
from functools import lru_cache

Context = Mapping[str, tuple[str, ...]]
"""Values of a request's condition keys; the keys are in lower case."""

_ARN_PARTS = 6
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_SPECIAL_CHARACTERS = frozenset("*?$")


def matches(pattern: str, text: str, context: Context, *, ignore_case: bool = False) -> bool:
    """Return True if a text matches a pattern of `*`, `?` and policy variables.

    A variable that the request lacks, or that has several values, matches nothing.
    """
    expression = _expression(pattern, context)
    return expression is not None and bool(_compiled(expression, ignore_case=ignore_case).fullmatch(text))


def matches_exactly(pattern: str, text: str, context: Context) -> bool:
    """Return True if a text equals a value after its policy variables are replaced."""
    values = [_variable(match.group(1), context) for match in _VARIABLE.finditer(pattern)]
    if any(value is None for value in values):
        return False
    remaining = iter(values)
    return _VARIABLE.sub(lambda _: str(next(remaining)), pattern) == text


def matches_arn(pattern: str, arn: str, context: Context) -> bool:
    """Return True if an ARN matches a pattern.

    A wildcard matches only within one of the six parts that colons separate. The last part may itself contain colons.
    Source: IAM User Guide, "IAM JSON policy elements: Resource".
    """
    if pattern == "*":
        return True
    patterns, parts = pattern.split(":", _ARN_PARTS - 1), arn.split(":", _ARN_PARTS - 1)
    if len(patterns) < _ARN_PARTS or len(parts) < _ARN_PARTS:
        return matches(pattern, arn, context)
    return all(matches(each, part, context) for each, part in zip(patterns, parts, strict=True))


def _expression(pattern: str, context: Context) -> str | None:
    """Return a pattern's regular expression; None if a policy variable has no value."""
    expression, position = "", 0
    for variable in _VARIABLE.finditer(pattern):
        value = _variable(variable.group(1), context)
        if value is None:
            return None
        expression += _wildcards(pattern[position : variable.start()]) + re.escape(value)
        position = variable.end()
    return expression + _wildcards(pattern[position:])


def _variable(name: str, context: Context) -> str | None:
    if name in _SPECIAL_CHARACTERS:
        return name
    key, _, default = name.partition(",")
    values = context.get(key.strip().lower(), ())
    if len(values) == 1:
        return values[0]
    return default.strip().strip("'") if default and not values else None


def _wildcards(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


@lru_cache(maxsize=8192)
def _compiled(expression: str, *, ignore_case: bool) -> re.Pattern[str]:
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
