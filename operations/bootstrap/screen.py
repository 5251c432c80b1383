"""Output of `ops bootstrap`: resources, their differences and planned changes."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.bootstrap.context import AccountContext
from operations.bootstrap.plan import Action, Change, conflicts, to_do
from operations.bootstrap.remedies import remedy

LOG_WIDTH = 140
LONGEST = 40
"""Maximum length of a value that is shown; a longer value is shown as `differs`."""
COLOURS = {Change.KEEP: "dim", Change.CREATE: "green", Change.CHANGE: "yellow", Change.CONFLICT: "red"}


class Screen:
    """Output of one run. In a log file, lines are wide enough for the tables."""

    def __init__(self, console: Console | None = None) -> None:
        chosen = console or Console(highlight=False)
        self._console = chosen if console or chosen.is_terminal else Console(highlight=False, width=LOG_WIDTH)

    def plan(self, context: AccountContext, actions: Sequence[Action]) -> None:
        """Print the plan as a table."""
        title = f"Bootstrap of {context.environment}: account {context.account}, {' and '.join(context.regions)}"
        table = Table("resource", "region", "exists", "change", "attributes", title=title, title_justify="left")
        for action in actions:
            table.add_row(
                action.resource.label,
                action.resource.region or "all",
                "no" if action.change is Change.CREATE else "yes",
                Text(action.change, style=COLOURS[action.change]),
                _attributes(action),
            )
        self._console.print(table)

    def verdict(self, context: AccountContext, actions: Sequence[Action]) -> None:
        """Print the result of a dry run."""
        if blocked := conflicts(actions):
            for action in blocked:
                self._console.print(_conflict(context, action), style="red", soft_wrap=True)
            self._console.print("Nothing was changed.")
        elif work := to_do(actions):
            again = f"ops bootstrap {context.environment} --execute"
            self._console.print(
                f"{len(work)} of {len(actions)} resources need changes; nothing was changed. "
                f"Apply the changes with: {again}"
            )
        else:
            self._console.print(f"All {len(actions)} resources are up to date.")

    def step(self, sentence: str) -> None:
        """Print the next step."""
        self._console.print(f"… {sentence}")

    def done(self, context: AccountContext, work: Sequence[Action]) -> None:
        """Print the completed changes and the next commands."""
        ready = f"[bold green]{context.environment} is ready for Pulumi[/bold green]"
        self._console.print(f"{ready}: {len(work)} resources created or changed.")
        self._console.print("Next:")
        self._console.print(f"  pulumi login 's3://{context.bucket}?region={context.region}'", soft_wrap=True)
        self._console.print(
            f"  pulumi stack init {context.environment} --secrets-provider 'awskms://{context.alias}?region={context.region}'",
            soft_wrap=True,
        )


def _attributes(action: Action) -> str:
    if action.change is Change.CHANGE:
        return "\n".join(_change(action, name) for name in action.attributes)
    return ", ".join(action.attributes) if action.change is Change.CREATE else ""


def _change(action: Action, name: str) -> str:
    if action.present.get(name) is None:
        return f"{name}: not set"
    before, after = _shown(action.present[name]), _shown(action.resource.attributes[name])
    return f"{name}: differs" if max(len(before), len(after)) > LONGEST else f"{name}: {before} → {after}"


def _conflict(context: AccountContext, action: Action) -> str:
    wrong = "; ".join(
        f"{name} is {_shown(action.present.get(name))}, must be {_shown(action.resource.attributes[name])}"
        for name in action.attributes
    )
    return f"{action.resource.label}: {wrong}. {remedy(context, action)}"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
