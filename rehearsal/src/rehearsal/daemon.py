"""Daemon of a rehearsal: moto, emulated providers and data planes in one process.

All of them share one process so that a provider's AWS call is a function call, and so that every client (the engine,
boto3, kubectl) reaches the same cloud. When this process dies, the emulated AWS and the state in it are lost. The next
`up` then reports the loss and starts from scratch.
"""

import argparse
import json
import logging
import os
import secrets
import signal
import sys
import threading
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from rehearsal import control, tuning
from rehearsal.control_api import ControlApi
from rehearsal.home import Home
from rehearsal.language_host.supervisor import fork_servers
from rehearsal.toolchain import Toolchain

if TYPE_CHECKING:
    from rehearsal.dataplanes import DataPlanes
    from rehearsal.providers.busy_timer import BusyTimer
    from rehearsal.providers.journal import Journal
    from rehearsal.providers.protocol import Provider

log = logging.getLogger("rehearsal")

READY = "daemon.json"
AWS_CALLS = "aws-calls.jsonl"
HOME_CHECK_SECONDS = 2.0
SWITCH_SECONDS = 0.0002
"""Interval between thread switches, in seconds (Python's default: 5 ms). The engine waits for each request, and one
response takes many switches.
"""


@dataclass(frozen=True)
class DaemonInfo:
    """Addresses of a running daemon, kept in `daemon.json` for its owner only."""

    pid: int
    created: float
    """Start time of the process (seconds since the epoch), which identifies the process even if its pid is reused."""
    account: str
    aws_port: int
    """Port of moto's HTTP endpoint, for boto3 and for the engine's state (S3) and secrets (KMS)."""
    control_port: int
    control_token: str
    provider_ports: dict[str, int]
    fork_servers: str = ""
    """Directory with the Unix sockets of the fork servers; empty if they are switched off."""
    command: str = "rehearse"
    """Command that started the daemon; error messages suggest it."""

    @property
    def control(self) -> control.ControlClient:
        """Client of the daemon's control API."""
        return control.ControlClient(self.control_port, self.control_token, self.command)

    @property
    def alive(self) -> bool:
        """True while this process runs; a later process with the same pid does not count."""
        try:
            process = psutil.Process(self.pid)
            return process.create_time() == self.created and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    @staticmethod
    def load(home: Home) -> "DaemonInfo | None":
        """Read `daemon.json`; return None if it does not exist.

        The daemon writes the file when it is ready. Unknown fields, from another version of this package, are ignored.
        """
        try:
            saved = json.loads((home.root / READY).read_text())
        except FileNotFoundError:
            return None
        names = {field.name for field in fields(DaemonInfo)}
        return DaemonInfo(**{name: value for name, value in saved.items() if name in names})

    def save(self, home: Home) -> None:
        """Write `daemon.json`, which tells other processes that the daemon is ready."""
        partial = home.root / f"{READY}.partial"
        partial.write_text(json.dumps(asdict(self)))
        partial.chmod(0o600)
        partial.replace(home.root / READY)


@dataclass(frozen=True)
class DaemonOptions:
    """Command line of the daemon."""

    home: Home
    account: str
    """Account ID of the emulated AWS."""
    tools_directory: Path
    addons: tuple[str, ...]
    """Kubernetes add-ons to run in every cluster, by tool name."""
    command: str
    """Command that starts the daemon; error messages suggest it."""
    roles: tuple[str, ...]
    """Names of the IAM roles that exist before the program runs."""


def run(options: DaemonOptions) -> None:
    """Serve until SIGTERM or SIGINT, or until the rehearsal's directory is removed."""
    if tuning.enabled("thread-switches"):
        sys.setswitchinterval(SWITCH_SECONDS)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    home = options.home
    with ExitStack() as running:
        info = _start(options, running)
        info.save(home)
        running.callback((home.root / READY).unlink, missing_ok=True)
        log.info("ready: AWS at port %d, providers at %s", info.aws_port, info.provider_ports)
        while not stop.wait(HOME_CHECK_SECONDS):
            if not (home.root / READY).exists():
                log.info("%s was removed, so no command can find this daemon any more", home.root)
                break
        log.info("stopping")
    # gRPC's threads have nothing left to do, but they would delay the interpreter's exit.
    logging.shutdown()
    os._exit(0)


def _start(options: DaemonOptions, running: ExitStack) -> DaemonInfo:
    home, account, toolchain = options.home, options.account, Toolchain(options.tools_directory)
    sockets = str(running.enter_context(fork_servers(home))) if tuning.enabled("fork-server") else ""
    from rehearsal.cloud.emulator import Emulator  # noqa: PLC0415  # moto reads the account when it is imported

    emulator = Emulator(account)
    running.callback(emulator.stop)

    from rehearsal.cloud import backend, hooks, moto_patches  # noqa: PLC0415  # after moto has its account
    from rehearsal.dataplanes import DataPlanes  # noqa: PLC0415  # the same
    from rehearsal.dataplanes.kubernetes import ADDONS  # noqa: PLC0415  # the same
    from rehearsal.providers.aws import calls  # noqa: PLC0415  # the same
    from rehearsal.providers.aws.call_log import CallLog  # noqa: PLC0415  # the same
    from rehearsal.providers.busy_timer import BusyTimer  # noqa: PLC0415  # the same
    from rehearsal.providers.journal import Journal  # noqa: PLC0415  # the same

    definitions = [ADDONS[name](toolchain.share(name)) for name in options.addons]
    planes = DataPlanes(home, lambda name: toolchain.ensure([name])[name], definitions)
    running.callback(planes.stop_all)
    moto_patches.apply()
    hooks.attach(planes)
    backend.create(home.stack)
    backend.create_roles(options.roles)
    (home.logs / AWS_CALLS).unlink(missing_ok=True)  # it lists the calls of an earlier rehearsal
    call_log = CallLog(home.logs / AWS_CALLS)
    calls.log_calls(call_log)
    emulator.log_engine_calls(call_log.append)
    journal, busy_timer = Journal(home.root / "journal.jsonl"), BusyTimer()
    providers, ports = _serve_providers(home, planes, journal, busy_timer, running)
    api = ControlApi(home.stack, account, planes, providers, journal, busy_timer)
    token = secrets.token_urlsafe()
    endpoint, control_port = control.serve(api.operations, token)
    running.callback(endpoint.shutdown)
    process = psutil.Process()
    created = process.create_time()
    return DaemonInfo(
        process.pid, created, account, emulator.port, control_port, token, ports, sockets, options.command
    )


def _serve_providers(
    home: Home, planes: "DataPlanes", journal: "Journal", busy_timer: "BusyTimer", running: ExitStack
) -> tuple[dict[str, "Provider"], dict[str, int]]:
    from rehearsal.providers import aws, kubernetes, vault  # noqa: PLC0415  # after moto has its account
    from rehearsal.providers.servicer import serve  # noqa: PLC0415  # the same

    aws_provider = aws.create_provider(home.cache)
    if tuning.enabled("warm-up"):
        threading.Thread(target=aws_provider.warm_up, name="warm-up", daemon=True).start()
    providers: dict[str, Provider] = {
        "aws": aws_provider,
        "kubernetes": kubernetes.create_provider(planes.clusters, home.cache),
        "vault": vault.create_provider(planes.vault, home.cache, home.data / "vault-audit"),
    }
    ports = {}
    for name, provider in providers.items():
        server, ports[name] = serve(provider, journal=journal, busy_timer=busy_timer)
        running.callback(server.stop, grace=1)
    return providers, ports


def main() -> None:
    """Run `python -m rehearsal.daemon`.

    `rehearsal.lifecycle` runs this command in a process session of its own (setsid).
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("stack")
    parser.add_argument("--account", required=True)
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--command", required=True)
    parser.add_argument("--addon", action="append", default=[])
    parser.add_argument("--role", action="append", default=[])
    parsed = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    home = Home(parsed.project, parsed.stack)
    addons, roles = tuple(parsed.addon), tuple(parsed.role)
    run(DaemonOptions(home, parsed.account, parsed.tools, addons, parsed.command, roles))


if __name__ == "__main__":
    main()
