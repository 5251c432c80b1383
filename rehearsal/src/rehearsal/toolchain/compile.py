"""Build one tool from its Go module and copy its shared files."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rehearsal.errors import RehearsalError
from rehearsal.toolchain.errors import explain
from rehearsal.toolchain.finder import BuildStamps, probe_version
from rehearsal.toolchain.golang import GoToolchain
from rehearsal.toolchain.layout import ToolsLayout
from rehearsal.toolchain.processes import BuildProcesses
from rehearsal.toolchain.status import BuildPhase, BuildStatus
from rehearsal.toolchain.table import Tool

_DOWNLOAD = "go: downloading "
_IMPORT_PATH = re.compile(r"[\w.~/-]+$")


class CompileError(RehearsalError):
    """A tool could not be built; the message is the reason."""


@dataclass(frozen=True)
class Compiler:
    """Builds tools with one Go installation. Thread-safe for different tools."""

    layout: ToolsLayout
    go: GoToolchain
    processes: BuildProcesses

    def build(self, tool: Tool, status: BuildStatus, *, workers: int | None) -> None:
        """Build and install the tool's executable atomically.

        `workers` is the number of packages compiled in parallel, None for Go's default (all cores). Compiled packages
        stay in Go's build cache, so the next attempt resumes.

        Raises:
            CompileError: the build failed.
            OSError: the disk is full, or a permission is missing.
            BuildCancelledError: the build was cancelled.
        """
        with (self.layout.logs / f"{tool.name}.log").open("w") as log:
            status.phase = BuildPhase.LISTING
            self._count_packages(tool, status, log)
            status.phase = BuildPhase.COMPILING
            partial = self.layout.scratch / tool.file
            self._compile(tool, status, log, partial, workers)
            status.phase = BuildPhase.INSTALLING
            version = probe_version(tool, partial)
            if ".".join(map(str, version)) != tool.version:
                message = (
                    f"the executable was built, but `{' '.join(tool.probe)}` does not print version {tool.version}"
                )
                raise CompileError(message)
            partial.replace(self.layout.bin / tool.file)
            BuildStamps(self.layout).write(tool)

    def copy_share(self, tool: Tool) -> None:
        """Copy the tool's shared files from its Go module atomically.

        The download command contains the version, so that Go reads only this module and not all of its requirements.

        Raises:
            CompileError: the download failed.
            OSError: a file can't be written.
            BuildCancelledError: the build was cancelled.
        """
        if tool.share is None:
            return
        with (self.layout.logs / f"{tool.name}.log").open("a") as log:
            output = "\n".join(self._go(tool, log, "mod", "download", "-json", f"{tool.requires}@v{tool.version}"))
        source = Path(json.loads(output)["Dir"]) / tool.share.folder
        partial = self.layout.scratch / f"{tool.name}-share"
        partial.mkdir()
        for file in sorted(source.glob(tool.share.pattern)):
            # Not copy(): the module cache is read-only, and read-only copies would be hard to remove.
            shutil.copyfile(file, partial / file.name)
        target = self.layout.share / tool.name / source.name
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(exist_ok=True)
        partial.rename(target)
        BuildStamps(self.layout).write_share(tool)

    def _count_packages(self, tool: Tool, status: BuildStatus, log: IO[str]) -> None:
        """Download missing modules, then count all packages and those in Go's build cache."""

        def count(line: str) -> None:
            if line.startswith(_DOWNLOAD):
                status.downloads += 1

        listing = self._go(tool, log, "list", "-deps", *tool.flags(), "-f={{.Stale}}", tool.package, each=count)
        status.total = sum(line in {"true", "false"} for line in listing)
        status.done = listing.count("false")

    def _compile(self, tool: Tool, status: BuildStatus, log: IO[str], partial: Path, workers: int | None) -> None:
        def count(line: str) -> None:
            if _IMPORT_PATH.match(line):
                status.done = min(status.done + 1, status.total)
                if status.done == status.total:
                    status.phase = BuildPhase.LINKING

        limit = [] if workers is None else [f"-p={workers}"]
        self._go(tool, log, "build", "-v", *limit, *tool.flags(), f"-o={partial}", tool.package, each=count)

    def _go(self, tool: Tool, log: IO[str], *arguments: str, each: Callable[[str], None] | None = None) -> list[str]:
        """Run a go command in the tool's module and return its output.

        Raises CompileError if the command fails.
        """
        lines: list[str] = []

        def collect(line: str) -> None:
            lines.append(line)
            if each is not None:
                each(line)

        code = self.processes.run(
            [self.go.executable, *arguments],
            cwd=self.layout.module(tool.folder),
            environment=self.go.environment(),
            log=log,
            each=collect,
        )
        if code:
            raise CompileError(explain(lines))
        return lines
