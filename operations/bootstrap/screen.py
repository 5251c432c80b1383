"""What `ops bootstrap` shows: every piece, what is wrong with it, and what would be done."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.bootstrap.place import Place
from operations.bootstrap.plan import Action, Verb, conflicts, to_do

LOG_WIDTH = 140
LONGEST = 40
"""Characters of a value that is shown; of longer ones only the name is."""
COLOURS = {Verb.KEEP: "dim", Verb.CREATE: "green", Verb.CHANGE: "yellow", Verb.CONFLICT: "red"}


class Screen:
    """Draws on one console; a log file is given enough width for a table not to wrap."""

    def __init__(self, console: Console | None = None) -> None:
        found = console or Console(highlight=False)
        self._console = found if console or found.is_terminal else Console(highlight=False, width=LOG_WIDTH)

    def plan(self, place: Place, actions: Sequence[Action]) -> None:
        """The whole plan as a table."""
        title = f"Bootstrap of {place.environment}: account {place.account}, {' and '.join(place.regions)}"
        table = Table("piece", "region", "there", "plan", "what", title=title, title_justify="left")
        for action in actions:
            table.add_row(
                action.piece.label,
                action.piece.region or "all",
                "no" if action.verb is Verb.CREATE else "yes",
                Text(action.verb, style=COLOURS[action.verb]),
                _what(action),
            )
        self._console.print(table)

    def verdict(self, place: Place, actions: Sequence[Action]) -> None:
        """What a dry run comes to."""
        if broken := conflicts(actions):
            for action in broken:
                self._console.print(_conflict(action), style="red")
            self._console.print("Nothing was changed.")
        elif work := to_do(actions):
            again = f"ops bootstrap {place.environment} --execute"
            self._console.print(
                f"Work to do on {len(work)} of {len(actions)} pieces; nothing was changed. Do it with: {again}"
            )
        else:
            self._console.print(f"All {len(actions)} pieces are as they should be.")

    def step(self, sentence: str) -> None:
        """One step that is about to be taken."""
        self._console.print(f"… {sentence}")

    def done(self, place: Place, work: Sequence[Action]) -> None:
        """What was done, and how to go on."""
        self._console.print(f"[bold green]{place.environment} is ready for Pulumi[/bold green]: {len(work)} done.")
        self._console.print("Go on with:")
        self._console.print(f"  pulumi login 's3://{place.bucket}?region={place.region}'", soft_wrap=True)
        self._console.print(
            f"  pulumi stack init {place.environment} --secrets-provider 'awskms://{place.alias}?region={place.region}'",
            soft_wrap=True,
        )


def _what(action: Action) -> str:
    if action.verb is Verb.CHANGE:
        return "\n".join(_change(action, name) for name in action.aspects)
    return ", ".join(action.aspects) if action.verb is Verb.CREATE else ""


def _change(action: Action, name: str) -> str:
    if action.found.get(name) is None:
        return f"{name}: not set"
    before, after = _shown(action.found[name]), _shown(action.piece.aspects[name])
    return f"{name}: differs" if max(len(before), len(after)) > LONGEST else f"{name}: {before} → {after}"


def _conflict(action: Action) -> str:
    wrong = "; ".join(
        f"{name} is {_shown(action.found.get(name))}, must be {_shown(action.piece.aspects[name])}"
        for name in action.aspects
    )
    return f"{action.piece.label}: {wrong}. AWS cannot change that; move or rename what is there by hand."


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
