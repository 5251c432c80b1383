"""Timer of the provider calls."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class BusyTimer:
    """Measures the wall time during which at least one provider call runs.

    Overlapping calls count once. Thread-safe.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way = 0
        self._since = 0.0
        self._busy = 0.0

    @contextmanager
    def measure(self) -> Iterator[None]:
        """Count the block as one running call, even if it raises an exception."""
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
        """Return the busy seconds since the last reading, and restart the timer."""
        with self._lock:
            now = self._clock()
            busy, self._busy = self._busy, 0.0
            if self._under_way:
                busy += now - self._since
                self._since = now
            return busy
