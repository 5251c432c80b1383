"""How long providers had something to do."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class BusyTimer:
    """Seconds of wall time in which at least one call was under way. Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way = 0
        self._since = 0.0
        self._busy = 0.0

    @contextmanager
    def measure(self) -> Iterator[None]:
        """A call is under way until the block ends, however it ends."""
        with self._lock:
            if not self._under_way:
                self._since = self._clock()
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                if not self._under_way:
                    self._busy += self._clock() - self._since

    def take_seconds(self) -> float:
        """Seconds since the last such reading in which at least one call was under way; starts the next reading."""
        with self._lock:
            now = self._clock()
            busy, self._busy = self._busy, 0.0
            if self._under_way:
                busy += now - self._since
                self._since = now
            return busy
