"""Python's garbage collector, kept from what is no garbage: the modules that the program imports.

Their classes live as long as the process, and there are so many of them (the SDKs have thousands of argument classes)
that the collector, which starts once more after every few hundred new objects, takes a quarter of the imports' time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

ALLOCATIONS = 20_000
"""So many objects more than before start a collection once the program runs; Python's own figure is 700 (`gc` in its
library reference)."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Import inside: nothing is collected meanwhile, and what is there at the end is in no later collection.

    Afterwards collections are fewer, but garbage still goes. Where the imports fail, the collector is as it was before.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
        gc.set_threshold(ALLOCATIONS)
    finally:
        gc.enable()
