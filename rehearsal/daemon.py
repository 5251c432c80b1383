"""The one long-lived process of a rehearsal: moto, the stand-in providers and the data planes.

They share a process so that a provider's AWS call is a function call, and so that every client (the engine, boto3,
kubectl) meets the same cloud. When this process dies, the emulated AWS and the state in it are gone: like a region that
never was. `ops rehearse up` then starts from nothing, and says so.
"""

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from rehearsal import control
from rehearsal.home import Home

log = logging.getLogger("rehearsal")

READY = "daemon.json"


@dataclass(frozen=True)
class DaemonInfo:
    """Where a running daemon can be reached; kept in `daemon.json`, readable by the owner only."""

    pid: int
    created: float
    """Start time of the process (seconds since the epoch), so that a reused pid is not taken for it."""
    account: str
    aws_port: int
    """moto's HTTP endpoint, for boto3 and for the engine's S3 state and KMS."""
    control_port: int
    provider_ports: dict[str, int]

    @property
    def alive(self) -> bool:
        """Whether that very process still runs."""
        try:
            process = psutil.Process(self.pid)
            return process.create_time() == self.created and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    @staticmethod
    def load(home: Home) -> "DaemonInfo | None":
        """Read what the daemon wrote when it was ready; None when there is none."""
        try:
            return DaemonInfo(**json.loads((home.root / READY).read_text()))
        except FileNotFoundError:
            return None

    def save(self, home: Home) -> None:
        """Tell others that the daemon is ready."""
        partial = home.root / f"{READY}.partial"
        partial.write_text(json.dumps(asdict(self)))
        partial.chmod(0o600)
        partial.replace(home.root / READY)


def run(home: Home, account: str, binaries: Callable[[str], Path], addons: Iterable[str]) -> None:
    """Serve until SIGTERM. Everything heavy is imported here, in the order in which it must be set up."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as running:
        info = _start(home, account, binaries, addons, running)
        info.save(home)
        running.callback((home.root / READY).unlink, missing_ok=True)
        log.info("ready: %s", info)
        stop.wait()
        log.info("stopping")
    # gRPC keeps threads that would delay the interpreter's end, and there is nothing left for them to do.
    logging.shutdown()
    os._exit(0)


def _start(
    home: Home, account: str, binaries: Callable[[str], Path], addons: Iterable[str], running: ExitStack
) -> DaemonInfo:
    from rehearsal.cloud.emulator import Emulator  # noqa: PLC0415  # moto reads the account when it is imported

    emulator = Emulator(account)
    running.callback(emulator.stop)

    from rehearsal.cloud import backend, corrections, hooks, inventory  # noqa: PLC0415  # after moto has its account
    from rehearsal.dataplanes import DataPlanes  # noqa: PLC0415  # the same
    from rehearsal.providers import aws, kubernetes, vault  # noqa: PLC0415  # the same
    from rehearsal.providers.journal import Journal  # noqa: PLC0415  # the same
    from rehearsal.providers.meter import Meter  # noqa: PLC0415  # the same
    from rehearsal.providers.servicer import serve  # noqa: PLC0415  # the same

    planes = DataPlanes(home, binaries, addons)
    running.callback(planes.stop_all)
    corrections.apply()
    hooks.attach(planes)
    backend.create(home.stack)
    state = backend.Backend(home.stack)
    journal, meter = Journal(home.root / "journal.jsonl"), Meter()
    providers = {
        "aws": aws.provider(),
        "kubernetes": kubernetes.provider(planes.clusters),
        "vault": vault.provider(planes.vault),
    }
    ports = {}
    for name, provider in providers.items():
        server, ports[name] = serve(provider, journal=journal, meter=meter)
        running.callback(server.stop, grace=1)

    def fidelity(question: control.Answer) -> control.Answer:
        return {
            token: providers[token.split(":")[0]].fidelity(token).value
            for token in question["types"]
            if token.split(":")[0] in providers
        }

    def created(question: control.Answer) -> control.Answer:
        last = {urn: journal.last(urn) for urn in question["urns"]}
        return {urn: {"id": made.id, "outputs": made.outputs} for urn, made in last.items() if made is not None}

    def deployment(_: control.Answer) -> control.Answer:
        latest = state.deployment()
        pending = [operation["resource"]["urn"] for operation in latest.get("pending_operations") or []]
        kept = ("urn", "type", "id", "custom", "protect")
        resources = [{key: item.get(key) for key in kept} for item in latest.get("resources") or []]
        return {"pending": pending, "resources": resources}

    endpoint, control_port = control.serve(
        {
            "status": lambda _: {"parts": [asdict(part) for part in planes.status()], "in_flight": journal.in_flight},
            "deployment": deployment,
            "inventory": lambda _: {"resources": inventory.take(home.stack, account)},
            "locks": lambda _: {"locks": state.locks()},
            "heal": lambda _: {"restarted": list(planes.heal())},
            "busy": lambda _: {"seconds": meter.busy()},
            "fidelity": fidelity,
            "created": created,
        }
    )
    running.callback(endpoint.shutdown)
    process = psutil.Process()
    return DaemonInfo(process.pid, process.create_time(), account, emulator.port, control_port, ports)


def main() -> None:
    """Entry point of `python -m rehearsal.daemon`, started by `rehearsal.lifecycle` in a session of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("stack")
    parser.add_argument("--account", required=True)
    parser.add_argument("--addon", action="append", default=[])
    options = parser.parse_args()
    home = Home(options.project, options.stack)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    from rehearsal.toolchain import Toolchain  # noqa: PLC0415  # start-up time

    toolchain = Toolchain(Path(__file__).resolve().parents[1])
    run(home, options.account, lambda name: toolchain.ensure([name])[name], options.addon)


if __name__ == "__main__":
    main()
