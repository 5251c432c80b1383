"""The toolchain of one project: finds its command-line tools and builds what is missing."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console

from rehearsal.toolchain.build import Build
from rehearsal.toolchain.errors import Failure, ToolchainError
from rehearsal.toolchain.found import Finder
from rehearsal.toolchain.layout import Layout
from rehearsal.toolchain.screen import watch
from rehearsal.toolchain.table import TOOLS, Tool


class Toolchain:
    """Command-line tools in the order: on PATH in an accepted version, in .tools/bin, built from tools/.

    May be used by several threads and processes at once: builds wait for each other.
    """

    def __init__(self, root: Path, *, console: Console | None = None, tools: Mapping[str, Tool] = TOOLS) -> None:
        """`root` holds tools/ and .tools/; `console` shows builds, stderr when not given; `tools` is the table."""
        self._layout = Layout(root.absolute())
        self._tools = tools
        self._console = console or Console(stderr=True)
        self._finder = Finder(self._layout)

    def find(self, name: str) -> Path | None:
        """The tool's executable (shared files, where it has none), or None when it has to be built. Builds nothing."""
        return self._finder.executable(self._tool(name))

    def start(self, names: Iterable[str]) -> Build:
        """Begin to build what is missing in the background, in this order, and return at once.

        The tool that is needed first comes first. Wait for one with `Build.path`, for all with `Build.wait`.
        Raises ToolchainError for a name that is not in the table.
        """
        return Build(self._layout, [self._tool(name) for name in dict.fromkeys(names)], self._finder).start()

    def ensure(self, names: Iterable[str]) -> dict[str, Path]:
        """Build what is missing, showing progress; where each tool is.

        Raises ToolchainError with one sentence per cause when tools failed, after the others are built. On Ctrl-C
        every process of the build is ended first; what was compiled is kept.
        """
        with self.start(names) as build:
            return self.watch(build)

    def watch(self, build: Build) -> dict[str, Path]:
        """Show a started build until it is finished; returns and raises what `Build.wait` does."""
        watch(build, self._console)
        return build.wait()

    def share(self, name: str) -> Path:
        """Folder of the tool's shared files, such as the CRDs of argo-rollouts.

        Raises ToolchainError when the tool has none or was not made ready before.
        """
        folder = self._finder.share(self._tool(name))
        if folder is None:
            reason, remedy = "its shared files are not there", f"run `python -m rehearsal.toolchain {name}`"
            raise ToolchainError([Failure(name, reason, None, remedy)])
        return folder

    def _tool(self, name: str) -> Tool:
        if name not in self._tools:
            raise ToolchainError(
                [Failure(name, "there is no such tool", None, f"choose from {', '.join(self._tools)}")]
            )
        return self._tools[name]
