"""How the verbs of `ops rehearse` go about their work; what they show is drawn by `operations.screens`."""

import json
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from operations.screens import Screens
from rehearsal.cloud.comparison import compare
from rehearsal.cloud.emulator import DEFAULT_ACCOUNT
from rehearsal.daemon import DaemonInfo
from rehearsal.engine import OperationError, Outcome, policy_packs
from rehearsal.errors import RehearsalError
from rehearsal.home import Home
from rehearsal.lifecycle import PROGRAM_TIMES, Rehearsal, Start, project_root
from rehearsal.summary import Facts, Phase, census
from rehearsal.toolchain import TOOLS, Toolchain

PLATFORM = Path(__file__).resolve().parents[1]
ADDONS = ("argo-rollouts", "argo-cd")
"""What every cluster of the platform has before the program runs: in a real account the Argo CD release brings its own
definitions, and Argo CD brings Argo Rollouts."""
NEEDED = tuple(name for name, tool in TOOLS.items() if tool.rehearsed)

PROTECTIONS = (
    "backup-vault-must-be-locked",
    "eks-must-be-protected-from-deletion",
    "lb-must-not-be-deleted",
    "rds-must-be-protected-from-deletion",
)
"""Rules that block what `--disposable` lifts; in such a rehearsal, and nowhere else, they are advice (ADR 0015)."""


@dataclass(frozen=True)
class Subject:
    """What is rehearsed: a stack of a project, in an AWS account."""

    project: Path
    stack: str
    account: str
    addons: tuple[str, ...] = ()
    tools: tuple[str, ...] = ("pulumi",)
    """What is made sure of at once; the daemon gets what else turns out to be needed."""
    layers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The platform's layers, each with those it builds on."""
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Configuration of this rehearsal alone; the tracked files stay as they are."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """Levels of policies in this rehearsal alone."""
    notice: str = ""
    """What the overrides mean, said before anything is done."""


def subject(stack: str, project: Path | None, *, disposable: bool = False) -> Subject:
    """Check the settings of an environment of the platform, or take another project as it is.

    Raises SettingsError with every mistake, before anything is touched; RehearsalError when there is no project.
    """
    if project is not None and disposable:
        raise RehearsalError("--disposable lifts what this platform protects; it says nothing to another --project")
    if project is not None:
        return Subject(project_root(project.resolve()), stack, DEFAULT_ACCOUNT)
    from stacks import destroyable_data  # noqa: PLC0415  # the same
    from stacks.layer_graph import layers  # noqa: PLC0415  # pydantic costs more than `status` should take
    from stacks.loading import load_file  # noqa: PLC0415  # the same

    settings = load_file(PLATFORM, stack)
    lifting = disposable and not settings.data.destroyable
    return Subject(
        PLATFORM,
        stack,
        settings.account,
        ADDONS,
        NEEDED,
        layers(),
        overrides={destroyable_data.KEY: stack} if lifting else {},
        levels=dict.fromkeys(PROTECTIONS, "advisory") if lifting else {},
        notice=destroyable_data.warning(stack) if lifting else "",
    )


def bring_up(stack: str, project: Path | None, *, disposable: bool = False) -> None:
    """Settings, tools, cloud, preview under the policy packs, update, summary; in that order, each shown."""
    screens = Screens()
    began = time.monotonic()
    what = subject(stack, project, disposable=disposable)
    toolchain = Toolchain(PLATFORM, console=screens.console)
    with toolchain.start(what.tools) as build:
        screens.plan(what.stack, what.project, policy_packs(what.project), what.layers)
        found = toolchain.watch(build)
    tools_ready = time.monotonic()
    rehearsal = Rehearsal(Home(what.project, what.stack), what.account, found["pulumi"], what.addons)
    with rehearsal.exclusively():
        screens.notice(what.notice)
        with screens.step() as progress:
            start = rehearsal.start(progress, overrides=what.overrides, levels=what.levels)
        screens.started(start)
        started = time.monotonic()
        preview, update, measured = _update(rehearsal, start, screens)
        phases = [Phase("tools", tools_ready - began), Phase("start", started - tools_ready), *measured]
        screens.summary(facts(rehearsal.home, start.daemon), preview, update, phases)


def _update(rehearsal: Rehearsal, start: Start, screens: Screens) -> tuple[Outcome, Outcome, list[Phase]]:
    """Preview first, always under the packs; then the update, with a bar that knows how much there is to do."""
    engine = rehearsal.engine(start.daemon)
    meter = Meter(rehearsal.home, start.daemon)
    try:
        with screens.step() as progress:
            progress("pulumi preview, under the policy packs")
            preview = engine.operate("preview")
        phases = [meter.phase("preview", preview)]
        total = sum(count for kind, count in preview.changes.items() if kind != "same")
        with screens.updating(total) as on_event:
            update = engine.operate("up", "--yes", "--skip-preview", on_event=on_event)
        phases.append(meter.phase("update", update))
    except OperationError as failure:
        screens.failed(failure)
        raise RehearsalError(
            f"{rehearsal.home.stack} was not brought up; what the engine printed is in {failure.log}"
        ) from failure
    return preview, update, phases


def facts(home: Home, daemon: DaemonInfo) -> Facts:
    """What the running cloud holds and offers, asked of its daemon."""
    ask = daemon.control.ask
    resources = ask("deployment")["resources"]
    fidelity = ask("fidelity", {"types": sorted({resource["type"] for resource in resources})})
    return Facts(
        stack=home.stack,
        census=census(resources, fidelity),
        parts=ask("status")["parts"],
        mismatch=compare(ask("inventory")["resources"], resources),
        aws_endpoint=f"http://127.0.0.1:{daemon.aws_port}",
        logs=home.logs,
    )


class Meter:
    """Tells how the time of each phase was spent: what the program and the providers took since the last reading."""

    def __init__(self, home: Home, daemon: DaemonInfo) -> None:
        self._programs = home.root / PROGRAM_TIMES
        self._control = daemon.control
        self._read()

    def phase(self, name: str, outcome: Outcome) -> Phase:
        """A phase that has just ended."""
        program, providers = self._read()
        return Phase(name, outcome.seconds, program, providers, outcome.processor_seconds)

    def _read(self) -> tuple[float, float]:
        lines = self._programs.read_text().splitlines() if self._programs.exists() else []
        self._programs.unlink(missing_ok=True)
        busy: float = self._control.ask("busy")["seconds"]
        return sum(json.loads(line)["processor_seconds"] for line in lines), busy


def shell_commands(stack: str, project: Path | None) -> str:
    """Shell commands that set the variables of a running rehearsal and change into its workspace."""
    rehearsal = running_rehearsal(stack, project)
    daemon = rehearsal.running()
    exports = [f"export {name}={shlex.quote(value)}" for name, value in rehearsal.environment(daemon).items()]
    return "\n".join((*exports, f"cd {shlex.quote(str(rehearsal.home.workspace))}"))


def show_status(stack: str, project: Path | None) -> int:
    """Show every part; returns 0 when all of them live, 1 when one has died."""
    rehearsal = running_rehearsal(stack, project)
    shown = facts(rehearsal.home, rehearsal.running())
    Screens().status(shown)
    return 0 if all(part["alive"] for part in shown.parts) else 1


def bring_down(stack: str, project: Path | None) -> None:
    """End the rehearsal, in whatever state it is; ending what does not run is no error."""
    Screens().ended(stack, running_rehearsal(stack, project).down())


def running_rehearsal(stack: str, project: Path | None) -> Rehearsal:
    """A rehearsal that exists already: nothing about it needs settings or tools to be sound."""
    root = PLATFORM if project is None else project_root(project.resolve())
    pulumi = Toolchain(PLATFORM).find("pulumi") or Path("pulumi")
    return Rehearsal(Home(root, stack), DEFAULT_ACCOUNT, pulumi)
