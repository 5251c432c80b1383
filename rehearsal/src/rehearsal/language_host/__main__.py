"""`pulumi-language-python`: serve, tell the engine the port on standard output, and end when the engine does."""

import os
import sys
import threading
import time

from rehearsal.language_host.server import serve

ORPHAN_CHECK_SECONDS = 1.0


def end_with(parent: int) -> None:
    """Leave when the engine is gone: after a `kill -9` nobody else tells us."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_SECONDS)
    os._exit(0)


def main() -> None:
    """Serve until the engine interrupts or dies."""
    # The engine passes its address last, after flags that only matter to the official host.
    server, port = serve(sys.argv[-1] if len(sys.argv) > 1 else "")
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:
        # The engine ends its plugins with an interrupt; that is the normal end.
        server.stop(grace=0)


main()
