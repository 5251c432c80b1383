"""Console output of a rehearsal, for terminals and log files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from rehearsal.engine import Event, OperationError, Outcome
from rehearsal.heartbeat import INTERVAL, Heartbeat
from rehearsal.hints import CommandHints
from rehearsal.lifecycle import StartReport
from rehearsal.providers.protocol import Fidelity
from rehearsal.summary import PhaseTiming, RehearsalSummary
from rehearsal.update_state import UpdateState

LOG_WIDTH = 140
"""Width in columns of output that goes to a file: wide enough for the tables."""
LEGEND = {
    Fidelity.REAL: "backed by a real server (Kubernetes API server, Vault)",
    Fidelity.EMULATED: "backed by moto, which emulates AWS",
    Fidelity.EXTENSION: "backed by moto with operations that the rehearsal adds, because moto lacks them",
    Fidelity.RECORDED: "stored in the state only, with no server behind it",
}


class ConsoleReporter:
    """Reports progress and results of a rehearsal on one console.

    Progress is animated on a terminal. Elsewhere, each step is printed as one line, and again after `interval`
    seconds of silence.
    """

    def __init__(
        self, console: Console | None = None, hints: CommandHints | None = None, *, interval: float = INTERVAL
    ) -> None:
        self.console = console or default_console()
        self._hints = hints or CommandHints()
        self._interval = interval
        self._packs: Sequence[Path] = ()

    def show_target(
        self, stack: str, project: Path, packs: Sequence[Path], layers: Mapping[str, Sequence[str]]
    ) -> None:
        """Show the stack, its layers and its policy packs before the start."""
        checked = ": settings are valid" if layers else ""
        self.console.print(f"[bold]Rehearsing {stack}[/bold] of {project.name}{checked}")
        if layers:
            self.console.print(
                "  layers        "
                + "\n                ".join(f"{name:<14} {_after(after)}" for name, after in layers.items())
            )
        self._packs = packs
        self.console.print(f"  policy packs  {', '.join(pack.name for pack in packs) or 'none'}")

    @contextmanager
    def step(self) -> Iterator[Callable[[str], None]]:
        """Yield a function that shows the current step."""
        if not self.console.is_terminal:
            with logged_steps(self.console, self._interval) as show:
                yield show
            return
        with self.console.status("") as status:
            yield status.update

    @contextmanager
    def update_progress(self, total: int) -> Iterator[Callable[[Event], None]]:
        """Show the progress of `total` resources; yield the handler of engine events."""
        bar = self._update_bar if self.console.is_terminal else self._update_lines
        with bar(total) as (describe, advance):

            def on_event(event: Event) -> None:
                if "resourcePreEvent" in event:
                    metadata = event["resourcePreEvent"]["metadata"]
                    if metadata["op"] != "same":
                        describe(f"{metadata['op']} {_short(metadata['urn'])}")
                elif "resOutputsEvent" in event and event["resOutputsEvent"]["metadata"]["op"] != "same":
                    advance()

            yield on_event

    @contextmanager
    def _update_lines(self, total: int) -> Iterator[tuple[Callable[[str], None], Callable[[], None]]]:
        """Print the progress as lines of a log.

        Yield two functions: one sets the current operation, the other counts a finished resource.
        """
        done, operation = 0, ""

        def describe(text: str) -> None:
            nonlocal operation
            operation = f", last: {text}"

        def advance() -> None:
            nonlocal done
            done += 1

        heartbeat = log_heartbeat(self.console, self._interval)
        heartbeat.say("… running `pulumi up`")
        with heartbeat.during(lambda: f"running `pulumi up`: {done} of {total} resources{operation}"):
            yield describe, advance

    @contextmanager
    def _update_bar(self, total: int) -> Iterator[tuple[Callable[[str], None], Callable[[], None]]]:
        """Animate a bar; yield the same functions as `_update_lines`."""
        with Progress(
            SpinnerColumn(),
            TextColumn("pulumi up"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=self.console,
            transient=True,
        ) as progress:
            task = progress.add_task("", total=total or None)
            yield (lambda text: progress.update(task, description=text)), (lambda: progress.advance(task))

    def show_warning(self, sentence: str) -> None:
        """Show a warning about this rehearsal, unless `sentence` is empty."""
        if sentence:
            self.console.print(Text(sentence, style="bold yellow"))

    def show_start(self, start: StartReport) -> None:
        """Show what the start had to restart, replace or repair."""
        if start.lost:
            self.console.print(
                "The emulated AWS died and its resources are lost: this rehearsal starts from scratch.",
                style="yellow",
            )
        if start.restarted:
            self.console.print(f"Restarted with their data: {', '.join(start.restarted)}", style="yellow")
        if start.replaced_secrets:
            self.console.print(f"{start.replaced_secrets} secret settings were replaced by random values.")
        if start.repair is not None:
            self.console.print(
                "An engine was killed during an earlier update. Its unfinished operations:", style="yellow"
            )
            for urn in start.repair.adopted:
                self.console.print(f"  added to the state: {_short(urn)} (already created)")
            for urn in start.repair.dropped:
                self.console.print(f"  dropped: {_short(urn)} (the next update repeats it if necessary)")

    def show_failure(self, failure: OperationError) -> None:
        """Show the policy violations, then the engine's errors."""
        self._violations(failure.outcome)
        for message in failure.outcome.diagnostics("error") or [str(failure)]:
            self.console.print(Text(message, style="red"))

    def show_summary(
        self, summary: RehearsalSummary, preview: Outcome, update: Outcome, timings: Sequence[PhaseTiming]
    ) -> None:
        """Show resources by layer and fidelity, policy findings, endpoints and timings."""
        self._resources(summary)
        if summary.resources.recorded_types:
            types = ", ".join(f"{token} ({count})" for token, count in sorted(summary.resources.recorded_types.items()))
            self.console.print(f"Recorded, not emulated: {types}")
        self._mismatch(summary)
        self._findings(preview)
        self._endpoints(summary)
        self._timings(timings)
        changes = {operation: count for operation, count in update.changes.items() if operation != "same"}
        changed = ", ".join(f"{count} {operation}" for operation, count in changes.items()) or "no changes"
        stack, hints = summary.stack, self._hints
        self.console.print(
            f"[bold green]{stack} is up[/bold green]: {changed}, {update.changes.get('same', 0)} unchanged."
        )
        self.console.print(f'Continue with: eval "$({hints.env(stack)})" && pulumi preview --stack {stack}')
        self.console.print(f"End it with: {hints.down(stack)}")

    def show_status(self, summary: RehearsalSummary) -> None:
        """Show the servers, the resources and the last update of a running rehearsal."""
        self._resources(summary)
        self._mismatch(summary)
        self._endpoints(summary)
        self._update(summary)
        if summary.dead_servers:
            self.console.print(
                f"{', '.join(summary.dead_servers)} died; `{self._hints.up(summary.stack)}` restarts dead servers "
                f"with their data (logs in {summary.logs})",
                style="red",
            )

    def show_interrupted(self, stack: str) -> None:
        """Show how to continue or end a rehearsal after Ctrl-C."""
        self.console.print(
            f"The servers of {stack} may still run. Continue with `{self._hints.up(stack)}`, or end them with "
            f"`{self._hints.down(stack)}`."
        )

    def show_ended(self, stack: str, names: Sequence[str]) -> None:
        """Show the processes that were ended."""
        self.console.print(f"Ended: {', '.join(names)}" if names else f"No process of {stack} was running.")

    def _resources(self, summary: RehearsalSummary) -> None:
        counts = summary.resources
        table = Table("layer", *(each.value for each in Fidelity), "all", title="Resources", title_justify="left")
        for column in table.columns[1:]:
            column.justify = "right"
        for group in counts.groups:
            table.add_row(group.name, *(_number(group.by_fidelity.get(each, 0)) for each in Fidelity), str(group.total))
        table.add_section()
        table.add_row("all", *(_number(counts.count(each)) for each in Fidelity), str(counts.total))
        self.console.print(table)
        for fidelity, meaning in LEGEND.items():
            self.console.print(f"  {fidelity.value:<9} {meaning}", style="dim")

    def _mismatch(self, summary: RehearsalSummary) -> None:
        if summary.mismatch.none:
            self.console.print("Inventory: the emulated AWS and the state hold the same resources")
        if summary.not_compared:
            total = sum(summary.not_compared.values())
            types = ", ".join(f"{token} ({count})" for token, count in sorted(summary.not_compared.items()))
            self.console.print(f"Inventory: {total} resources of {len(summary.not_compared)} types were not compared")
            self.console.print(Text(f"  {types}", style="dim"))
        for token, error in summary.unreadable.items():
            self.console.print(
                Text(f"Inventory: {token} could not be read, so it was not compared: {error}", style="yellow")
            )
        for name in summary.mismatch.only_in_cloud:
            self.console.print(f"Inventory: only the emulated AWS has {name}", style="yellow")
        for name in summary.mismatch.only_in_state:
            self.console.print(f"Inventory: only the state has {name}", style="yellow")

    def _update(self, summary: RehearsalSummary) -> None:
        """Show whether the last update is still running or did not finish, and what to do."""
        stack, up = summary.stack, self._hints.up(summary.stack)
        pending = f" ({summary.pending} pending operations)" if summary.pending else ""
        sentences = {
            UpdateState.RUNNING: f"An engine is working on {stack} now, so these figures may change.",
            UpdateState.NONE: f"No update of {stack} has finished yet. Run `{up}`.",
            UpdateState.UNFINISHED: f"The last update of {stack} did not finish{pending}. Run `{up}` to finish it.",
        }
        if sentence := sentences.get(summary.update):
            self.console.print(Text(sentence, style="yellow"))

    def _findings(self, outcome: Outcome) -> None:
        violations = outcome.violations()
        if not self._packs:
            self.console.print("Policy packs: none in policy_packs/, so nothing was checked", style="yellow")
        elif not violations:
            self.console.print("Policy packs: no findings")
        elif all(violation["enforcementLevel"] == "advisory" for violation in violations):
            self.console.print(f"Policy packs: no blocking findings, {len(violations)} advisory")
        self._violations(outcome)

    def _violations(self, outcome: Outcome) -> None:
        for violation in outcome.violations():
            level = violation["enforcementLevel"]
            resource = _short(violation.get("resourceUrn") or "")
            rule = f"{violation['policyPackName']}/{violation['policyName']}"
            text = Text(f"{level}: {resource}: {violation['message'].strip()} [{rule}]")
            self.console.print(text, style="red" if level == "mandatory" else "yellow")

    def _endpoints(self, summary: RehearsalSummary) -> None:
        table = Table("server", "kind", "endpoint", "", title="Endpoints", title_justify="left")
        table.add_row("AWS", "emulated by moto", summary.aws_endpoint, "running")
        for server in summary.servers:
            state = Text("running") if server["alive"] else Text("died", style="red")
            table.add_row(server["name"], server["type"], server["endpoint"], state)
        self.console.print(table)

    def _timings(self, timings: Sequence[PhaseTiming]) -> None:
        table = Table("step", "seconds", "breakdown", title="Times", title_justify="left")
        table.columns[1].justify = "right"
        for timing in timings:
            table.add_row(timing.name, f"{timing.seconds:.1f}", timing.parts)
        table.add_section()
        table.add_row("all", f"{sum(timing.seconds for timing in timings):.1f}", "")
        self.console.print(table)


def default_console() -> Console:
    """Return a console as wide as the terminal, or wide enough for tables in a log."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=LOG_WIDTH)


def log_heartbeat(console: Console, interval: float) -> Heartbeat:
    """Return a heartbeat that prints unwrapped lines on a console."""
    return Heartbeat(lambda line: console.print(Text(line), soft_wrap=True), interval=interval)


@contextmanager
def logged_steps(console: Console, interval: float = INTERVAL) -> Iterator[Callable[[str], None]]:
    """Yield a function that prints the current step.

    While the step lasts, it is printed again after every `interval` seconds of silence.
    """
    current = "starting"
    heartbeat = log_heartbeat(console, interval)

    def show(sentence: str) -> None:
        nonlocal current
        current = sentence
        heartbeat.begin()
        heartbeat.say(f"… {sentence}")

    with heartbeat.during(lambda: current):
        yield show


def _after(names: Sequence[str]) -> str:
    return f"after {', '.join(names)}" if names else ""


def _number(count: int) -> str:
    return str(count) if count else "·"


def _short(urn: str) -> str:
    """Return the type and name of a resource from its URN, without the parent types."""
    parts = urn.split("::", 3)
    return f"{parts[2].split('$')[-1]} {parts[3]}" if len(parts) == 4 else urn  # noqa: PLR2004  # a URN has four parts
