"""Errors of the API server, with masked values of Secrets."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.providers.kubernetes.objects import Object
from rehearsal.providers.protocol import ProviderError

_MIN_SUBSTRING_LENGTH = 4
"""Minimum length of secret values that are masked inside words. Shorter values are masked only as whole words."""

_FIELD_MANAGER = re.compile(r'conflict with "([^"]+)"')


class UnreachableError(ProviderError):
    """The API server does not respond."""


class UnknownKindError(ProviderError):
    """The API server does not serve the requested kind.

    Its CustomResourceDefinition may not exist yet.
    """


class ApiStatusError(ProviderError):
    """Error status that the API server returned."""

    def __init__(self, code: int, reason: str, message: str, causes: Iterable[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.causes = tuple(causes)

    @property
    def is_not_found(self) -> bool:
        """True if the object or its namespace does not exist."""
        return self.code == 404  # noqa: PLR2004  # HTTP

    @property
    def is_conflict(self) -> bool:
        """True if another field manager owns a field and has set another value."""
        return self.code == 409 and any(cause.get("reason") == "FieldManagerConflict" for cause in self.causes)  # noqa: PLR2004  # HTTP

    @property
    def is_stale(self) -> bool:
        """True if the object has changed since the version that the request refers to."""
        return self.code == 409 or (self.code == 422 and not self.causes)  # noqa: PLR2004  # HTTP; 422 is a failed `test` operation of a JSON patch

    @property
    def other_managers(self) -> tuple[str, ...]:
        """Field managers that own the conflicting fields."""
        matches = (_FIELD_MANAGER.search(str(cause.get("message", ""))) for cause in self.causes)
        return tuple(sorted({match[1] for match in matches if match}))


def api_status_error(code: int, text: str, body: Object | None) -> ApiStatusError:
    """Parse an error response and mask the values of the Secret in the request."""
    try:
        status = json.loads(text)
    except ValueError:
        status = {}
    if not isinstance(status, dict):
        status = {}
    message = mask_secrets(str(status.get("message") or text.strip() or f"HTTP status {code}"), body or {})
    details = status.get("details") or {}
    causes = [
        {**cause, "message": mask_secrets(str(cause.get("message", "")), body or {})}
        for cause in details.get("causes") or ()
    ]
    return ApiStatusError(code, str(status.get("reason") or ""), message, causes)


def mask_secrets(message: str, body: Mapping[str, Any]) -> str:
    """Mask the values of a Secret's `data` and `stringData` in a message."""
    if body.get("kind") != "Secret":
        return message
    values = {text for key in ("data", "stringData") for text in _scalars(body.get(key))}
    for value in sorted(values, key=len, reverse=True):
        pattern = re.escape(value)
        message = re.sub(
            pattern if len(value) >= _MIN_SUBSTRING_LENGTH else rf"(?<!\w){pattern}(?!\w)", "[secret]", message
        )
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
        # The server escapes text that it quotes.
        yield json.dumps(str(value))[1:-1]
