"""How far each tool is."""

import time
from dataclasses import dataclass, field
from enum import StrEnum


class Phase(StrEnum):
    """What is being done for a tool; the value is what the screen says."""

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
        """Whether nothing more will happen."""
        return self in {Phase.READY, Phase.FAILED}


@dataclass
class Status:
    """One tool's state. Written by the thread that builds it, read by whoever shows it."""

    tool: str
    phase: Phase = Phase.QUEUED
    done: int = 0
    """Go packages compiled, now or by an earlier build."""
    total: int = 0
    """Go packages in all; 0 until they are listed."""
    downloads: int = 0
    """Go modules downloaded for this build."""
    seconds: float = 0.0
    """How long the work took, or 0 while it is under way or was not needed."""
    _began: float | None = field(default=None, repr=False)

    def begin(self) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def end(self, phase: Phase) -> None:
        """Stop the clock in a final phase."""
        if self._began is not None:
            self.seconds = time.monotonic() - self._began
        self.phase = phase
