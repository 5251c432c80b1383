"""What the API server refuses, as one sentence, without the values of a Secret."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.providers.kubernetes.objects import Object
from rehearsal.providers.protocol import ProviderError

_SHORT = 4
"""Secret values below this length are masked only where they stand alone."""

_FIELD_MANAGER = re.compile(r'conflict with "([^"]+)"')


class UnreachableError(ProviderError):
    """The API server doesn't answer."""


class UnknownKindError(ProviderError):
    """The API server has no such kind; a CustomResourceDefinition may still be missing."""


class RefusedError(ProviderError):
    """The API server answered with an error status."""

    def __init__(self, code: int, reason: str, message: str, causes: Iterable[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.causes = tuple(causes)

    @property
    def is_missing(self) -> bool:
        """Nothing by that name, or its namespace doesn't exist."""
        return self.code == 404  # noqa: PLR2004  # HTTP

    @property
    def is_conflict(self) -> bool:
        """Another field manager owns a field, with another value."""
        return self.code == 409 and any(cause.get("reason") == "FieldManagerConflict" for cause in self.causes)  # noqa: PLR2004  # HTTP

    @property
    def is_stale(self) -> bool:
        """The object is not in the version any more that the request was made for."""
        return self.code == 409 or (self.code == 422 and not self.causes)  # noqa: PLR2004  # HTTP; a JSON patch's test

    @property
    def other_managers(self) -> tuple[str, ...]:
        """Field managers that a conflict is with."""
        found = (_FIELD_MANAGER.search(str(cause.get("message", ""))) for cause in self.causes)
        return tuple(sorted({match[1] for match in found if match}))


def refusal(code: int, text: str, body: Object | None) -> RefusedError:
    """The error in a response; what the request's Secret holds is masked."""
    try:
        status = json.loads(text)
    except ValueError:
        status = {}
    if not isinstance(status, dict):
        status = {}
    message = mask(str(status.get("message") or text.strip() or f"HTTP status {code}"), body or {})
    details = status.get("details") or {}
    causes = [
        {**cause, "message": mask(str(cause.get("message", "")), body or {})} for cause in details.get("causes") or ()
    ]
    return RefusedError(code, str(status.get("reason") or ""), message, causes)


def mask(message: str, body: Mapping[str, Any]) -> str:
    """The message without the values of a Secret's `data` and `stringData`."""
    if body.get("kind") != "Secret":
        return message
    values = {text for key in ("data", "stringData") for text in _scalars(body.get(key))}
    for value in sorted(values, key=len, reverse=True):
        pattern = re.escape(value)
        message = re.sub(pattern if len(value) >= _SHORT else rf"(?<!\w){pattern}(?!\w)", "[secret]", message)
    return message


def _scalars(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _scalars(item)
    elif isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    elif value not in (None, ""):
        yield str(value)
        # The server quotes text with its own escapes.
        yield json.dumps(str(value))[1:-1]
