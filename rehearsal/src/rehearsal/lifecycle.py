"""One rehearsal from nothing to a running cloud, and back to nothing."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psutil
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from rehearsal import workspace
from rehearsal.cloud.names import REGION, backend_url, secrets_provider
from rehearsal.daemon import DaemonInfo
from rehearsal.engine import Engine, packs_to_run
from rehearsal.errors import RehearsalError
from rehearsal.home import DIRECTORY, Home
from rehearsal.language_host.keeper import FORK_SUPPORT
from rehearsal.language_host.warm import SOCKET
from rehearsal.providers.protocol import CreateResult
from rehearsal.state import Mended, mend

START_SECONDS = 60.0
STOP_SECONDS = 15.0
MIB = 1024 * 1024
NEEDED_MIB = 512
"""Free space that a rehearsal is begun with; `du` found 123 MiB for dev, its database and logs apart."""
PROGRAM_TIMES = "programs.jsonl"
"""Where the language host notes what each run of the program cost."""
ENGINE_MARK = "REHEARSAL_ENGINE"
"""Environment variable that the `pulumi` shim sets, so that `down` finds what a killed engine left."""


@dataclass(frozen=True)
class Start:
    """What starting found and did."""

    daemon: DaemonInfo
    fresh: bool
    """A new, empty cloud was made."""
    lost: bool = False
    """There was one, and its process had died."""
    restarted: tuple[str, ...] = ()
    """Servers that had died and run again."""
    mended: Mended | None = None
    secrets_made_up: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Rehearsal:
    """One stack of one project, rehearsed on this machine."""

    home: Home
    account: str
    pulumi: Path
    addons: Sequence[str] = ()

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Hold the rehearsal for one command. Raises RehearsalError when another command has it."""
        self.home.make()
        with (self.home.root / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise RehearsalError(
                    f"another `ops rehearse` (pid {file.read() or 'unknown'}) works on {self.home.stack}; "
                    "wait until it is done"
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def start(
        self,
        progress: Callable[[str], None],
        *,
        overrides: Mapping[str, str] = MappingProxyType({}),
        levels: Mapping[str, str] = MappingProxyType({}),
    ) -> Start:
        """Bring the cloud up as far as the engine can run in it: daemon, servers, workspace, stack, sound state.

        `overrides` are configuration values and `levels` levels of policies, in this rehearsal alone and until it is
        started without them.
        """
        clock = time.monotonic()
        self.home.make()
        workspace.override(self.home, overrides, levels)
        self._check_space()
        (self.home.root.parent / ".gitignore").write_text("*\n")
        daemon = DaemonInfo.load(self.home)
        alive = daemon is not None and daemon.alive
        lost = daemon is not None and not alive
        restarted: tuple[str, ...] = ()
        if daemon is None or not alive:
            progress("starting the emulated AWS and the emulated providers")
            self._clear()
            daemon = self._spawn()
        else:
            progress("looking after the servers")
            restarted = tuple(daemon.control.ask("heal")["restarted"])
        workspace.write_shims(self.home, self.pulumi, daemon.provider_ports)
        made_up = workspace.sync(self.home)
        seconds = {"daemon": time.monotonic() - clock}
        clock = time.monotonic()
        mended = None
        if not alive:
            progress("creating the stack in the emulated S3, with the emulated KMS for its secrets")
            self.engine(daemon).run("stack", "init", self.home.stack, "--secrets-provider", secrets_provider())
        else:
            mended = self._recover(daemon, progress)
        seconds["state"] = time.monotonic() - clock
        return Start(daemon, not alive, lost, restarted, mended, made_up, seconds)

    def environment(self, daemon: DaemonInfo) -> dict[str, str]:
        """Variables that put the engine, boto3, kubectl and vault into this rehearsal; on top of `os.environ`."""
        path = os.pathsep.join((str(self.home.bin), str(self.pulumi.parent), os.environ.get("PATH", "")))
        variables = {
            "PATH": path,
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{daemon.aws_port}",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PULUMI_HOME": str(self.home.root / "pulumi-home"),
            "PULUMI_BACKEND_URL": backend_url(self.home.stack, daemon.aws_port),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            # Packs can't be named in Pulumi.yaml, and a change that no pack has seen must not be possible by accident.
            "PULUMI_OPTION_POLICY_PACK": ",".join(str(pack) for pack in packs_to_run(self.home.project)),
            SOCKET: daemon.warm,
            "REHEARSAL_PROGRAM_TIMES": str(self.home.root / PROGRAM_TIMES),
        }
        if (levels := self.home.root / workspace.LEVELS).exists():
            variables["PULUMI_OPTION_POLICY_PACK_CONFIG"] = str(levels)
        parts = {part["type"]: part for part in self._parts(daemon)}
        kubeconfigs = sorted(self.home.data.glob("clusters/*/kubeconfig"))
        if kubeconfigs:
            variables["KUBECONFIG"] = os.pathsep.join(map(str, kubeconfigs))
        if "vault" in parts:
            keys = json.loads((self.home.data / "vault" / "keys.json").read_text())
            variables |= {"VAULT_ADDR": parts["vault"]["endpoint"], "VAULT_TOKEN": keys["token"]}
        return variables

    def engine(self, daemon: DaemonInfo) -> Engine:
        """The engine in this rehearsal's workspace."""
        environment = {**os.environ, **self.environment(daemon)}
        return Engine(self.home.bin / "pulumi", self.home.workspace, environment, self.home.stack, self.home.logs)

    def running(self) -> DaemonInfo:
        """The running daemon. Raises RehearsalError when there is none, or when it has died."""
        daemon = DaemonInfo.load(self.home)
        if daemon is None:
            raise RehearsalError(
                f"no rehearsal of {self.home.stack} is running; start one with `ops rehearse up {self.home.stack}`"
            )
        if not daemon.alive:
            raise RehearsalError(
                f"the emulated AWS of {self.home.stack} has died (pid {daemon.pid}, log {self._log}) and its resources "
                f"are gone with it; `ops rehearse up {self.home.stack}` starts from nothing"
            )
        return daemon

    def down(self) -> list[str]:
        """End everything that this rehearsal started, whatever state it is in; returns the names of what was ended."""
        if not self.home.root.exists():
            return []
        ended = [f"engine (pid {pid})" for pid in self._kill_engines()]
        daemon = DaemonInfo.load(self.home)
        if daemon is not None and daemon.alive:
            process = psutil.Process(daemon.pid)
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except psutil.TimeoutExpired:
                process.kill()
            ended.append("daemon")
        ended += self._clear()
        for path in self.home.root.iterdir():
            # Logs stay: they are what one wants after something went wrong.
            if path.is_dir() and not path.is_symlink() and path != self.home.logs:
                shutil.rmtree(path)
            elif path != self.home.logs:
                path.unlink()
        return ended

    def _clear(self) -> list[str]:
        """Remove what an earlier daemon left: servers, their data, and a stack file with the key of a dead KMS."""
        from rehearsal.dataplanes import DataPlanes  # noqa: PLC0415  # Kubernetes' client takes half a second to import

        ended = DataPlanes.clear(self.home)
        for directory in (self.home.data, self.home.workspace):
            shutil.rmtree(directory, ignore_errors=True)
        for name in ("daemon.json", "journal.jsonl"):
            (self.home.root / name).unlink(missing_ok=True)
        self.home.make()
        return ended

    def _check_space(self) -> None:
        """A full disk shows in odd places (a log that stays empty, a server that never serves), so it is told here."""
        free = shutil.disk_usage(self.home.root).free // MIB
        if free < NEEDED_MIB:
            raise RehearsalError(
                f"the disk that holds {self.home.root} has only {free} MiB free, and a rehearsal needs {NEEDED_MIB}; "
                "free some and start again"
            )

    @property
    def _log(self) -> Path:
        return self.home.logs / "daemon.log"

    def _spawn(self) -> DaemonInfo:
        """Start the daemon in a session of its own and wait until it is ready."""
        command = [sys.executable, "-m", "rehearsal.daemon", str(self.home.project), self.home.stack]
        command += ["--account", self.account, *(part for addon in self.addons for part in ("--addon", addon))]
        package_root = str(Path(__file__).resolve().parents[1])
        with self._log.open("w") as output:
            process = subprocess.Popen(
                command,
                cwd=self.home.root,
                # A provider without a region takes the engine's, which the daemon does not see.
                env={
                    **os.environ,
                    "PYTHONPATH": package_root,
                    "PYTHONUNBUFFERED": "1",
                    "AWS_REGION": REGION,
                    FORK_SUPPORT: "0",
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            return self._wait(process)
        except BaseException:
            process.terminate()
            raise

    def _wait(self, process: subprocess.Popen[bytes]) -> DaemonInfo:
        def look() -> DaemonInfo | None:
            if process.poll() is not None:
                last = self._log.read_text().strip().splitlines()[-1:] or ["it said nothing"]
                raise RehearsalError(f"the rehearsal's daemon did not start: {last[0]} (log {self._log})")
            return DaemonInfo.load(self.home)

        try:
            found: DaemonInfo | None = Retrying(
                retry=retry_if_result(lambda info: info is None),
                wait=wait_fixed(0.05),
                stop=stop_after_delay(START_SECONDS),
            )(look)
        except RetryError:
            raise RehearsalError(
                f"the rehearsal's daemon is not ready after {START_SECONDS:.0f} s; see {self._log}"
            ) from None
        assert found is not None  # noqa: S101  # the retry condition
        return found

    def _recover(self, daemon: DaemonInfo, progress: Callable[[str], None]) -> Mended | None:
        """After an engine that did not end by itself: its lock, and operations it had begun. None when all is well."""
        ask = daemon.control.ask
        for lock in ask("locks")["locks"]:
            if lock["hostname"] == socket.gethostname() and not psutil.pid_exists(lock["pid"]):
                progress("taking back the lock of an engine that was killed")
                self.engine(daemon).run("cancel", "--yes", "--stack", self.home.stack)
                break
        pending = ask("deployment")["pending"]
        if not pending:
            return None
        progress("finishing what a killed engine had begun")
        while not ask("idle")["idle"]:
            continue
        answers = ask("created", {"urns": pending})
        created = {urn: CreateResult(made["id"], made["outputs"]) for urn, made in answers.items()}
        engine = self.engine(daemon)
        exported = json.loads(engine.run("stack", "export", "--show-secrets", "--stack", self.home.stack))
        mended = mend(exported, created)
        engine.run("stack", "import", "--stack", self.home.stack, standard_input=json.dumps(mended.deployment))
        return mended

    def _parts(self, daemon: DaemonInfo) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = daemon.control.ask("status")["parts"]
        return parts

    def _kill_engines(self) -> list[int]:
        """End every process that the `pulumi` shim of this rehearsal started, in this or an earlier life."""
        killed = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(ENGINE_MARK) == str(self.home.root) and process.pid != os.getpid():
                    process.kill()
                    killed.append(process.pid)
            except psutil.Error:
                continue
        return killed


def project_root(start: Path) -> Path:
    """The directory of the Pulumi project that `start` lies in. Raises RehearsalError when there is none."""
    for directory in (start, *start.parents):
        # A rehearsal's workspace is full of links to the project; the project itself is what is meant.
        if DIRECTORY not in directory.parts and (directory / "Pulumi.yaml").exists():
            return directory
    raise RehearsalError(f"{start} is not in a Pulumi project: there is no Pulumi.yaml here or above")
