"""What `ops rehearse` shows: plan, progress, verdicts and summary, for a terminal or a log file alike."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from rehearsal.engine import Event, OperationError, Outcome
from rehearsal.lifecycle import Start
from rehearsal.providers.protocol import Fidelity
from rehearsal.summary import Facts, Phase

LOG_WIDTH = 140
MEANING = {
    Fidelity.REAL: "a real server acts on it (Kubernetes API server, Vault)",
    Fidelity.EMULATED: "moto answers for AWS",
    Fidelity.RECORDED: "accepted and kept in state; nothing stands behind it",
}


class Screens:
    """Draws on one console; on a terminal progress moves, elsewhere each step is a line."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or _console()

    def plan(self, stack: str, project: Path, packs: Sequence[Path], layers: Mapping[str, Sequence[str]]) -> None:
        """Say what is about to be rehearsed, before anything is built or started."""
        checked = ": settings are sound" if layers else ""
        self.console.print(f"[bold]Rehearsing {stack}[/bold] of {project.name}{checked}")
        if layers:
            self.console.print(
                "  layers        "
                + "\n                ".join(f"{name:<14} {_after(after)}" for name, after in layers.items())
            )
        self.console.print(f"  policy packs  {', '.join(pack.name for pack in packs) or 'none'}")

    @contextmanager
    def step(self) -> Iterator[Callable[[str], None]]:
        """Show what is being done, one sentence at a time."""
        if not self.console.is_terminal:
            yield lambda sentence: self.console.print(f"… {sentence}")
            return
        with self.console.status("") as status:
            yield status.update

    @contextmanager
    def updating(self, total: int) -> Iterator[Callable[[Event], None]]:
        """A bar over the resources of an update, with the name of the last one that was begun."""
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

            def on_event(event: Event) -> None:
                if "resourcePreEvent" in event:
                    metadata = event["resourcePreEvent"]["metadata"]
                    if metadata["op"] != "same":
                        progress.update(task, description=f"{metadata['op']} {_short(metadata['urn'])}")
                elif "resOutputsEvent" in event and event["resOutputsEvent"]["metadata"]["op"] != "same":
                    progress.advance(task)

            yield on_event

    def notice(self, sentence: str) -> None:
        """Say what is out of the ordinary about this rehearsal, if anything is."""
        if sentence:
            self.console.print(Text(sentence, style="bold yellow"))

    def started(self, start: Start) -> None:
        """Say what starting found, where it was not simply as expected."""
        if start.lost:
            self.console.print(
                "The emulated AWS had died, and what it held went with it: this rehearsal starts from nothing.",
                style="yellow",
            )
        if start.restarted:
            self.console.print(f"Restarted, with their data: {', '.join(start.restarted)}", style="yellow")
        if start.secrets_made_up:
            self.console.print(f"{start.secrets_made_up} secret settings were replaced by made-up ones.")
        if start.mended is not None:
            self.console.print("An engine was killed here in the middle of an update.", style="yellow")
            for urn in start.mended.adopted:
                self.console.print(f"  taken over: {_short(urn)} (it had been created)")
            for urn in start.mended.dropped:
                self.console.print(f"  begun again: {_short(urn)}")

    def failed(self, failure: OperationError) -> None:
        """Show why the engine stopped: policy violations first, then its own errors, or why it did not even begin."""
        self._violations(failure.outcome)
        for message in failure.outcome.diagnostics("error") or [str(failure)]:
            self.console.print(Text(message, style="red"))

    def summary(self, facts: Facts, preview: Outcome, update: Outcome, phases: Sequence[Phase]) -> None:
        """What there is now: resources by layer, how true to life, verdicts, endpoints, times."""
        self._resources(facts)
        if facts.census.recorded:
            types = ", ".join(f"{token} ({count})" for token, count in sorted(facts.census.recorded.items()))
            self.console.print(f"Recorded, not emulated: {types}")
        self._mismatch(facts)
        self._verdicts(preview)
        self._endpoints(facts)
        self._times(phases)
        done = {kind: count for kind, count in update.changes.items() if kind != "same"}
        what = ", ".join(f"{count} {kind}" for kind, count in done.items()) or "no changes"
        self.console.print(
            f"[bold green]{facts.stack} is up[/bold green]: {what}, {update.changes.get('same', 0)} unchanged."
        )
        self.console.print(
            f'Go on with:  eval "$(ops rehearse env {facts.stack})"; pulumi preview --stack {facts.stack}'
        )
        self.console.print(f"End it with: ops rehearse down {facts.stack}")

    def status(self, facts: Facts) -> None:
        """The parts of a running rehearsal and what it holds."""
        self._resources(facts)
        self._mismatch(facts)
        self._endpoints(facts)
        dead = [part["name"] for part in facts.parts if not part["alive"]]
        if dead:
            self.console.print(
                f"{', '.join(dead)} died; `ops rehearse up {facts.stack}` starts it again with its data "
                f"(logs in {facts.logs})",
                style="red",
            )

    def ended(self, stack: str, names: Sequence[str]) -> None:
        """Say what `down` ended."""
        self.console.print(f"Ended: {', '.join(names)}" if names else f"Nothing of {stack} was running.")

    def _resources(self, facts: Facts) -> None:
        table = Table("layer", *(kind.value for kind in Fidelity), "all", title="Resources", title_justify="left")
        for column in table.columns[1:]:
            column.justify = "right"
        for group in facts.census.groups:
            table.add_row(group.name, *(_number(group.counts.get(kind, 0)) for kind in Fidelity), str(group.total))
        table.add_section()
        table.add_row("all", *(_number(facts.census.count(kind)) for kind in Fidelity), str(facts.census.total))
        self.console.print(table)
        for kind, meaning in MEANING.items():
            self.console.print(f"  {kind.value:<9} {meaning}", style="dim")

    def _mismatch(self, facts: Facts) -> None:
        if facts.mismatch.none:
            self.console.print("Inventory: the emulated AWS and the state hold the same resources")
        for name in facts.mismatch.only_in_cloud:
            self.console.print(f"Inventory: only the emulated AWS has {name}", style="yellow")
        for name in facts.mismatch.only_in_state:
            self.console.print(f"Inventory: only the state has {name}", style="yellow")

    def _verdicts(self, outcome: Outcome) -> None:
        found = outcome.violations()
        if not found:
            self.console.print("Policy packs: nothing to object")
        elif all(violation["enforcementLevel"] == "advisory" for violation in found):
            self.console.print(f"Policy packs: nothing that blocks; advice: {len(found)}")
        self._violations(outcome)

    def _violations(self, outcome: Outcome) -> None:
        for violation in outcome.violations():
            level = violation["enforcementLevel"]
            where = _short(violation.get("resourceUrn") or "")
            rule = f"{violation['policyPackName']}/{violation['policyName']}"
            text = Text(f"{level}: {where}: {violation['message'].strip()} [{rule}]")
            self.console.print(text, style="red" if level == "mandatory" else "yellow")

    def _endpoints(self, facts: Facts) -> None:
        table = Table("server", "kind", "endpoint", "", title="Endpoints", title_justify="left")
        table.add_row("AWS", "emulated by moto", facts.aws_endpoint, "running")
        for part in facts.parts:
            state = Text("running") if part["alive"] else Text("died", style="red")
            table.add_row(part["name"], part["type"], part["endpoint"], state)
        self.console.print(table)

    def _times(self, phases: Sequence[Phase]) -> None:
        table = Table("step", "seconds", "of it", title="Times", title_justify="left")
        table.columns[1].justify = "right"
        for phase in phases:
            table.add_row(phase.name, f"{phase.seconds:.1f}", phase.split)
        table.add_section()
        table.add_row("all", f"{sum(phase.seconds for phase in phases):.1f}", "")
        self.console.print(table)


def _console() -> Console:
    """A terminal's own width; a log file is given enough for a table not to wrap."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=LOG_WIDTH)


def _after(names: Sequence[str]) -> str:
    return f"after {', '.join(names)}" if names else ""


def _number(count: int) -> str:
    return str(count) if count else "·"


def _short(urn: str) -> str:
    """Type and name of a resource, without its ancestry."""
    parts = urn.split("::", 3)
    return f"{parts[2].split('$')[-1]} {parts[3]}" if len(parts) == 4 else urn  # noqa: PLR2004  # a URN has four parts
