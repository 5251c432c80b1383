"""Run the language host: serve, print the port, and end with the engine."""

import os
import sys
import threading
import time

from rehearsal.language_host.server import serve

ORPHAN_CHECK_SECONDS = 1.0


def exit_with(parent: int) -> None:
    """Exit when the parent process, the engine, is gone.

    A changed parent pid is the only sign of a `kill -9` of the engine.
    """
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_SECONDS)
    os._exit(0)


def main() -> None:
    """Serve until the engine sends an interrupt or dies."""
    # The engine passes its address last, after flags that only matter to the official host.
    server, port = serve(sys.argv[-1] if len(sys.argv) > 1 else "")
    threading.Thread(target=exit_with, args=(os.getppid(),), daemon=True).start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:
        # The engine ends its plugins with an interrupt.
        server.stop(grace=0)


main()
