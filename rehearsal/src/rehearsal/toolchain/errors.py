"""What goes wrong with tools, told to the person who started the build."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError


@dataclass(frozen=True)
class Failure:
    """Why one tool is not there."""

    tool: str
    reason: str
    """The cause in the words of the program that failed, in one line."""
    log: Path | None
    """Where everything it said can be read; None where nothing was started."""
    remedy: str
    """What the reader can do, as an imperative without full stop."""


class ToolchainError(RehearsalError):
    """Tools that could not be had: one sentence for each cause, with the tools, the reason, the log and the remedy."""

    def __init__(self, failures: Iterable[Failure]) -> None:
        self.failures = tuple(failures)
        super().__init__("\n".join(_sentences(self.failures)))


class BuildCancelledError(RehearsalError):
    """The build was cancelled before the tool was there; not a failure of the tool."""


def _sentences(failures: Iterable[Failure]) -> Iterable[str]:
    """One sentence per cause: what hit several tools alike, such as a missing Go, is said once."""
    groups: defaultdict[tuple[str, Path | None, str], list[str]] = defaultdict(list)
    for failure in failures:
        groups[failure.reason, failure.log, failure.remedy].append(failure.tool)
    for (reason, log, remedy), tools in groups.items():
        read = f" (log: {_near(log)})" if log else ""
        yield f"{', '.join(tools)} could not be made ready: {reason}{read}; {remedy}."


def _near(path: Path) -> str:
    """The path as the reader would type it: relative where it lies below the current directory."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


_CAUSE = re.compile(r"\.go:\d+:\d+: |\b[45]\d\d [A-Z]|no space left|permission denied|not found|killed|cannot |ERROR: ")
_NOISE = re.compile(r"#|\$ |go: downloading |[\w./-]+$")


def explain(lines: Iterable[str]) -> str:
    """The one line of a failed program's output that says why: its first error, else the last thing it said."""
    said = [line.strip() for line in lines if line.strip() and not _NOISE.match(line)]
    causes = [line for line in said if _CAUSE.search(line)]
    return (causes or said[-1:] or ["it ended without a word"])[0].removesuffix(".")
