"""Log of the emulated providers' AWS calls, with the arguments that IAM can see.

`rehearsal.cloud.engine_calls` adds the engine's own calls.
"""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.model import OperationModel, Shape

from rehearsal.cloud.sensitive import is_sensitive

LONGEST_TEXT = 256
"""Maximum length of a logged string, in characters. Longer strings are documents, which IAM conditions can't check."""
REDACTED = "[redacted]"


class CallLog:
    """Appends calls to a file as JSON lines. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def write(self, region: str, model: OperationModel, arguments: Mapping[str, Any]) -> None:
        """Append one call, without the values of sensitive members."""
        service, input_shape = model.service_model.service_name, model.input_shape
        self.append(service, model.name, region, redacted(input_shape, arguments))

    def append(self, service: str, operation: str, region: str, arguments: Mapping[str, Any]) -> None:
        """Append one AWS call unchanged; sensitive arguments must already be removed."""
        call = {"service": service, "operation": operation, "region": region, "arguments": arguments}
        line = json.dumps(call, separators=(",", ":"), default=str) + "\n"
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(line)


def redacted(shape: Shape | None, value: Any, name: str = "") -> Any:
    """Return arguments with sensitive members and long strings replaced by a marker.

    A member is sensitive if its botocore shape says so, or if its name contains a word such as "password".
    """
    if is_sensitive(shape, name):
        return REDACTED
    if isinstance(value, Mapping):
        members: Mapping[str, Shape] = getattr(shape, "members", {})
        values = getattr(shape, "value", None)
        return {key: redacted(members.get(key, values), item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        member = getattr(shape, "member", None)
        return [redacted(member, item, name) for item in value]
    if isinstance(value, str) and len(value) <= LONGEST_TEXT:
        return value
    return value if isinstance(value, bool | int | float) else REDACTED
