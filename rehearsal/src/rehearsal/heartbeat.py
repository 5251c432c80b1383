"""Progress lines in a log that has been silent for a while.

    heartbeat = Heartbeat(print)
    with heartbeat.during(lambda: f"installing {done} of {total} packages"):
        ...                         # prints "… still installing 12 of 80 packages (40 s)" every INTERVAL seconds

A terminal needs no such lines, because its progress is animated. `tools/make_venv.py` loads this file with a bare
Python 3.9, so the file uses only the standard library and no newer syntax.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

INTERVAL = 20.0
"""Seconds of silence before a line is printed: less than 30, the longest silence allowed in a log."""


class Heartbeat:
    """Prints a line when a log has been silent for `interval` seconds. Thread-safe."""

    def __init__(
        self,
        show: Callable[[str], object],
        *,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._show = show
        self._interval = interval
        self._clock = clock
        self._lock = threading.Lock()
        self._began = self._last = clock()

    def say(self, sentence: str) -> None:
        """Print a sentence now."""
        with self._lock:
            self._last = self._clock()
            self._show(sentence)

    def begin(self) -> None:
        """Reset the elapsed time that the lines of `tick` show."""
        with self._lock:
            self._began = self._last = self._clock()

    def tick(self, doing: Callable[[], str]) -> bool:
        """Print the current step if the log has been silent for `interval` seconds.

        Return True if the step was printed.
        """
        with self._lock:
            now = self._clock()
            if now - self._last < self._interval:
                return False
            self._last = now
            self._show(f"… still {doing()} ({duration(now - self._began)})")
            return True

    @contextmanager
    def during(self, doing: Callable[[], str]) -> Iterator[None]:
        """Print the current step from a thread, whenever it is due, until the block ends."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(self._interval / 20):
                self.tick(doing)

        self.begin()
        thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def duration(seconds: float) -> str:
    """Return a duration as text, e.g. "3 min 12 s"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
