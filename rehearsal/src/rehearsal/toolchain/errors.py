"""Errors of the toolchain."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError


@dataclass(frozen=True)
class ToolFailure:
    """Reason why one tool is missing."""

    tool: str
    reason: str
    """Error message of the failed program, on one line."""
    log: Path | None
    """File with the whole output of that program; None if no program was started."""
    remedy: str
    """Advice in the imperative, without a full stop."""


class ToolchainError(RehearsalError):
    """Tools are missing.

    The message has one sentence per cause, with the tools, the reason, the log and the remedy.
    """

    def __init__(self, failures: Iterable[ToolFailure]) -> None:
        self.failures = tuple(failures)
        super().__init__("\n".join(_sentences(self.failures)))


class BuildCancelledError(RehearsalError):
    """The build was cancelled before the tool was built; the tool itself did not fail."""


def _sentences(failures: Iterable[ToolFailure]) -> Iterable[str]:
    """Yield a sentence per cause.

    Tools with the same cause, such as a missing Go, share a sentence.
    """
    groups: defaultdict[tuple[str, Path | None, str], list[str]] = defaultdict(list)
    for failure in failures:
        groups[failure.reason, failure.log, failure.remedy].append(failure.tool)
    for (reason, log, remedy), tools in groups.items():
        read = f" (log: {_near(log)})" if log else ""
        yield f"{', '.join(tools)} could not be built: {reason}{read}; {remedy}."


def _near(path: Path) -> str:
    """Return the path, in relative form if it is inside the current directory."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


_CAUSE = re.compile(r"\.go:\d+:\d+: |\b[45]\d\d [A-Z]|no space left|permission denied|not found|killed|cannot |ERROR: ")
_NOISE = re.compile(r"#|\$ |go: downloading |[\w./-]+$")


def explain(lines: Iterable[str]) -> str:
    """Return the line of a failed program's output that explains the failure.

    The result is the first line with an error, else the last line.
    """
    relevant = [line.strip() for line in lines if line.strip() and not _NOISE.match(line)]
    causes = [line for line in relevant if _CAUSE.search(line)]
    return (causes or relevant[-1:] or ["it ended without output"])[0].removesuffix(".")
