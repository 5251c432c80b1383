"""How often each kind of call was made, and how long they took."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Spent:
    """Calls of one kind and the seconds they took together (of wall time: parallel calls add up)."""

    calls: int = 0
    seconds: float = 0.0


class Meter:
    """Counts by provider and kind of call, e.g. `("aws", "Create")`. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: dict[tuple[str, str], Spent] = {}
        self._under_way = 0
        self._since = 0.0
        self._busy = 0.0

    @contextmanager
    def measure(self, provider: str, kind: str) -> Iterator[None]:
        """Count one call and the time until the block ends, however it ends."""
        start = time.perf_counter()
        with self._lock:
            if not self._under_way:
                self._since = start
            self._under_way += 1
        try:
            yield
        finally:
            end = time.perf_counter()
            with self._lock:
                self._under_way -= 1
                if not self._under_way:
                    self._busy += end - self._since
            self.add(provider, kind, end - start)

    def busy(self) -> float:
        """Seconds since the last such reading in which at least one call was under way; starts the next reading."""
        with self._lock:
            now = time.perf_counter()
            busy, self._busy = self._busy, 0.0
            if self._under_way:
                busy += now - self._since
                self._since = now
            return busy

    def add(self, provider: str, kind: str, seconds: float) -> None:
        """Count one call that took so many seconds."""
        with self._lock:
            old = self._spent.get((provider, kind), Spent())
            self._spent[provider, kind] = Spent(old.calls + 1, old.seconds + seconds)

    def snapshot(self) -> Mapping[tuple[str, str], Spent]:
        """What was counted so far."""
        with self._lock:
            return dict(self._spent)

    def reset(self) -> Mapping[tuple[str, str], Spent]:
        """Start from zero; returns what was counted until now."""
        with self._lock:
            spent, self._spent = self._spent, {}
            return spent
