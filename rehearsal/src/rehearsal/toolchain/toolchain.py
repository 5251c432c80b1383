"""Toolchain: finds command-line tools and builds those that are missing."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rehearsal.toolchain.build import Build
from rehearsal.toolchain.errors import ToolchainError, ToolFailure
from rehearsal.toolchain.finder import ToolFinder
from rehearsal.toolchain.layout import MODULES, ToolsLayout, tools_directory
from rehearsal.toolchain.progress import watch
from rehearsal.toolchain.table import TOOLS, Tool


class Toolchain:
    """Command-line tools from PATH or built from their Go modules.

    Several threads and processes may share one directory, because builds wait for each other.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        modules: Path = MODULES,
        console: Console | None = None,
        tools: Mapping[str, Tool] = TOOLS,
    ) -> None:
        """Use `directory` (default: `tools_directory`) and `console` (default: stderr)."""
        self._layout = ToolsLayout((directory or tools_directory()).absolute(), modules)
        self._tools = tools
        self.console = console or Console(stderr=True)
        self._finder = ToolFinder(self._layout)

    @property
    def directory(self) -> Path:
        """Directory of built tools."""
        return self._layout.directory

    def find(self, name: str) -> Path | None:
        """Return the tool's executable, or its shared files if it has no executable.

        Return None if the tool has to be built.
        """
        return self._finder.executable(self._tool(name))

    def start(self, names: Iterable[str]) -> Build:
        """Start building missing tools in the background, in this order.

        Put the tool that is needed first at the front. Wait for one tool with `Build.path`, for all with `Build.wait`.

        Raises:
            ToolchainError: a name is unknown.
        """
        return Build(self._layout, [self._tool(name) for name in dict.fromkeys(names)], self._finder).start()

    def ensure(self, names: Iterable[str]) -> dict[str, Path]:
        """Build missing tools, showing progress, and return the path of each tool.

        On Ctrl-C every process of the build is ended first; compiled packages are kept.

        Raises:
            ToolchainError: one or more tools failed. The message has one sentence per cause; the other tools are built.
        """
        with self.start(names) as build:
            return self.watch(build)

    def watch(self, build: Build) -> dict[str, Path]:
        """Show a started build until it is finished.

        Returns and raises the same as `Build.wait`.
        """
        watch(build, self.console)
        return build.wait()

    def share(self, name: str) -> Path:
        """Return a tool's data folder (`share/NAME`), such as the CRDs of argo-rollouts.

        Raises:
            ToolchainError: the tool has no shared files, or was not built yet.
        """
        folder = self._finder.share(self._tool(name))
        if folder is None:
            reason, remedy = "its shared files are missing", f"run `rehearse tools {name}`"
            raise ToolchainError([ToolFailure(name, reason, None, remedy)])
        return folder

    def _tool(self, name: str) -> Tool:
        if name not in self._tools:
            raise ToolchainError([ToolFailure(name, "unknown tool", None, f"choose from {', '.join(self._tools)}")])
        return self._tools[name]


def listing_table(toolchain: Toolchain, names: Iterable[str]) -> Table:
    """Return version and source of each tool as a table for the console."""
    table = Table("tool", "version", "comes from", box=None, pad_edge=False)
    for name in names:
        path = toolchain.find(name)
        built = path is not None and path.is_relative_to(toolchain.directory)
        version = TOOLS[name].version if built or path is None else str(TOOLS[name].accepts)
        table.add_row(name, version, str(path) if path else f"missing: `rehearse tools {name}` builds it")
    return table
