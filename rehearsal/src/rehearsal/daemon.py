"""The one long-lived process of a rehearsal: moto, the emulated providers and the data planes.

They share a process so that a provider's AWS call is a function call, and so that every client (the engine, boto3,
kubectl) meets the same cloud. When this process dies, the emulated AWS and the state in it are gone: like a region that
never was. `ops rehearse up` then starts from nothing, and says so.
"""

import argparse
import json
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from rehearsal import control
from rehearsal.home import Home
from rehearsal.language_host.keeper import warm_interpreter
from rehearsal.questions import Questions
from rehearsal.toolchain import Toolchain

if TYPE_CHECKING:
    from rehearsal.dataplanes import DataPlanes
    from rehearsal.providers.busy_timer import BusyTimer
    from rehearsal.providers.journal import Journal
    from rehearsal.providers.protocol import Provider

log = logging.getLogger("rehearsal")

READY = "daemon.json"
HOME_CHECK_SECONDS = 2.0
SWITCH_SECONDS = 0.0002
"""How long a thread may compute while others wait for their turn (the interpreter's own: 5 ms). The engine waits for
each of its requests, and answering one takes many turns."""


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
    control_token: str
    provider_ports: dict[str, int]
    warm: str = ""
    """Path of the warm interpreter's Unix socket; empty when the daemon was started by a version without one."""

    @property
    def control(self) -> control.Control:
        """The way to ask it something."""
        return control.Control(self.control_port, self.control_token)

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


def run(home: Home, account: str, toolchain: Toolchain, addons: Iterable[str]) -> None:
    """Serve until SIGTERM. Everything heavy is imported here, in the order in which it must be set up."""
    sys.setswitchinterval(SWITCH_SECONDS)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as running:
        info = _start(home, account, toolchain, addons, running)
        info.save(home)
        running.callback((home.root / READY).unlink, missing_ok=True)
        log.info("ready: AWS at port %d, providers at %s", info.aws_port, info.provider_ports)
        while not stop.wait(HOME_CHECK_SECONDS):
            if not (home.root / READY).exists():
                log.info("%s was removed, and nobody could find this process again", home.root)
                break
        log.info("stopping")
    # gRPC keeps threads that would delay the interpreter's end, and there is nothing left for them to do.
    logging.shutdown()
    os._exit(0)


def _start(home: Home, account: str, toolchain: Toolchain, addons: Iterable[str], running: ExitStack) -> DaemonInfo:
    warm = running.enter_context(warm_interpreter(home))
    from rehearsal.cloud.emulator import Emulator  # noqa: PLC0415  # moto reads the account when it is imported

    emulator = Emulator(account)
    running.callback(emulator.stop)

    from rehearsal.cloud import backend, corrections, hooks  # noqa: PLC0415  # after moto has its account
    from rehearsal.dataplanes import DataPlanes  # noqa: PLC0415  # the same
    from rehearsal.dataplanes.kubernetes import ADDONS  # noqa: PLC0415  # the same
    from rehearsal.providers.busy_timer import BusyTimer  # noqa: PLC0415  # the same
    from rehearsal.providers.journal import Journal  # noqa: PLC0415  # the same

    chosen = [ADDONS[name](toolchain.share(name)) for name in addons]
    planes = DataPlanes(home, lambda name: toolchain.ensure([name])[name], chosen)
    running.callback(planes.stop_all)
    corrections.apply()
    hooks.attach(planes)
    backend.create(home.stack)
    journal, busy_timer = Journal(home.root / "journal.jsonl"), BusyTimer()
    providers, ports = _serve_providers(home, planes, journal, busy_timer, running)
    questions = Questions(home.stack, account, planes, providers, journal, busy_timer)
    token = secrets.token_urlsafe()
    endpoint, control_port = control.serve(questions.table, token)
    running.callback(endpoint.shutdown)
    process = psutil.Process()
    created = process.create_time()
    return DaemonInfo(process.pid, created, account, emulator.port, control_port, token, ports, str(warm))


def _serve_providers(
    home: Home, planes: "DataPlanes", journal: "Journal", busy_timer: "BusyTimer", running: ExitStack
) -> tuple[dict[str, "Provider"], dict[str, int]]:
    from rehearsal.providers import aws, kubernetes, vault  # noqa: PLC0415  # after moto has its account
    from rehearsal.providers.servicer import serve  # noqa: PLC0415  # the same

    # What the SDK packages declare is the same for every stack of this project.
    cache = home.root.parent / "cache"
    amazon = aws.create_provider(cache)
    # What it needs of the SDK and of botocore is read while the engine makes its stack.
    threading.Thread(target=amazon.warm_up, name="warm-up", daemon=True).start()
    providers: dict[str, Provider] = {
        "aws": amazon,
        "kubernetes": kubernetes.create_provider(planes.clusters, cache),
        "vault": vault.create_provider(planes.vault, cache, home.data / "vault-audit"),
    }
    ports = {}
    for name, provider in providers.items():
        server, ports[name] = serve(provider, journal=journal, busy_timer=busy_timer)
        running.callback(server.stop, grace=1)
    return providers, ports


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
    run(home, options.account, Toolchain(Path(__file__).resolve().parents[3]), options.addon)


if __name__ == "__main__":
    main()
