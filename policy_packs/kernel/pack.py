"""A policy pack as a program: starts the analyzer on a free port, says which, and ends with the engine."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass

from grpc import aio
from pulumi.runtime.proto import analyzer_pb2_grpc

from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.registry import Policy, Registry

# The engine's own limit; a stack's resources arrive in one message.
MAX_MESSAGE_BYTES = 400 * 1024 * 1024
PARENT_CHECK_SECONDS = 2.0
GRACE_SECONDS = 1.0


@dataclass(frozen=True)
class Pack:
    """A named, versioned set of rules. The version is the one in PulumiPolicy.yaml."""

    name: str
    version: str
    description: str
    policies: tuple[Policy, ...]


def serve(pack: Pack) -> None:
    """Serve the analyzer protocol until the engine ends it. Prints the port first, as the engine expects.

    Ends on SIGTERM and SIGINT, on the engine's Cancel, and when the process that started it is gone.
    """
    asyncio.run(_serve(pack))


async def _serve(pack: Pack) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = aio.server(options=[("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)])
    analyzer = Analyzer(pack.name, pack.version, pack.description, Registry(pack.policies), stopped.set)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(analyzer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await _end_of(os.getppid(), stopped)
    await server.stop(GRACE_SECONDS)
    analyzer.close()


async def _end_of(parent: int, stopped: asyncio.Event) -> None:
    """Wait until told to stop, or until the process that started this one is gone."""
    while os.getppid() == parent:
        try:
            await asyncio.wait_for(stopped.wait(), PARENT_CHECK_SECONDS)
        except TimeoutError:
            continue
        return
