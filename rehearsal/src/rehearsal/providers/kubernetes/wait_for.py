"""The annotation `pulumi.com/waitFor`: `jsonpath={.status.phase}=Running`, `condition=Ready`, or a JSON list."""

import json
from collections.abc import Callable
from typing import Any

from rehearsal.providers.kubernetes.objects import Object
from rehearsal.providers.kubernetes.readiness import READY, State, condition, is_current
from rehearsal.providers.protocol import ProviderError

_JSONPATH = "jsonpath="
_CONDITION = "condition="

Expression = Callable[[Object], State]


def parse(text: str) -> Expression:
    """All expressions of an annotation as one; raises ProviderError for what is not understood."""
    try:
        values = json.loads(text)
    except ValueError:
        values = [text]
    if not (isinstance(values, list) and values and all(isinstance(value, str) for value in values)):
        raise ProviderError(f"waitFor: expected an expression or a list of expressions, got {text!r}")
    expressions = [_expression(value) for value in values]

    def state(body: Object) -> State:
        return next((found for found in (one(body) for one in expressions) if not found.ready), READY)

    return state


def _expression(text: str) -> Expression:
    if text.startswith(_JSONPATH):
        return _jsonpath(text.removeprefix(_JSONPATH))
    if text.startswith(_CONDITION):
        return _condition(text.removeprefix(_CONDITION))
    raise ProviderError(f'waitFor: expected a "jsonpath=" or "condition=" prefix, got {text!r}')


def _condition(text: str) -> Expression:
    name, _, wanted = text.partition("=")
    wanted = wanted or "True"

    def state(body: Object) -> State:
        found = condition(body, name)
        if found.get("status") == wanted and is_current(body):
            return READY
        said = f" ({found['message']})" if found.get("message") else ""
        return State(ready=False, reason=f"condition {name} is {found.get('status', 'not set')}, not {wanted}{said}")

    return state


def _jsonpath(text: str) -> Expression:
    from jsonpath_ng.exceptions import JSONPathError  # noqa: PLC0415  # builds a parser, and few objects wait for a path
    from jsonpath_ng.ext.parser import parse as parse_path  # noqa: PLC0415  # the same

    path, wanted = _split(text)
    try:
        expression = parse_path("$" + path[1:-1].strip().removeprefix("$"))
    except JSONPathError as error:
        raise ProviderError(f"waitFor: {path} is not a JSONPath: {error}") from error

    def state(body: Object) -> State:
        found = [match.value for match in expression.find(body)]
        if not found:
            return State(ready=False, reason=f"{path} selects nothing")
        if not wanted or _text(found[0]) == wanted:
            return READY
        said = "another value" if body.get("kind") == "Secret" else _text(found[0])
        return State(ready=False, reason=f"{path} is {said}, not {wanted}")

    return state


def _split(text: str) -> tuple[str, str]:
    """The path in braces and the wanted value, which is empty when any value will do."""
    end = text.rfind("}")
    path, rest = text[: end + 1], text[end + 1 :]
    if not path.startswith("{") or (rest and not rest.startswith("=")) or rest == "=":
        raise ProviderError(f"waitFor: expected {{.path}} or {{.path}}=value, got {text!r}")
    return path, rest[1:]


def _text(value: Any) -> str:
    """A value as Kubernetes prints it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
