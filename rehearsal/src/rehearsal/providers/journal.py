"""Which resources really came and went, as told after the engine died in the middle of an update."""

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
    """What was finished."""

    CREATE = "create"
    DELETE = "delete"


@dataclass(frozen=True)
class JournalEntry:
    """One finished operation; `time` is seconds since the epoch."""

    event: JournalEvent
    urn: str
    type: str
    id: str
    time: float


class Journal:
    """Append-only JSON lines, one per finished create or delete, flushed at once; and a count of unfinished operations.

    Safe to use from many threads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._changed = threading.Condition()
        self._in_flight = 0
        self._made: dict[str, CreateResult] = {}

    @property
    def in_flight(self) -> int:
        """Operations that have begun and not ended."""
        with self._changed:
            return self._in_flight

    @contextmanager
    def operation(self) -> Iterator[None]:
        """Count an operation as in flight while it runs."""
        with self._changed:
            self._in_flight += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def wait_idle(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds until nothing is in flight; says whether that was reached."""
        with self._changed:
            return self._changed.wait_for(lambda: self._in_flight == 0, timeout)

    def record(self, event: JournalEvent, urn: Urn, resource_id: str, outputs: Properties | None = None) -> None:
        """Append one finished operation. Outputs of a create stay in memory: they may be secret."""
        entry = JournalEntry(event, urn.text, urn.type, resource_id, time.time())
        line = json.dumps(asdict(entry), separators=(",", ":")) + "\n"
        with self._changed, self.path.open("a", encoding="utf-8") as file:
            file.write(line)
            if event is JournalEvent.CREATE:
                self._made[urn.text] = CreateResult(resource_id, outputs or {})
            elif self._made.get(urn.text, CreateResult("", {})).id == resource_id:
                del self._made[urn.text]

    def last_created(self, urn: str) -> CreateResult | None:
        """What was last created under this URN by this process, unless it was deleted again."""
        with self._changed:
            return self._made.get(urn)

    def entries(self) -> tuple[JournalEntry, ...]:
        """All that was recorded, oldest first; a line that was cut off by a crash is left out."""
        if not self.path.exists():
            return ()
        lines = self.path.read_text("utf-8").split("\n")
        complete = lines[:-1]  # what follows the last newline is empty or cut off
        return tuple(_entry(line) for line in complete)


def _entry(line: str) -> JournalEntry:
    fields = json.loads(line)
    return JournalEntry(JournalEvent(fields["event"]), fields["urn"], fields["type"], fields["id"], fields["time"])
