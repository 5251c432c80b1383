"""Build progress of each tool."""

import time
from dataclasses import dataclass, field
from enum import StrEnum


class BuildPhase(StrEnum):
    """Phase of a tool's build; the value is the text on the console."""

    QUEUED = "queued"
    WAITING = "waiting for another build"
    FETCHING_GO = "fetching Go"
    LISTING = "listing packages"
    COMPILING = "compiling"
    LINKING = "linking"
    INSTALLING = "installing"
    READY = "ready"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """True in the final phases."""
        return self in {BuildPhase.READY, BuildPhase.FAILED}


@dataclass
class BuildStatus:
    """State of one tool's build, written by its thread and read by the console."""

    tool: str
    phase: BuildPhase = BuildPhase.QUEUED
    done: int = 0
    """Number of Go packages compiled, now or by an earlier build."""
    total: int = 0
    """Number of Go packages to compile in total; 0 until they are listed."""
    downloads: int = 0
    """Number of Go modules downloaded for this build."""
    seconds: float = 0.0
    """Duration of the build; 0 while the build runs, or if no build was needed."""
    _began: float | None = field(default=None, repr=False)

    def begin(self) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def end(self, phase: BuildPhase) -> None:
        """Stop the clock and enter a final phase."""
        if self._began is not None:
            self.seconds = time.monotonic() - self._began
        self.phase = phase
