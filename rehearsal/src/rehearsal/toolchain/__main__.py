"""`python -m rehearsal.toolchain`: builds the tools that are missing, or says where each comes from."""

import signal
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rehearsal.toolchain import TOOLS, Toolchain, ToolchainError

ROOT = Path(__file__).parents[4]


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Tools, all when none is named.")] = None,
    *,
    listing: Annotated[bool, typer.Option("--list", help="Say where each tool comes from; build nothing.")] = False,
) -> None:
    """Make the command-line tools of the rehearsal ready: from PATH, from .tools/bin, or built from tools/."""
    signal.signal(signal.SIGTERM, _interrupt)
    console = Console()
    toolchain = Toolchain(ROOT, console=console)
    try:
        if listing:
            console.print(_sources(toolchain, names or list(TOOLS)))
        else:
            toolchain.ensure(names or TOOLS)
    except ToolchainError as error:
        Console(stderr=True, soft_wrap=True).print(str(error), markup=False, highlight=False)
        raise typer.Exit(1) from None


def _sources(toolchain: Toolchain, names: list[str]) -> Table:
    table = Table("tool", "version", "comes from", box=None, pad_edge=False)
    for name in names:
        path = toolchain.find(name)
        built = path is not None and path.is_relative_to(ROOT)
        version = TOOLS[name].version if built or path is None else str(TOOLS[name].accepts)
        table.add_row(name, version, str(path) if path else f"not there yet: is built from tools/{TOOLS[name].folder}")
    return table


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End as on Ctrl-C, so that a stopped CI job leaves no compiler running."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    typer.run(main)
