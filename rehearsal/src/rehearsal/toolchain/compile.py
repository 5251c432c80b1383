"""Building one tool from its Go module, and copying the files that belong to it."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rehearsal.errors import RehearsalError
from rehearsal.toolchain.errors import explain
from rehearsal.toolchain.found import Stamps, ask_version
from rehearsal.toolchain.golang import Go
from rehearsal.toolchain.layout import Layout
from rehearsal.toolchain.processes import Processes
from rehearsal.toolchain.status import Phase, Status
from rehearsal.toolchain.table import Tool

_DOWNLOAD = "go: downloading "
_IMPORT_PATH = re.compile(r"[\w.~/-]+$")


class CompileError(RehearsalError):
    """A tool could not be built; the message is the reason."""


@dataclass(frozen=True)
class Compiler:
    """Builds one tool after the other with one Go. Used by several threads, each with its own tool."""

    layout: Layout
    go: Go
    processes: Processes

    def build(self, tool: Tool, status: Status, *, workers: int | None) -> None:
        """Put the tool's executable into .tools/bin, whole or not at all.

        `workers` is the number of packages compiled at once, None for Go's own choice (all cores).
        Raises CompileError, OSError (disk full, no permission) or BuildCancelledError. What was compiled stays in Go's
        build cache, so the next try resumes.
        """
        with (self.layout.logs / f"{tool.name}.log").open("w") as log:
            status.phase = Phase.LISTING
            self._count_packages(tool, status, log)
            status.phase = Phase.COMPILING
            half = self.layout.scratch / tool.file
            self._compile(tool, status, log, half, workers)
            status.phase = Phase.INSTALLING
            version = ask_version(tool, half)
            if ".".join(map(str, version)) != tool.version:
                message = f"the executable was built but does not answer `{' '.join(tool.probe)}` with {tool.version}"
                raise CompileError(message)
            half.replace(self.layout.bin / tool.file)
            Stamps(self.layout).write(tool)

    def copy_share(self, tool: Tool) -> None:
        """Copy the tool's shared files from its Go module to .tools/share, whole or not at all.

        The module is named with its version: so Go reads that module alone, not the requirements of everything in it.
        Raises CompileError, OSError or BuildCancelledError.
        """
        if tool.share is None:
            return
        with (self.layout.logs / f"{tool.name}.log").open("a") as log:
            said = "\n".join(self._go(tool, log, "mod", "download", "-json", f"{tool.requires}@v{tool.version}"))
        source = Path(json.loads(said)["Dir"]) / tool.share.folder
        half = self.layout.scratch / f"{tool.name}-share"
        half.mkdir()
        for file in sorted(source.glob(tool.share.pattern)):
            # Not copy(): files of the module cache are read-only, which would make .tools hard to remove.
            shutil.copyfile(file, half / file.name)
        target = self.layout.share / tool.name / source.name
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(exist_ok=True)
        half.rename(target)
        Stamps(self.layout).write_share(tool)

    def _count_packages(self, tool: Tool, status: Status, log: IO[str]) -> None:
        """Download what is missing, then count the packages and those that Go has compiled before."""

        def count(line: str) -> None:
            if line.startswith(_DOWNLOAD):
                status.downloads += 1

        listing = self._go(tool, log, "list", "-deps", *tool.flags(), "-f={{.Stale}}", tool.package, each=count)
        status.total = sum(line in {"true", "false"} for line in listing)
        status.done = listing.count("false")

    def _compile(self, tool: Tool, status: Status, log: IO[str], half: Path, workers: int | None) -> None:
        def count(line: str) -> None:
            if _IMPORT_PATH.match(line):
                status.done = min(status.done + 1, status.total)
                if status.done == status.total:
                    status.phase = Phase.LINKING

        limit = [] if workers is None else [f"-p={workers}"]
        self._go(tool, log, "build", "-v", *limit, *tool.flags(), f"-o={half}", tool.package, each=count)

    def _go(self, tool: Tool, log: IO[str], *arguments: str, each: Callable[[str], None] | None = None) -> list[str]:
        """Run a go command in the tool's wrapper module and return its output; CompileError if it fails."""
        lines: list[str] = []

        def take(line: str) -> None:
            lines.append(line)
            if each is not None:
                each(line)

        code = self.processes.run(
            [self.go.executable, *arguments],
            cwd=self.layout.module(tool.folder),
            environment=self.go.environment(),
            log=log,
            each=take,
        )
        if code:
            raise CompileError(explain(lines))
        return lines
