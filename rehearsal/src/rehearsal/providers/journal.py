"""Journal of created and deleted resources.

If the engine died during an update, `rehearsal.state` uses the journal to repair the state.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from rehearsal.providers.protocol import CreateResult, Urn
from rehearsal.providers.values import Properties


class JournalEvent(StrEnum):
    """Type of a finished operation."""

    CREATE = "create"
    DELETE = "delete"


@dataclass(frozen=True)
class JournalEntry:
    """One finished operation. `time` is in seconds since the epoch."""

    event: JournalEvent
    urn: str
    type: str
    id: str
    time: float


class Journal:
    """Finished creates and deletes as JSON lines, and a count of running operations.

    Every line is flushed immediately. Thread-safe.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._changed = threading.Condition()
        self._in_flight = 0
        self._created: dict[str, CreateResult] = {}

    @property
    def in_flight(self) -> int:
        """Number of operations that have started but not finished."""
        with self._changed:
            return self._in_flight

    @contextmanager
    def operation(self) -> Iterator[None]:
        """Count the block as one operation in flight."""
        with self._changed:
            self._in_flight += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until no operation is in flight, at most `timeout` seconds.

        Return True if none is in flight.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._in_flight == 0, timeout)

    def record(self, event: JournalEvent, urn: Urn, resource_id: str, outputs: Properties | None = None) -> None:
        """Append one finished operation.

        The outputs of a create are kept only in memory, not in the file, because they may contain secrets.
        """
        entry = JournalEntry(event, urn.text, urn.type, resource_id, time.time())
        line = json.dumps(asdict(entry), separators=(",", ":")) + "\n"
        with self._changed, self.path.open("a", encoding="utf-8") as file:
            file.write(line)
            if event is JournalEvent.CREATE:
                self._created[urn.text] = CreateResult(resource_id, outputs or {})
            elif self._created.get(urn.text, CreateResult("", {})).id == resource_id:
                del self._created[urn.text]

    def last_created(self, urn: str) -> CreateResult | None:
        """Return the resource that this process last created under a URN.

        Return None if there is none or if it has been deleted since.
        """
        with self._changed:
            return self._created.get(urn)

    def entries(self) -> tuple[JournalEntry, ...]:
        """Return all entries, oldest first, without a last line that a crash cut off."""
        if not self.path.exists():
            return ()
        lines = self.path.read_text("utf-8").split("\n")
        complete = lines[:-1]  # the text after the last newline is empty or cut off
        return tuple(_entry(line) for line in complete)


def _entry(line: str) -> JournalEntry:
    fields = json.loads(line)
    return JournalEntry(JournalEvent(fields["event"]), fields["urn"], fields["type"], fields["id"], fields["time"])
