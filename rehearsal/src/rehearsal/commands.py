"""Functions behind the `rehearse` command: up, env, status and down."""

import json
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rehearsal.cloud.comparison import compare
from rehearsal.cloud.quotas import granted_quotas
from rehearsal.console import ConsoleReporter
from rehearsal.daemon import DaemonInfo
from rehearsal.engine import OperationError, Outcome, RunCheck, packs_to_run, policy_packs
from rehearsal.errors import RehearsalError
from rehearsal.hints import CommandHints
from rehearsal.home import Home
from rehearsal.lifecycle import PROGRAM_TIMES, Rehearsal, StartReport
from rehearsal.summary import PhaseTiming, RehearsalSummary, count_resources, not_compared
from rehearsal.toolchain import Toolchain, tools_directory
from rehearsal.update_state import update_state


@dataclass(frozen=True)
class RehearsalTarget:
    """A stack of a Pulumi project, and how to rehearse it."""

    project: Path
    """Directory that holds Pulumi.yaml."""
    stack: str
    account: str | None = None
    """Account ID of the emulated AWS. None means the account of the running rehearsal, else DEFAULT_ACCOUNT."""
    addons: tuple[str, ...] = ()
    """Kubernetes add-ons to run in every cluster, by tool name."""
    tools: tuple[str, ...] = ("pulumi",)
    """Tools to build before the start. The daemon builds others when a resource needs them."""
    tools_directory: Path = field(default_factory=tools_directory)
    layers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Layers of the program to show, each with the layers that it depends on."""
    config_overrides: Mapping[str, str] = field(default_factory=dict)
    """Configuration values for this rehearsal only. The tracked stack file stays unchanged."""
    policy_levels: Mapping[str, str] = field(default_factory=dict)
    """Enforcement levels by policy name, for this rehearsal only."""
    warning: str = ""
    """Effect of the overrides, shown before the start."""
    hints: CommandHints = field(default_factory=CommandHints)
    run_check: RunCheck | None = None
    """Additional check of every preview and update. The number of policy packs that ran is always checked."""
    roles: tuple[str, ...] = ()
    """Names of IAM roles that the program refers to but does not create. They exist before it runs."""

    def rehearsal(self, pulumi: Path | None = None) -> Rehearsal:
        """Return the rehearsal of this target, without starting anything.

        `pulumi` is the engine's executable, by default an existing one. This method builds no executable, because
        `down` must work even if the tools can't be built.
        """
        executable = pulumi or Toolchain(self.tools_directory).find("pulumi") or Path("pulumi")
        home = Home(self.project, self.stack)
        return Rehearsal(home, self.account, executable, self.tools_directory, self.addons, self.hints, self.roles)


def up(target: RehearsalTarget, reporter: ConsoleReporter) -> None:
    """Build tools, start the cloud, preview, update and show a summary.

    Raises:
        RehearsalError: REHEARSE_QUOTAS can't be used, a tool can't be built, a server does not start, or the preview
            or the update fails.
    """
    began = time.monotonic()
    granted_quotas()  # reports a mistake before anything starts
    toolchain = Toolchain(target.tools_directory, console=reporter.console)
    with toolchain.start(target.tools) as build:
        reporter.show_target(target.stack, target.project, policy_packs(target.project), target.layers)
        executables = toolchain.watch(build)
    tools_ready = time.monotonic()
    rehearsal = target.rehearsal(executables["pulumi"])
    with rehearsal.locked(), _advice_after_interruption(target, reporter):
        reporter.show_warning(target.warning)
        with reporter.step() as progress:
            start = rehearsal.start(progress, config=target.config_overrides, policy_levels=target.policy_levels)
        reporter.show_start(start)
        started = time.monotonic()
        preview, update, measured = _preview_and_update(rehearsal, start, reporter, target.run_check)
        timings = [PhaseTiming("tools", tools_ready - began), PhaseTiming("start", started - tools_ready), *measured]
        reporter.show_summary(summarize(rehearsal.home, start.daemon), preview, update, timings)


@contextmanager
def _advice_after_interruption(target: RehearsalTarget, reporter: ConsoleReporter) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        reporter.show_interrupted(target.stack)
        raise


def _preview_and_update(
    rehearsal: Rehearsal, start: StartReport, reporter: ConsoleReporter, run_check: RunCheck | None
) -> tuple[Outcome, Outcome, list[PhaseTiming]]:
    """Run a preview, then an update.

    The preview comes first, because it evaluates the stack rules before anything changes: an update evaluates them only
    after it has changed the resources. The number of changes in the preview sets the length of the update's progress
    bar.
    """
    engine = rehearsal.engine(start.daemon)
    if run_check is not None:
        engine = replace(engine, environment={**engine.environment, **run_check.environment})
    timer = PhaseTimer(rehearsal.home, start.daemon)
    try:
        with reporter.step() as progress:
            packs = policy_packs(rehearsal.home.project)
            progress(f"running `pulumi preview` {'with the' if packs else 'without'} policy packs")
            preview = engine.operate("preview")
            _check("preview", preview, rehearsal.home.project, run_check)
        timings = [timer.timing("preview", preview)]
        total = sum(count for operation, count in preview.changes.items() if operation != "same")
        with reporter.update_progress(total) as on_event:
            update = engine.operate("up", "--yes", "--skip-preview", on_event=on_event)
            _check("update", update, rehearsal.home.project, run_check)
        timings.append(timer.timing("update", update))
    except OperationError as failure:
        reporter.show_failure(failure)
        raise RehearsalError(
            f"the preview or the update of {rehearsal.home.stack} failed; the engine's output is in {failure.log}"
        ) from failure
    return preview, update, timings


def _check(phase: str, outcome: Outcome, project: Path, run_check: RunCheck | None) -> None:
    """Check that the engine ran every policy pack of the project.

    Raises:
        RehearsalError: a pack did not run.
    """
    expected = len(packs_to_run(project))
    if len(outcome.policy_packs) != expected:
        names = ", ".join(sorted(outcome.policy_packs)) or "none"
        raise RehearsalError(
            f"the {phase} ran {len(outcome.policy_packs)} instead of {expected} policy packs ({names}); "
            "see the engine's output for the packs that did not start"
        )
    if run_check is not None:
        run_check.check(phase, outcome)


def summarize(home: Home, daemon: DaemonInfo) -> RehearsalSummary:
    """Return the resources and servers that the daemon of a rehearsal reports."""
    call = daemon.control.call
    deployment = call("deployment")
    resources, pending = deployment["resources"], len(deployment["pending"])
    fidelity = call("fidelity", {"types": sorted({resource["type"] for resource in resources})})
    inventory = call("inventory")
    return RehearsalSummary(
        stack=home.stack,
        resources=count_resources(resources, fidelity),
        mismatch=compare(inventory["resources"], resources),
        not_compared=not_compared(inventory["resources"], resources, fidelity),
        unreadable=inventory["unreadable"],
        servers=call("status")["servers"],
        aws_endpoint=f"http://127.0.0.1:{daemon.aws_port}",
        logs=home.logs,
        update=update_state(deployment["last_result"], pending, call("locks")["locks"]),
        pending=pending,
    )


class PhaseTimer:
    """Measures the program's CPU time and the providers' busy time in each phase."""

    def __init__(self, home: Home, daemon: DaemonInfo) -> None:
        self._program_times = home.root / PROGRAM_TIMES
        self._control = daemon.control
        self.read()

    def timing(self, name: str, outcome: Outcome) -> PhaseTiming:
        """Return the timing of a phase that has just ended."""
        program, providers = self.read()
        return PhaseTiming(name, outcome.seconds, program, providers, outcome.processor_seconds)

    def read(self) -> tuple[float, float]:
        """Return the seconds that the program and the providers used since the last call."""
        lines = self._program_times.read_text().splitlines() if self._program_times.exists() else []
        self._program_times.unlink(missing_ok=True)
        busy: float = self._control.call("busy")["seconds"]
        return sum(json.loads(line)["processor_seconds"] for line in lines), busy


def shell_commands(target: RehearsalTarget) -> str:
    """Return shell commands that enter the workspace of a running rehearsal."""
    rehearsal = target.rehearsal()
    daemon = rehearsal.running()
    exports = [f"export {name}={shlex.quote(value)}" for name, value in rehearsal.environment(daemon).items()]
    return "\n".join((*exports, f"cd {shlex.quote(str(rehearsal.home.workspace))}"))


def status(target: RehearsalTarget, reporter: ConsoleReporter) -> bool:
    """Show a running rehearsal; return True if all of its servers are alive."""
    rehearsal = target.rehearsal()
    summary = summarize(rehearsal.home, rehearsal.running())
    reporter.show_status(summary)
    return not summary.dead_servers


def down(target: RehearsalTarget, reporter: ConsoleReporter) -> None:
    """End a rehearsal and delete its data, even after a crash.

    Succeeds if there is none.
    """
    reporter.show_ended(target.stack, target.rehearsal().down())
