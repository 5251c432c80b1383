"""Start, inspection and end of one rehearsal."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import psutil
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from rehearsal import workspace
from rehearsal.cloud.emulator import DEFAULT_ACCOUNT
from rehearsal.cloud.names import REGION, backend_url, secrets_provider
from rehearsal.daemon import DaemonInfo
from rehearsal.daemon_guard import daemon_guard
from rehearsal.engine import Engine, packs_to_run
from rehearsal.errors import RehearsalError
from rehearsal.hints import CommandHints
from rehearsal.home import DIRECTORY, Home
from rehearsal.language_host.fork_client import SOCKETS
from rehearsal.language_host.supervisor import FORK_SUPPORT
from rehearsal.providers.protocol import CreateResult
from rehearsal.stack_names import unknown_stack
from rehearsal.state import RepairedState, repair
from rehearsal.update_state import is_stale

START_SECONDS = 60.0
STOP_SECONDS = 15.0
MIB = 1024 * 1024
MIN_FREE_MIB = 512
"""Free disk space required for a start. A rehearsal of dev uses 123 MiB (`du`), without its database and logs."""
PROGRAM_TIMES = "programs.jsonl"
"""File in which the language host records the processor time of each program run."""
ENGINE_MARK = "REHEARSAL_ENGINE"
"""Environment variable that the `pulumi` shim sets, so that `down` finds processes of a killed engine."""


@dataclass(frozen=True)
class StartReport:
    """Result of a start: the daemon, and everything restarted, replaced or repaired."""

    daemon: DaemonInfo
    fresh: bool
    """True if a new, empty cloud was created."""
    lost: bool = False
    """True if an earlier cloud was lost because its daemon died."""
    restarted: tuple[str, ...] = ()
    """Names of the server processes that had died and were restarted."""
    repair: RepairedState | None = None
    replaced_secrets: int = 0
    """Number of encrypted settings that were replaced by random values."""
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Rehearsal:
    """One stack of one project, rehearsed on this machine."""

    home: Home
    account: str | None
    """Account ID of the emulated AWS. None means the account of the running daemon, else DEFAULT_ACCOUNT."""
    pulumi: Path
    tools_directory: Path
    """Directory of the command-line tools that the daemon builds and runs."""
    addons: Sequence[str] = ()
    hints: CommandHints = field(default_factory=CommandHints)
    roles: Sequence[str] = ()
    """Names of IAM roles that exist before the program runs."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the rehearsal's lock for one command.

        Raises:
            RehearsalError: another command holds the lock.
        """
        self.home.make()
        with (self.home.root / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise RehearsalError(
                    f"another `{self.hints.command}` (pid {file.read() or 'unknown'}) is working on {self.home.stack}; "
                    "wait until it has finished"
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def start(
        self,
        progress: Callable[[str], None],
        *,
        config: Mapping[str, str] = MappingProxyType({}),
        policy_levels: Mapping[str, str] = MappingProxyType({}),
    ) -> StartReport:
        """Start or resume the rehearsal, so that the engine can run in it.

        Start the daemon, or restart the dead servers of a running daemon. Then update the workspace, and create the
        stack or repair its state.

        `config` overrides configuration values and `policy_levels` overrides enforcement levels, until the next start.
        """
        clock = time.monotonic()
        self.home.make()
        self._check_account()
        workspace.override(self.home, config, policy_levels)
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
            progress("checking the servers")
            restarted = tuple(daemon.control.call("heal")["restarted"])
        guard = daemon_guard(self.home.stack, daemon.pid, daemon.aws_port, self.hints)
        workspace.write_shims(self.home, self.pulumi, daemon.provider_ports, guard)
        replaced_secrets = workspace.sync(self.home)
        seconds = {"daemon": time.monotonic() - clock}
        clock = time.monotonic()
        repaired = None
        if not alive:
            progress("creating the stack in the emulated S3, with the emulated KMS for its secrets")
            self.engine(daemon).run("stack", "init", self.home.stack, "--secrets-provider", secrets_provider())
        else:
            repaired = self._recover(daemon, progress)
        seconds["state"] = time.monotonic() - clock
        return StartReport(daemon, not alive, lost, restarted, repaired, replaced_secrets, seconds)

    def _check_account(self) -> None:
        """Reject an account that is invalid or differs from that of the running daemon."""
        if self.account is None:
            return
        if not re.fullmatch(r"[0-9]{12}", self.account):
            raise RehearsalError(f"{self.account!r} is not an AWS account ID; use 12 digits")
        daemon = DaemonInfo.load(self.home)
        if daemon is not None and daemon.alive and daemon.account != self.account:
            raise RehearsalError(
                f"{self.home.stack} is being rehearsed in account {daemon.account}; end that rehearsal with "
                f"`{self.hints.down(self.home.stack)}` before you start one in {self.account}"
            )

    def environment(self, daemon: DaemonInfo) -> dict[str, str]:
        """Return the environment variables that point clients to this rehearsal.

        The clients are the engine, boto3, kubectl and vault. The caller merges the result with `os.environ`.
        """
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
            # Pulumi.yaml can't list policy packs. The variable applies them to every preview and update.
            "PULUMI_OPTION_POLICY_PACK": ",".join(str(pack) for pack in packs_to_run(self.home.project)),
            SOCKETS: daemon.fork_servers,
            "REHEARSAL_PROGRAM_TIMES": str(self.home.root / PROGRAM_TIMES),
        }
        if (levels := self.home.root / workspace.LEVELS).exists():
            variables["PULUMI_OPTION_POLICY_PACK_CONFIG"] = str(levels)
        servers = {server["type"]: server for server in daemon.control.call("status")["servers"]}
        kubeconfigs = sorted(self.home.data.glob("clusters/*/kubeconfig"))
        if kubeconfigs:
            variables["KUBECONFIG"] = os.pathsep.join(map(str, kubeconfigs))
        if "vault" in servers:
            keys = json.loads((self.home.data / "vault" / "keys.json").read_text())
            variables |= {"VAULT_ADDR": servers["vault"]["endpoint"], "VAULT_TOKEN": keys["token"]}
        return variables

    def engine(self, daemon: DaemonInfo) -> Engine:
        """Return the engine of this rehearsal's workspace."""
        environment = {**os.environ, **self.environment(daemon)}
        return Engine(self.home.bin / "pulumi", self.home.workspace, environment, self.home.stack, self.home.logs)

    def running(self) -> DaemonInfo:
        """Return the running daemon.

        Raises:
            RehearsalError: there is no daemon, or it died.
        """
        daemon = DaemonInfo.load(self.home)
        up = self.hints.up(self.home.stack)
        if daemon is None and (unknown := unknown_stack(self.home.project, self.home.stack)):
            raise RehearsalError(unknown)
        if daemon is None:
            raise RehearsalError(f"no rehearsal of {self.home.stack} is running; start one with `{up}`")
        if not daemon.alive:
            raise RehearsalError(
                f"the emulated AWS of {self.home.stack} has died (pid {daemon.pid}, log {self._log}) and its resources "
                f"are lost; `{up}` starts from scratch"
            )
        return daemon

    def down(self) -> list[str]:
        """Stop all processes of this rehearsal, even after a crash, and delete its data.

        The logs stay. Return the names of the stopped processes.
        """
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
            # Logs stay, since they are needed most after a failure.
            if path.is_dir() and not path.is_symlink() and path != self.home.logs:
                shutil.rmtree(path)
            elif path != self.home.logs:
                path.unlink()
        return ended

    def _clear(self) -> list[str]:
        """Remove servers, data and the stack file of an earlier daemon.

        The stack file is removed because its key belongs to the emulated KMS, which is lost.
        """
        from rehearsal.dataplanes import DataPlanes  # noqa: PLC0415  # Kubernetes' client takes half a second to import

        ended = DataPlanes.remove_leftovers(self.home)
        for directory in (self.home.data, self.home.workspace):
            shutil.rmtree(directory, ignore_errors=True)
        for name in ("daemon.json", "journal.jsonl"):
            (self.home.root / name).unlink(missing_ok=True)
        self.home.make()
        return ended

    def _check_space(self) -> None:
        """Fail early if the disk is almost full.

        Otherwise, the only symptom would be an empty log, or a server that never becomes ready.
        """
        free = shutil.disk_usage(self.home.root).free // MIB
        if free < MIN_FREE_MIB:
            raise RehearsalError(
                f"the disk of {self.home.root} has only {free} MiB free, and a rehearsal needs {MIN_FREE_MIB}; "
                "free some space and start again"
            )

    @property
    def _log(self) -> Path:
        return self.home.logs / "daemon.log"

    def _spawn(self) -> DaemonInfo:
        """Start the daemon in its own session and wait until it is ready."""
        command = [sys.executable, "-m", "rehearsal.daemon", str(self.home.project), self.home.stack]
        command += ["--account", self.account or DEFAULT_ACCOUNT, "--tools", str(self.tools_directory)]
        command += ["--command", self.hints.command]
        command += [part for addon in self.addons for part in ("--addon", addon)]
        command += [part for role in self.roles for part in ("--role", role)]
        package_root = str(Path(__file__).resolve().parents[1])
        with self._log.open("w") as output:
            process = subprocess.Popen(
                command,
                cwd=self.home.root,
                # If the program sets no region, the real provider takes it from the engine's environment, and the
                # emulated provider from the daemon's environment.
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
        def check() -> DaemonInfo | None:
            if process.poll() is not None:
                last = self._log.read_text().strip().splitlines()[-1:] or ["its log is empty"]
                raise RehearsalError(f"the rehearsal's daemon did not start: {last[0]} (log {self._log})")
            return DaemonInfo.load(self.home)

        try:
            daemon: DaemonInfo | None = Retrying(
                retry=retry_if_result(lambda info: info is None),
                wait=wait_fixed(0.05),
                stop=stop_after_delay(START_SECONDS),
            )(check)
        except RetryError:
            raise RehearsalError(
                f"the rehearsal's daemon is not ready after {START_SECONDS:.0f} s; see {self._log}"
            ) from None
        assert daemon is not None  # noqa: S101  # the retry condition
        return daemon

    def _recover(self, daemon: DaemonInfo, progress: Callable[[str], None]) -> RepairedState | None:
        """Release the lock of a killed engine and finish its operations.

        Return None if no operation was pending.
        """
        call = daemon.control.call
        for lock in call("locks")["locks"]:
            if is_stale(lock):
                progress("releasing the lock of a killed engine")
                self.engine(daemon).run("cancel", "--yes", "--stack", self.home.stack)
                break
        pending = call("deployment")["pending"]
        if not pending:
            return None
        progress("finishing the operations of a killed engine")
        while not call("idle")["idle"]:
            continue
        answers = call("created", {"urns": pending})
        created = {urn: CreateResult(made["id"], made["outputs"]) for urn, made in answers.items()}
        engine = self.engine(daemon)
        exported = json.loads(engine.run("stack", "export", "--show-secrets", "--stack", self.home.stack))
        repaired = repair(exported, created)
        engine.run("stack", "import", "--stack", self.home.stack, standard_input=json.dumps(repaired.deployment))
        return repaired

    def _kill_engines(self) -> list[int]:
        """Kill every process that the `pulumi` shim of this rehearsal started.

        Processes that survived a crash are included. Return the pids.
        """
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
    """Return the directory of the Pulumi project around `start`.

    Raises:
        RehearsalError: neither `start` nor a parent directory has a Pulumi.yaml.
    """
    for directory in (start, *start.parents):
        # In a rehearsal's workspace, which has links to the project, the user means the project itself.
        if DIRECTORY not in directory.parts and (directory / "Pulumi.yaml").exists():
            return directory
    raise RehearsalError(f"{start} is not in a Pulumi project: there is no Pulumi.yaml in it or in a parent directory")
