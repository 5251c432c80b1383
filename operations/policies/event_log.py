"""Check that an event log shows a successful run of exactly the suite.

Sources: sdk/go/common/apitype/events.go, and `abbreviateFilePath` in pkg/engine/update.go, of Pulumi 3.250.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from operations.policies.errors import UnprovenRunError
from policy_packs import catalogue
from policy_packs.kernel.receipt import PREVIEW

Event = Mapping[str, Any]
_LOCAL = "|local|"
_OMITTED = "..."
"""Text that replaces the middle directories of an abbreviated path."""


def read_events(log: Path) -> list[Event]:
    """Return the events of an event log.

    Raises:
        UnprovenRunError: the log is missing or malformed.
    """
    try:
        listed = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise UnprovenRunError(f"The event log {log} cannot be read: {error}") from None
    if not all(isinstance(event, dict) for event in listed):
        raise UnprovenRunError(f"The event log {log} cannot be read: a line is not a JSON object")
    return listed


def compare_events(events: Iterable[Event], phase: str, urn_prefix: str, begun: float, judged: int) -> Iterator[str]:
    """Yield the mistakes in the event log of one phase.

    Args:
        events: The engine's events.
        phase: `preview` or `update`.
        urn_prefix: Start of the URN of every resource in the run's stack and project.
        begun: Start of the run, as a Unix time in seconds.
        judged: Number of resources that the packs judged individually, according to the receipt.
    """
    listed = list(events)
    is_preview = phase == PREVIEW
    summaries = [each for each in _all(listed, "summaryEvent") if bool(each.get("isPreview")) is is_preview]
    if not summaries:
        yield f"The event log has no summary of the {phase}, so the {phase} did not finish. Run it again."
        return
    yield from _packs(summaries[-1].get("PolicyPacks") or {}, phase)
    yield from _failures(listed, summaries[-1], phase)
    suite = catalogue.SUITE.name
    if suite not in {event.get("policyPackName") for event in _all(listed, "policyAnalyzeStackSummaryEvent")}:
        yield f"{suite} did not judge the whole stack in the {phase}."
    of_suite = [each for each in _all(listed, "policyAnalyzeSummaryEvent") if each.get("policyPackName") == suite]
    urns = {str(each.get("resourceUrn")) for each in of_suite}
    if not all(urn.startswith(urn_prefix) for urn in urns):
        yield f"The event log of the {phase} names resources of another stack or project. Pass the log of this run."
    if len(urns) < judged:
        yield f"The event log of the {phase} lists {len(urns)} judged resources, but the receipt counts {judged}."
    if not all(_is_time(event.get("timestamp"), begun) for event in listed):
        yield f"The event log of the {phase} has events from before the start of the run. Pass the log of this run."


def _is_time(timestamp: object, begun: float) -> bool:
    """Return True if an event was emitted after the start of the run.

    The engine's times are whole seconds.
    """
    return isinstance(timestamp, int) and timestamp >= int(begun)


def _packs(packs: Mapping[str, str], phase: str) -> Iterator[str]:
    """Yield a mistake unless the engine ran only the suite.

    The suite must have the version and the directory of this repository's suite.
    """
    own = [pack for pack in packs if _is_own_suite(pack, catalogue.DIRECTORY)]
    if len(packs) != 1 or not own:
        names = ", ".join(sorted(packs)) or "no policy pack"
        yield f"The engine ran {names} in the {phase}, but must run only {catalogue.SUITE.name}."
    elif packs[own[0]] != catalogue.SUITE.version:
        yield f"The engine ran version {packs[own[0]]} of the packs in the {phase}, not {catalogue.SUITE.version}."


def _is_own_suite(pack: str, directory: Path) -> bool:
    """Return True if a pack in the engine's summary is the suite of this repository.

    For a pack that an option selects, the summary contains `NAME|local|DIRECTORY`. The engine abbreviates a long
    DIRECTORY to its first and last components.
    """
    name, local, path = pack.partition(_LOCAL)
    if name != catalogue.SUITE.name or not local:
        return False
    return any(_names(path, PurePosixPath(each).parts) for each in {str(directory), str(directory.resolve())})


def _names(path: str, directory: Sequence[str]) -> bool:
    """Return True if a path, which may be abbreviated, can stand for a directory.

    `directory` contains the components of the whole path.
    """
    parts = PurePosixPath(path).parts
    if _OMITTED not in parts:
        return parts == tuple(directory)
    middle = parts.index(_OMITTED)
    first, last = parts[:middle], parts[middle + 1 :]
    return (
        bool(first and last)
        and len(first) + len(last) < len(directory)
        and tuple(directory[: len(first)]) == first
        and tuple(directory[-len(last) :]) == last
    )


def _failures(events: Sequence[Event], summary: Event, phase: str) -> Iterator[str]:
    """Yield a mistake for each sign that the phase failed."""
    if summary.get("result") != "succeeded":
        result = summary.get("result") or "missing"
        yield f"According to the event log, the result of the {phase} is {result}, not succeeded."
    if any(event.get("severity") == "error" for event in _all(events, "diagnosticEvent")) or _all(events, "errorEvent"):
        yield f"The event log of the {phase} reports an error. Correct the cause (see Pulumi's output) and run again."
    violated = {event.get("policyName") for event in _all(events, "policyEvent") if _is_mandatory(event)}
    if violated:
        yield f"The {phase} violates mandatory rules: {', '.join(sorted(map(str, violated)))}."
    if _all(events, "resOpFailedEvent"):
        yield f"The event log of the {phase} reports a failed operation. Correct the cause and run again."


def _is_mandatory(event: Event) -> bool:
    return event.get("enforcementLevel") not in {"advisory", "disabled"}


def _all(events: Iterable[Event], kind: str) -> list[Event]:
    """Return the contents of all events of one kind."""
    return [event[kind] for event in events if isinstance(event.get(kind), Mapping)]
