"""A policy pack as a program: starts the analyzer on a free port, says which, and ends with the engine."""

import os
import signal
import sys
import threading
from concurrent import futures
from datetime import UTC, datetime
from pathlib import Path

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from policy_packs.kernel import exemptions
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.registry import Pack, Registry
from policy_packs.kernel.report import VARIABLE

# The engine's own limit; a stack's resources arrive in one message.
MAX_MESSAGE_BYTES = 400 * 1024 * 1024
WORKERS = 4
PARENT_CHECK_SECONDS = 2.0
GRACE_SECONDS = 1.0


def serve(pack: Pack, *members: Pack) -> None:
    """Serve the analyzer protocol until the engine ends it. Prints the port first, as the engine expects.

    With members, the pack answers for them too: the engine then asks once about a resource instead of once per pack,
    and each finding still names the pack it comes from.

    Ends on SIGTERM and SIGINT, on the engine's Cancel, and when the process that started it is gone.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    parent = os.getppid()
    server = grpc.server(
        futures.ThreadPoolExecutor(WORKERS), options=[("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)]
    )
    reports = os.environ.get(VARIABLE)
    analyzer = Analyzer(pack, members, stopped.set, _exemptions, Path(reports) if reports else None)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(analyzer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while not stopped.wait(PARENT_CHECK_SECONDS) and os.getppid() == parent:
        pass
    server.stop(GRACE_SECONDS).wait()
    analyzer.close()


def _exemptions(registry: Registry) -> exemptions.Exemptions:
    """The list beside the kernel, as of today. An exemption may be from a rule of a pack that is not served here."""
    from policy_packs.catalogue import policies  # noqa: PLC0415  # it imports the packs, and they this module

    known = {policy.name for policy in registry.policies} | set(policies())
    return exemptions.load(exemptions.FILE, known, today=datetime.now(UTC).date())
