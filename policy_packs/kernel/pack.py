"""A policy pack as a program: starts the analyzer on a free port, says which, and ends with the engine."""

import atexit
import gc
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from pulumi.runtime.proto import analyzer_pb2

from policy_packs.kernel import exemptions
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.registry import Pack, Registry
from policy_packs.kernel.report import VARIABLE
from policy_packs.kernel.server import Server

# The engine's own limit; a stack's resources arrive in one message.
MAX_MESSAGE_BYTES = 400 * 1024 * 1024
PARENT_CHECK_SECONDS = 2.0
GRACE_SECONDS = 1.0


def serve(pack: Pack, *members: Pack) -> NoReturn:
    """Serve the analyzer protocol until the engine ends it. Prints the port first, as the engine expects.

    With members, the pack answers for them too: the engine then asks once about a resource instead of once per pack,
    and each finding still names the pack it comes from.

    Ends the process on SIGTERM and SIGINT, on the engine's Cancel, and when the process that started it is gone.
    """
    parent = os.getppid()
    reports = os.environ.get(VARIABLE)
    server = Server(MAX_MESSAGE_BYTES)
    analyzer = Analyzer(pack, members, server.stop, _exemptions, Path(reports) if reports else None)
    server.add(analyzer_pb2.DESCRIPTOR.services_by_name["Analyzer"], analyzer)
    port = server.listen()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    gc.freeze()  # what is loaded by now stays; looking through it again and again finds no garbage
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.answer_until(lambda: os.getppid() != parent, PARENT_CHECK_SECONDS, GRACE_SECONDS)
    analyzer.close()
    # The engine waits for the end, and taking an interpreter apart that has loaded the SDK takes 0.06 s: what others
    # have registered for the end is all that is done.
    atexit._run_exitfuncs()  # noqa: SLF001  # it has no public name
    sys.stderr.flush()
    os._exit(0)


class _Rules:
    """The names of all rules there are: an exemption may be from a rule of a pack that is not served here.

    The other packs are only loaded when one is: four fifths of the start of a pack that is served alone.
    """

    def __init__(self, registry: Registry) -> None:
        self._here = {policy.name for policy in registry.policies}

    def __contains__(self, name: object) -> bool:
        if name in self._here:
            return True
        from policy_packs.catalogue import policies  # noqa: PLC0415  # it imports the packs, and they this module

        return name in policies()


def _exemptions(registry: Registry) -> exemptions.Exemptions:
    """The list beside the kernel, as of today."""
    return exemptions.load(exemptions.FILE, _Rules(registry), today=datetime.now(UTC).date())
