"""Parser of the annotation `pulumi.com/waitFor`.

Its value is `jsonpath={.status.phase}=Running`, `condition=Ready` or a JSON list of such expressions.
"""

import json
from collections.abc import Callable
from typing import Any

from rehearsal.providers.kubernetes.objects import Object
from rehearsal.providers.kubernetes.readiness import READY, ReadinessState, condition, is_current
from rehearsal.providers.protocol import ProviderError

_JSONPATH = "jsonpath="
_CONDITION = "condition="

WaitExpression = Callable[[Object], ReadinessState]


def parse_wait_for(text: str) -> WaitExpression:
    """Parse an annotation and combine its expressions, which must all hold.

    Raises ProviderError if an expression is invalid.
    """
    try:
        values = json.loads(text)
    except ValueError:
        values = [text]
    if not (isinstance(values, list) and values and all(isinstance(value, str) for value in values)):
        raise ProviderError(f"waitFor: expected an expression or a list of expressions, got {text!r}")
    expressions = [_expression(value) for value in values]

    def state(body: Object) -> ReadinessState:
        return next((result for result in (check(body) for check in expressions) if not result.ready), READY)

    return state


def _expression(text: str) -> WaitExpression:
    if text.startswith(_JSONPATH):
        return _jsonpath(text.removeprefix(_JSONPATH))
    if text.startswith(_CONDITION):
        return _condition(text.removeprefix(_CONDITION))
    raise ProviderError(f'waitFor: expected a "jsonpath=" or "condition=" prefix, got {text!r}')


def _condition(text: str) -> WaitExpression:
    name, _, expected = text.partition("=")
    expected = expected or "True"

    def state(body: Object) -> ReadinessState:
        status_condition = condition(body, name)
        if status_condition.get("status") == expected and is_current(body):
            return READY
        status, message = status_condition.get("status", "not set"), status_condition.get("message")
        detail = f" ({message})" if message else ""
        return ReadinessState(ready=False, reason=f"condition {name} is {status}, not {expected}{detail}")

    return state


def _jsonpath(text: str) -> WaitExpression:
    from jsonpath_ng.exceptions import JSONPathError  # noqa: PLC0415  # the parser is slow to build and rarely needed
    from jsonpath_ng.ext.parser import parse as parse_path  # noqa: PLC0415  # for the same reason

    path, expected = _split(text)
    try:
        expression = parse_path("$" + path[1:-1].strip().removeprefix("$"))
    except JSONPathError as error:
        raise ProviderError(f"waitFor: {path} is not a JSONPath: {error}") from error

    def state(body: Object) -> ReadinessState:
        values = [match.value for match in expression.find(body)]
        if not values:
            return ReadinessState(ready=False, reason=f"{path} selects nothing")
        if not expected or _text(values[0]) == expected:
            return READY
        actual = "another value" if body.get("kind") == "Secret" else _text(values[0])
        return ReadinessState(ready=False, reason=f"{path} is {actual}, not {expected}")

    return state


def _split(text: str) -> tuple[str, str]:
    """Split an expression into the path in braces and the expected value.

    The expected value is empty if any value is accepted.
    """
    end = text.rfind("}")
    path, rest = text[: end + 1], text[end + 1 :]
    if not path.startswith("{") or (rest and not rest.startswith("=")) or rest == "=":
        raise ProviderError(f"waitFor: expected {{.path}} or {{.path}}=value, got {text!r}")
    return path, rest[1:]


def _text(value: Any) -> str:
    """Format a value as Kubernetes prints it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
